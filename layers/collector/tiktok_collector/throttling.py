"""What DynamoDB throttles: botocore waits and tries again without a word, so it is counted here for an alarm."""

from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from tiktok_collector.observability import Log, metrics

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

METRIC: Final = "ThrottledRequests"
_CODES: Final = frozenset({"ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException"})


class Throttles:
    """Counts refusals for too many requests; safe for many threads."""

    def __init__(self) -> None:
        self._count = 0
        self._lock = Lock()

    def watch(self, client: "DynamoDBClient") -> None:
        """Count the refusals of this client from now on, each attempt of a call on its own."""
        client.meta.events.register("needs-retry.dynamodb", self._note, unique_id="count-throttles")

    def take(self) -> int:
        """How many there were since this was last asked."""
        with self._lock:
            count, self._count = self._count, 0
        return count

    def _note(self, response: Any = None, **_: Any) -> None:
        code = response[1].get("Error", {}).get("Code") if response else None
        if code in _CODES:
            with self._lock:
                self._count += 1


@cache
def throttles() -> Throttles:
    """The count of this process."""
    return Throttles()


def tell(log: Log) -> None:
    """Log and publish what was throttled since this was last called; nothing where nothing was."""
    count = throttles().take()
    if not count:
        return
    from aws_lambda_powertools.metrics import MetricUnit  # noqa: PLC0415 - with metrics only

    log.warning("DynamoDB throttled requests, which were tried again", extra={"throttled": count})
    written = metrics()
    written.add_metric(METRIC, MetricUnit.Count, count)
    written.flush_metrics()
