"""One invocation at a time checks or purges: what is remembered of checks names ids, which a purge takes out of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from tiktok_collector.clock import Clock
from tiktok_collector.errors import AwsBusy
from tiktok_collector.leases import Lease
from tiktok_lake.lease import held

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LEASE_NAME: Final = "data-refresh"


@contextmanager
def refresh_lease(dynamodb: "DynamoDBClient", table: str, clock: Clock) -> Iterator[None]:
    """Holds what is remembered of checks while the block runs.

    Raises:
        AwsBusy: another invocation has it, or the table is throttled.
        MissingResource: the table is not there or may not be used.
    """
    busy = AwsBusy("Another invocation of data_refresh is under way; what is left is done by the next one.")
    with held(Lease(dynamodb, table, clock, name=LEASE_NAME), clock, busy):
        yield
