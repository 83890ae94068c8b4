"""Pure: the update that takes reservations which were never sent off a counter, once at most."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tiktok_collector.quota.day_usage import GIVEN_BACK, GIVEN_BACK_ID, RAISED, USED_BY, USED_CARRIED, DayUsage
from tiktok_collector.quota.families import Family, WorkClass


class Kind(NamedTuple):
    """What reservations draw on: those of one kind can be used for one another, and given back together."""

    day: str
    family: Family
    work_class: WorkClass
    carried: bool


class CounterUpdate(NamedTuple):
    """An UpdateItem: what it changes, where what holds, with which values."""

    update: str
    condition: str
    values: Mapping[str, str | int]


def returned(before: DayUsage, kind: Kind, request_ids: Sequence[str]) -> CounterUpdate:
    """The update for `request_ids`, all of `kind`, given the counter as it was read just before.

    Its condition holds once only: `given_back` rises with each return, so a repeated attempt finds another number.
    """
    by, count = USED_BY[kind.work_class], len(request_ids)
    values: dict[str, str | int] = {
        ":n": count,
        ":less": -count,
        ":after": before.given_back + count,
        ":id": request_ids[0],
    }
    condition = f"used >= :n AND {by} >= :n AND attribute_not_exists({RAISED})"
    update = f"SET {GIVEN_BACK} = :after, {GIVEN_BACK_ID} = :id ADD used :less, {by} :less"
    if kind.carried:
        condition += f" AND {USED_CARRIED} >= :n"
        update += f", {USED_CARRIED} :less"
    if before.given_back:
        values[":seen"] = before.given_back
        return CounterUpdate(update, f"{condition} AND {GIVEN_BACK} = :seen", values)
    return CounterUpdate(update, f"{condition} AND attribute_not_exists({GIVEN_BACK})", values)
