"""Logger and metrics of the functions, made on request (Powertools core; no Tracer, docs/adr/0003)."""

from collections.abc import Mapping
from functools import cache
from typing import Final, Protocol

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import Metrics

NAMESPACE: Final = "TikTokResearchCollector"


@cache
def logger(service: str) -> Logger:
    """The structured JSON logger of one function; the same object each time."""
    return Logger(service=service, utc=True)


@cache
def metrics() -> Metrics:
    """The EMF metrics of the stack; the same object each time.

    Their one dimension is `service`, the stack's name, from the variable POWERTOOLS_SERVICE_NAME: two stacks of an
    account have series of their own.
    """
    return Metrics(namespace=NAMESPACE)


class Log(Protocol):
    """What use cases need of a logger: a fixed sentence, and fields beside it."""

    def info(self, msg: object, /, *, extra: Mapping[str, object]) -> None:
        """Something happened as it should."""
        ...

    def warning(self, msg: object, /, *, extra: Mapping[str, object]) -> None:
        """Something happened that a person may want to know; it is dealt with."""
        ...
