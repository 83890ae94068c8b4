"""One writer of the row store at a time: curation, refresh, deletion and import change the same files."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from tiktok_collector.clock import Clock
from tiktok_collector.errors import Retriable
from tiktok_collector.leases import Lease

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LEASE_NAME: Final = "lake"
LONGEST: Final = timedelta(minutes=16)
"""A function lives for 15 minutes, so no holder outlives its lease; there is no fence in S3."""


class LakeBusy(Retriable):
    """Another function is changing the row store."""


@contextmanager
def lake_lease(dynamodb: "DynamoDBClient", table: str, clock: Clock) -> Iterator[None]:
    """Holds the row store while the block runs.

    Raises:
        LakeBusy: another holder has it.
        CollectorError: as `Lease` says.
    """
    busy = LakeBusy("The row store is being changed by another function; try again in some minutes.")
    with held(Lease(dynamodb, table, clock, name=LEASE_NAME), clock, busy):
        yield


@contextmanager
def held(lease: Lease, clock: Clock, busy: Retriable) -> Iterator[None]:
    """Holds a lease for as long as a function can live, while the block runs; raises `busy` if another has it."""
    taken = lease.acquire(clock.now() + LONGEST)
    if taken is None:
        raise busy
    try:
        yield
    finally:
        lease.release(taken)
