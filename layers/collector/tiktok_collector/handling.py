"""The outermost frame of a handler: one sentence in the log for what went wrong, the report otherwise."""

from collections.abc import Callable
from typing import Any

import msgspec
from aws_lambda_powertools import Logger

from tiktok_collector import throttling
from tiktok_collector.errors import CollectorError


class UnexpectedFailure(CollectorError):
    """A defect; the log has its traceback."""


def answer(log: Logger, use_case: Callable[[], msgspec.Struct]) -> dict[str, Any]:
    """The report of `use_case` as a JSON object, logged.

    Raises:
        CollectorError: what went wrong, after one sentence in the log; Lambda then retries an asynchronous invocation
            and hands it to the on-failure destination in the end.
    """
    try:
        report: dict[str, Any] = msgspec.to_builtins(use_case())
    except CollectorError as error:
        log.error(str(error), extra={"error_type": type(error).__name__})  # noqa: TRY400 - a sentence, not a traceback
        raise
    except Exception as error:
        log.exception("unexpected failure")
        raise UnexpectedFailure(f"Unexpected failure ({type(error).__name__}); the log has its traceback.") from error
    finally:
        throttling.tell(log)
    log.info("done", extra={"report": _without_names(report)})
    return report


def _without_names(value: Any) -> Any:
    """A report without the keys of exports, which name people; logs need not (docs/adr/0006)."""
    if isinstance(value, dict):
        return {name: _without_names(each) for name, each in value.items() if name != "exports"}
    return [_without_names(each) for each in value] if isinstance(value, list) else value
