"""The outermost frame of the collecting handlers: one sentence in the log for what went wrong, the report otherwise."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

import msgspec
from aws_lambda_powertools import Logger

from tiktok_collector.collection.deadline import Deadline
from tiktok_collector.errors import CollectorError
from tiktok_collector.observability import Log, logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from tiktok_collector.collection.services import CollectionServices


class UnexpectedFailure(CollectorError):
    """A defect; the log has its traceback."""


class UseCase[Event](Protocol):
    """What a collecting function does with its event until its deadline."""

    def run(self, event: Event, *, request_id: str, deadline: Deadline) -> msgspec.Struct:
        """Does it; returns a report."""
        ...


def collect[Event](
    function: str,
    context: "LambdaContext",
    *,
    event: Callable[[], Event],
    services: "Callable[[], CollectionServices]",
    use_case: "Callable[[CollectionServices, Log], UseCase[Event]]",
) -> dict[str, Any]:
    """One invocation of a collecting function; returns its report as a JSON object.

    Args:
        function: Its name, which its log lines carry.
        context: Lambda's, for the time left and the id of the request.
        event: Reads the event; called first, so that a wrong one touches nothing.
        services: Gives the services of this process.
        use_case: Makes the use case.

    Raises:
        CollectorError: as `answer` does.
    """
    log = logger(function)

    def report() -> msgspec.Struct:
        parsed, built = event(), services()
        deadline = Deadline.after(built.clock, context.get_remaining_time_in_millis())
        return use_case(built, log).run(parsed, request_id=context.aws_request_id, deadline=deadline)

    return answer(log, report)


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
    log.info("done", extra={"report": _without_names(report)})
    return report


def _without_names(value: Any) -> Any:
    """A report without the keys of exports, which name people; logs need not (docs/adr/0006)."""
    if isinstance(value, dict):
        return {name: _without_names(each) for name, each in value.items() if name != "exports"}
    return [_without_names(each) for each in value] if isinstance(value, list) else value
