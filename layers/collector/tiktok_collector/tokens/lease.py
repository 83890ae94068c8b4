"""The lease that lets one function at a time obtain a token."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from tiktok_collector.clock import Clock, from_iso, iso
from tiktok_collector.leases import Held, Lease

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# Longer than the function may run (template.yaml: 60 s), so that a living holder never loses it.
LEASE: Final = timedelta(seconds=75)


@dataclass(frozen=True, slots=True)
class HeldLease:
    """The lease as it is held; `grants` are the times of the recent grants, oldest first."""

    held: Held
    grants: tuple[datetime, ...]


class TokenLease:
    """Takes and gives back the lease."""

    def __init__(self, client: "DynamoDBClient", table: str, clock: Clock) -> None:
        self._lease = Lease(client, table, clock, name="TOKEN")
        self._clock = clock

    def acquire(self) -> HeldLease | None:
        """The lease, or None while another holder has it.

        Raises:
            MissingResource: the table is not there or may not be used.
            AwsBusy: the table is throttled or unreachable.
        """
        held = self._lease.acquire(self._clock.now() + LEASE)
        if held is None:
            return None
        grants = tuple(from_iso(moment["S"]) for moment in held.item.get("grant_times", {}).get("L", ()))
        return HeldLease(held, grants)

    def release(self, held: HeldLease, grants: tuple[datetime, ...]) -> bool:
        """Give the lease back and note the recent grants; False if it belongs to another holder by now.

        Raises:
            MissingResource: the table is not there or may not be used.
            AwsBusy: the table is throttled or unreachable.
        """
        return self._lease.release(held.held, {"grant_times": {"L": [{"S": iso(moment)} for moment in grants]}})
