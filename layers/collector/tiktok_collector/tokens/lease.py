"""The lease that lets one function at a time obtain a token."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from tiktok_collector.aws_errors import translated
from tiktok_collector.clock import Clock, from_iso, iso
from tiktok_collector.leases import Held, Lease, lease_key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# Longer than the function may run (template.yaml: 60 s), so that a living holder never loses it.
LEASE: Final = timedelta(seconds=75)
_NAME: Final = "TOKEN"


@dataclass(frozen=True, slots=True)
class HeldLease:
    """The lease as it is held; `grants` are the times of the recent grants, oldest first."""

    held: Held
    grants: tuple[datetime, ...]


class TokenLease:
    """Takes and gives back the lease."""

    def __init__(self, client: "DynamoDBClient", table: str, clock: Clock) -> None:
        self._lease = Lease(client, table, clock, name=_NAME)
        self._client = client
        self._table = table
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

    def release(self, held: HeldLease, grants: tuple[datetime, ...], token_expires_at: datetime | None = None) -> bool:
        """Give the lease back; False if it belongs to another holder by now.

        Args:
            held: What `acquire` gave.
            grants: The times of the recent grants, which are noted.
            token_expires_at: Of the token that there is now, noted too; None leaves what is noted as it is.

        Raises:
            MissingResource: the table is not there or may not be used.
            AwsBusy: the table is throttled or unreachable.
        """
        noted: dict[str, Any] = {"grant_times": {"L": [{"S": iso(moment)} for moment in grants]}}
        if token_expires_at is not None:
            noted["token_expires_at"] = {"S": iso(token_expires_at)}
        return self._lease.release(held.held, noted)

    def token_expires_at(self) -> datetime | None:
        """When the newest token expires, as its function noted it: for who may not read the token. None: no token yet.

        Raises:
            MissingResource: the table is not there or may not be used.
            AwsBusy: the table is throttled or unreachable.
        """
        with translated(f"table {self._table}"):
            item = self._client.get_item(TableName=self._table, Key=lease_key(_NAME)).get("Item", {})
        noted = item.get("token_expires_at", {}).get("S")
        return from_iso(noted) if noted else None
