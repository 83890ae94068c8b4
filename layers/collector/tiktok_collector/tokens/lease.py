"""The lease that lets one function at a time obtain a token."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec

from tiktok_collector.aws_errors import translated
from tiktok_collector.clock import Clock, from_iso, iso
from tiktok_collector.leases import Held, Lease, lease_key
from tiktok_collector.tokens.trial import Trial

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# Longer than the function may run (template.yaml: 60 s), so that a living holder never loses it.
LEASE: Final = timedelta(seconds=75)
_NAME: Final = "TOKEN"


@dataclass(frozen=True, slots=True)
class HeldLease:
    """The lease as it is held.

    Attributes:
        held: The lease itself.
        grants: The times of the recent grants, oldest first.
        trial: What became of the credentials when a token was last asked for; None before that.
    """

    held: Held
    grants: tuple[datetime, ...]
    trial: Trial | None = None


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
        return HeldLease(held, grants, _trial(held.item))

    def release(
        self,
        held: HeldLease,
        grants: tuple[datetime, ...],
        token_expires_at: datetime | None = None,
        trial: Trial | None = None,
    ) -> bool:
        """Give the lease back; False if it belongs to another holder by now.

        Args:
            held: What `acquire` gave.
            grants: The times of the recent grants, which are noted.
            token_expires_at: Of the token that there is now, noted too; None leaves what is noted as it is.
            trial: What became of the credentials, noted too; None leaves what is noted as it is.

        Raises:
            MissingResource: the table is not there or may not be used.
            AwsBusy: the table is throttled or unreachable.
        """
        noted: dict[str, Any] = {"grant_times": {"L": [{"S": iso(moment)} for moment in grants]}}
        if token_expires_at is not None:
            noted["token_expires_at"] = {"S": iso(token_expires_at)}
        if trial is not None:
            noted["trial"] = {"S": msgspec.json.encode(trial).decode()}
        return self._lease.release(held.held, noted)

    def token_expires_at(self) -> datetime | None:
        """When the newest token expires, as its function noted it: for who may not read the token. None: no token yet.

        Raises:
            MissingResource: the table is not there or may not be used.
            AwsBusy: the table is throttled or unreachable.
        """
        noted = self._item().get("token_expires_at", {}).get("S")
        return from_iso(noted) if noted else None

    def trial(self) -> Trial | None:
        """What became of the credentials when a token was last asked for; None before that. Raises as the others."""
        return _trial(self._item())

    def _item(self) -> Mapping[str, Any]:
        with translated(f"table {self._table}"):
            return self._client.get_item(TableName=self._table, Key=lease_key(_NAME)).get("Item", {})


def _trial(item: Mapping[str, Any]) -> Trial | None:
    """What is noted; None for nothing, or for a note that other code wrote otherwise: no token is withheld for that."""
    try:
        return msgspec.json.decode(item.get("trial", {}).get("S", ""), type=Trial)
    except msgspec.DecodeError:
        return None
