"""The ledger of both quotas: one counter item per UTC day and family, one entry per request (docs/quota.md)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from botocore.exceptions import ClientError

from tiktok_collector.aws_errors import CONDITION_FAILED, error_code, translated
from tiktok_collector.clock import Clock, iso, utc_day
from tiktok_collector.errors import AwsBusy
from tiktok_collector.quota.admission import Grant, admit, next_probe, refusal
from tiktok_collector.quota.budget import Budget
from tiktok_collector.quota.day_usage import USED_BY, USED_CARRIED, DayUsage, Item, day_usage
from tiktok_collector.quota.entry import UsageEntry
from tiktok_collector.quota.entry_items import attribute, entry_from, entry_item
from tiktok_collector.quota.families import Family, WorkClass
from tiktok_collector.quota.turn_of_day import quiet_until

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_ENTRIES_KEPT: Final = timedelta(days=400)
_EXTRA_TRIES: Final = 8


@dataclass(frozen=True, slots=True)
class Reservation:
    """The right to send one request on `day`; it counts as spent from the moment it is granted.

    A `probe` is the one request that tries a day which the server had refused.
    """

    request_id: str
    day: str
    family: Family
    work_class: WorkClass
    reserved_at: datetime
    probe: bool


class QuotaLedger:
    """Reserves, settles and reports requests; safe for any number of threads and functions at once."""

    def __init__(
        self,
        client: "DynamoDBClient",
        table: str,
        budgets: Mapping[Family, Budget],
        clock: Clock,
        *,
        turn_of_day: timedelta,
    ) -> None:
        self._client = client
        self._table = table
        self._budgets = budgets
        self._clock = clock
        self._turn_of_day = turn_of_day

    def reserve(
        self, family: Family, work_class: WorkClass, *, count: int = 1, carried: bool = False
    ) -> list[Reservation]:
        """Reserve up to `count` requests: as many as still fit, at least one; exactly one if the day must be probed.

        Args:
            family: Whose quota.
            work_class: Whose share of it.
            count: How many.
            carried: Whether they are for a scheduled run of an earlier day (`budget.is_carried`).

        Raises:
            QuotaExhausted: nothing may be sent before `resume_at`.
            AwsBusy: the table is throttled or contended.
            MissingResource: the table is not there or may not be used.
        """
        if count < 1:
            raise ValueError(f"count must be at least 1, not {count}")
        now = self._clock.now()
        # Nothing is known yet, so the first try is optimistic; a refused try returns the state to decide on.
        usage = self._usage(utc_day(now), family, {})
        if resume_at := quiet_until(now, self._turn_of_day):
            raise refusal(usage, "nothing is sent around 00:00 UTC", resume_at)
        for _ in range(count + _EXTRA_TRIES):
            grant = admit(
                usage,
                self._budgets[family],
                work_class,
                count=count,
                now=now,
                turn_of_day=self._turn_of_day,
                carried=carried,
            )
            request_ids = [_request_id(now) for _ in range(grant.count)]
            refused = self._take(usage, grant, work_class, now, request_ids[0], carried=carried)
            # A probe that botocore sent twice is refused the second time, by its own first attempt.
            if refused is None or refused.probe_id == request_ids[0]:
                probe = grant.probe_of is not None
                return [Reservation(each, usage.day, family, work_class, now, probe) for each in request_ids]
            usage = refused
        raise AwsBusy(f"The {family} counter of {usage.day} is changing too fast to reserve a request; try again.")

    def settle(self, reservation: Reservation, entry: UsageEntry) -> None:
        """Write what became of a reserved request; may be repeated. A probe that shows quota reopens its day.

        Raises:
            AwsBusy: the table is throttled.
            MissingResource: the table is not there or may not be used.
        """
        expires_at = int((entry.sent_at + _ENTRIES_KEPT).timestamp())
        key = _key(reservation.day, reservation.family, f"entry#{reservation.request_id}")
        item = {**entry_item(entry), **key, "expires_at": attribute(expires_at)}
        with translated(f"table {self._table}"):
            self._client.put_item(TableName=self._table, Item=item)
        if reservation.probe and entry.shows_quota:
            self._update(
                reservation.day,
                reservation.family,
                "REMOVE closed_until, probe_id, probes",
                "probe_id = :id",
                {":id": reservation.request_id},
            )

    def pause(self, family: Family, until: datetime) -> None:
        """Let nobody send before `until` (short-term 429); an earlier time than the stored one changes nothing.

        Raises:
            AwsBusy: the table is throttled.
            MissingResource: the table is not there or may not be used.
        """
        for day in sorted({utc_day(self._clock.now()), utc_day(until)}):
            self._update(
                day,
                family,
                "SET paused_until = :until",
                "attribute_not_exists(paused_until) OR paused_until < :until",
                {":until": iso(until)},
            )

    def close(self, family: Family, day: str) -> datetime:
        """Record that the server refused the day (daily 429); returns when it is tried next, with one request.

        A day that is closed already stays as it is, so any number of refused requests may report it.

        Raises:
            AwsBusy: the table is throttled or contended.
            MissingResource: the table is not there or may not be used.
        """
        now = self._clock.now()
        usage = self._usage(day, family, {})
        for _ in range(_EXTRA_TRIES):
            if usage.closed_until and usage.closed_until > now:
                return usage.closed_until
            # A day whose closing has run out and that is refused again has been probed once more.
            probes = usage.probes + 1 if usage.closed_until else 0
            until = next_probe(probes, now, self._turn_of_day)
            values: dict[str, str | int] = {":until": iso(until), ":probes": probes}
            if usage.closed_until:
                condition, values[":seen"] = "closed_until = :seen", iso(usage.closed_until)
            else:
                condition = "attribute_not_exists(closed_until)"
            update = "SET closed_until = :until, probes = :probes REMOVE probe_id"
            refused = self._update(day, family, update, condition, values)
            if refused is None:
                return until
            usage = refused
        raise AwsBusy(f"The {family} counter of {day} is changing too fast to close the day; try again.")

    def usage(self, day: str, family: Family) -> DayUsage:
        """What was used on a UTC day.

        Raises:
            AwsBusy: the table is throttled.
            MissingResource: the table is not there or may not be used.
        """
        with translated(f"table {self._table}"):
            answer = self._client.get_item(TableName=self._table, Key=_key(day, family, "counter"), ConsistentRead=True)
        return self._usage(day, family, answer.get("Item", {}))

    def entries(self, day: str, family: Family) -> Iterator[UsageEntry]:
        """The settled requests of a UTC day, in the order of their reservation (to the millisecond).

        Raises:
            AwsBusy: the table is throttled.
            MissingResource: the table is not there or may not be used.
        """
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :entry)",
            ExpressionAttributeValues={":pk": {"S": f"{day}#{family}"}, ":entry": {"S": "entry#"}},
            ConsistentRead=True,
        )
        with translated(f"table {self._table}"):
            for page in pages:
                yield from (entry_from(item) for item in page["Items"])

    def raise_to(self, day: str, family: Family, at_least: int) -> int:
        """Raise the counter to what stored pages prove; returns the used count after. It is never lowered.

        Raises:
            AwsBusy: the table is throttled.
            MissingResource: the table is not there or may not be used.
        """
        refused = self._update(
            day, family, "SET used = :n", "attribute_not_exists(used) OR used < :n", {":n": at_least}
        )
        return at_least if refused is None else refused.used

    def _take(
        self, usage: DayUsage, grant: Grant, work_class: WorkClass, now: datetime, request_id: str, *, carried: bool
    ) -> DayUsage | None:
        """Move the counter for a grant; None if it moved, else the state that forbade it."""
        budget = self._budgets[usage.family]
        by = USED_BY[work_class]
        values: dict[str, str | int] = {
            ":n": grant.count,
            ":limit": budget.limit,
            ":used_max": budget.limit - grant.count,
            ":by_max": budget.share(work_class, now) - grant.count,
            ":now": iso(now),
        }
        condition = (
            "(attribute_not_exists(used) OR used <= :used_max)"
            f" AND (attribute_not_exists({by}) OR {by} <= :by_max)"
            " AND (attribute_not_exists(paused_until) OR paused_until <= :now)"
        )
        added = f"ADD used :n, {by} :n"
        if carried:
            values[":carried_max"] = budget.carried_share(now) - grant.count
            condition += f" AND (attribute_not_exists({USED_CARRIED}) OR {USED_CARRIED} <= :carried_max)"
            added += f", {USED_CARRIED} :n"
        if grant.probe_of is None:
            condition += " AND attribute_not_exists(closed_until)"
            update = f"SET day_limit = :limit {added}"
        else:
            condition += " AND closed_until = :seen"
            update = f"SET day_limit = :limit, closed_until = :next, probe_id = :id, probes = :probes {added}"
            probes = usage.probes + 1
            values |= {
                ":seen": iso(grant.probe_of),
                ":next": iso(next_probe(probes, now, self._turn_of_day)),
                ":id": request_id,
                ":probes": probes,
            }
        return self._update(usage.day, usage.family, update, condition, values)

    def _update(
        self, day: str, family: Family, update: str, condition: str, values: Mapping[str, str | int]
    ) -> DayUsage | None:
        """One conditional UpdateItem of a counter; None if it was made, else the state that forbade it."""
        try:
            with translated(f"table {self._table}"):
                self._client.update_item(
                    TableName=self._table,
                    Key=_key(day, family, "counter"),
                    UpdateExpression=update,
                    ConditionExpression=condition,
                    ExpressionAttributeValues={name: attribute(value) for name, value in values.items()},
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ClientError as error:
            if error_code(error) != CONDITION_FAILED:
                raise
            return self._usage(day, family, error.response.get("Item", {}))  # type: ignore[arg-type] # untyped in stubs
        return None

    def _usage(self, day: str, family: Family, item: Item) -> DayUsage:
        stored = int(item.get("day_limit", {}).get("N", "0"))
        # A past day keeps the limit that it was worked under, and so does a family whose limit only others know.
        if family not in self._budgets or (stored and day < utc_day(self._clock.now())):
            return day_usage(day, family, stored, item)
        return day_usage(day, family, self._budgets[family].limit, item)


def _request_id(now: datetime) -> str:
    """Sortable by time of reservation, unique, and telling nothing about the request."""
    return f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03d}Z-{uuid4().hex}"


def _key(day: str, family: Family, sort: str) -> dict[str, Any]:
    return {"pk": {"S": f"{day}#{family}"}, "sk": {"S": sort}}
