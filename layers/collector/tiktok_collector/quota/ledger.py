"""The ledger of both quotas: one counter item per UTC day and family, one entry per request (docs/quota.md)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from tiktok_collector.aws_errors import translated
from tiktok_collector.clock import Clock, iso, utc_day
from tiktok_collector.errors import AwsBusy
from tiktok_collector.quota.admission import Grant, admit, next_probe, refusal
from tiktok_collector.quota.budget import Budget
from tiktok_collector.quota.counter import Counters, item_key
from tiktok_collector.quota.day_usage import RAISED, USED_BY, USED_CARRIED, DayUsage
from tiktok_collector.quota.entry import UsageEntry
from tiktok_collector.quota.entry_items import attribute, entries_from, entry_item
from tiktok_collector.quota.families import Family, WorkClass
from tiktok_collector.quota.giving_back import returned
from tiktok_collector.quota.reservation import Reservation
from tiktok_collector.quota.turn_of_day import quiet_until

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_ENTRIES_KEPT: Final = timedelta(days=400)
_EXTRA_TRIES: Final = 8


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
        self._counters = Counters(client, table, budgets, clock)

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
        usage = self._counters.usage(utc_day(now), family, {})
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
                return [Reservation(each, usage.day, family, work_class, now, probe, carried) for each in request_ids]
            usage = refused
        raise AwsBusy(f"The {family} counter of {usage.day} is changing too fast to reserve a request; try again.")

    def settle(self, reservation: Reservation, entry: UsageEntry) -> None:
        """Write what became of a reserved request; may be repeated. A probe that shows quota reopens its day.

        Raises:
            AwsBusy: the table is throttled.
            MissingResource: the table is not there or may not be used.
        """
        self._write([entry])
        if reservation.probe and entry.shows_quota:
            self._counters.change(
                reservation.day,
                reservation.family,
                "REMOVE closed_until, probe_id, probes",
                "probe_id = :id",
                {":id": reservation.request_id},
            )

    def settle_together(self, entries: Sequence[UsageEntry]) -> None:
        """Write what became of requests whose pages were stored together, all or none of it; may be repeated.

        Args:
            entries: Of one day and task, none of a probe; they may differ as `entry_item` says.

        Raises:
            AwsBusy: the table is throttled.
            MissingResource: the table is not there or may not be used.
        """
        self._write(entries)

    def give_back(self, unsent: Sequence[Reservation]) -> bool:
        """Lower the counter by reservations of one kind that were surely never sent; False if they stay spent.

        Each may be given back once only. Where it is not known whether it was done (False, or an error), it must not be
        repeated, or the counter would fall below what was sent. A counter that was raised to what is proven may have
        forgotten the reservations, and is not lowered any more; and a probe stays spent.

        Raises:
            AwsBusy: the table is throttled; nobody knows whether it was done.
            MissingResource: the table is not there or may not be used.
        """
        (kind,) = {each.kind for each in unsent}
        if any(each.probe for each in unsent):
            return False
        before = self._counters.read(kind.day, kind.family)
        request_ids = [each.request_id for each in unsent]
        refused = self._counters.change(kind.day, kind.family, *returned(before, kind, request_ids))
        return refused is None or refused.given_back_id == request_ids[0]

    def pause(self, family: Family, until: datetime) -> None:
        """Let nobody send before `until` (short-term 429); an earlier time than the stored one changes nothing.

        Raises:
            AwsBusy: the table is throttled.
            MissingResource: the table is not there or may not be used.
        """
        for day in sorted({utc_day(self._clock.now()), utc_day(until)}):
            self._counters.change(
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
        usage = self._counters.usage(day, family, {})
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
            refused = self._counters.change(day, family, update, condition, values)
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
        return self._counters.read(day, family)

    def entries(self, day: str, family: Family) -> Iterator[UsageEntry]:
        """The settled requests of a UTC day, in the order of their reservation (to the millisecond).

        Those that were settled together stay together, at the place of their first.

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
                for item in page["Items"]:
                    yield from entries_from(item)

    def raise_to(self, day: str, family: Family, at_least: int) -> int:
        """Raise the counter to what stored pages prove; returns the used count after. It is never lowered.

        Raises:
            AwsBusy: the table is throttled.
            MissingResource: the table is not there or may not be used.
        """
        if at_least <= 0:
            # Nothing is proven: a counter marked as raised would give no unsent request back all day.
            return self.usage(day, family).used
        update, condition = f"SET used = :n, {RAISED} = :yes", "attribute_not_exists(used) OR used < :n"
        refused = self._counters.change(day, family, update, condition, {":n": at_least, ":yes": 1})
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
        return self._counters.change(usage.day, usage.family, update, condition, values)

    def _write(self, entries: Sequence[UsageEntry]) -> None:
        first = entries[0]
        expires_at = int((first.sent_at + _ENTRIES_KEPT).timestamp())
        key = item_key(first.day, first.family, f"entry#{first.request_id}")
        item = {**entry_item(*entries), **key, "expires_at": attribute(expires_at)}
        with translated(f"table {self._table}"):
            self._client.put_item(TableName=self._table, Item=item)


def _request_id(now: datetime) -> str:
    """Sortable by time of reservation, unique, and telling nothing about the request."""
    return f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03d}Z-{uuid4().hex}"
