"""One day's counter of one family, as stored in the usage log table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from tiktok_collector.clock import from_iso
from tiktok_collector.quota.families import Family, WorkClass

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

type Item = Mapping[str, "AttributeValueTypeDef"]

USED_BY: Final = {WorkClass.ADHOC: "used_adhoc", WorkClass.SCHEDULED: "used_scheduled"}
USED_CARRIED: Final = "used_carried"
GIVEN_BACK: Final = "given_back"
GIVEN_BACK_ID: Final = "given_back_id"
RAISED: Final = "raised"


@dataclass(frozen=True, slots=True)
class DayUsage:
    """What was used of one family's quota on one UTC day, in requests.

    `used` may exceed the sum of `used_by_class`: stored pages can prove requests whose class was lost.
    `used_carried` is the part of the scheduled requests that runs of earlier days used.
    `probes` counts the requests sent to try a closed day; `probe_id` is the one that is out now.
    `given_back` counts reservations that were never sent and are not in `used` any more, `given_back_id` names who gave
    back last; `raised` says that the counter was raised to what is proven.
    """

    day: str
    family: Family
    limit: int
    used: int
    used_by_class: Mapping[WorkClass, int]
    paused_until: datetime | None = None
    closed_until: datetime | None = None
    probes: int = 0
    probe_id: str | None = None
    used_carried: int = 0
    given_back: int = 0
    given_back_id: str | None = None
    raised: bool = False

    @property
    def remaining(self) -> int:
        """Requests left today for ad-hoc work; never negative."""
        return max(0, self.limit - self.used)


def day_usage(day: str, family: Family, limit: int, item: Item) -> DayUsage:
    """The usage that a counter item shows; an empty item is a day on which nothing was used."""
    return DayUsage(
        day=day,
        family=family,
        limit=limit,
        used=_number(item, "used"),
        used_by_class={work_class: _number(item, name) for work_class, name in USED_BY.items()},
        paused_until=_time(item, "paused_until"),
        closed_until=_time(item, "closed_until"),
        probes=_number(item, "probes"),
        probe_id=_text(item, "probe_id"),
        used_carried=_number(item, USED_CARRIED),
        given_back=_number(item, GIVEN_BACK),
        given_back_id=_text(item, GIVEN_BACK_ID),
        raised=bool(_number(item, RAISED)),
    )


def _number(item: Item, name: str) -> int:
    return int(item.get(name, {}).get("N", "0"))


def _text(item: Item, name: str) -> str | None:
    return item.get(name, {}).get("S")


def _time(item: Item, name: str) -> datetime | None:
    text = _text(item, name)
    return from_iso(text) if text else None
