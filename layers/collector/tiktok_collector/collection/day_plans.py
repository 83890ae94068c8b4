"""A study's plans of days, in the bucket: made once, so that everybody works the same one."""

from datetime import date
from typing import Final

import msgspec

from tiktok_collector.errors import Fatal
from tiktok_collector.lake.gzipped import gunzipped, gzipped
from tiktok_collector.lake.keys import day_plan_key
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.study.day_plan import DAY_PLAN_VERSION, DayPlan
from tiktok_collector.versions import decoded

_PLAN: Final = msgspec.json.Decoder(DayPlan)


def day_plan(objects: ObjectStore, day: date) -> DayPlan | None:
    """The plan of a UTC day, or None if there is none.

    Raises:
        Fatal: it cannot be read.
        NewerVersion: newer code made it.
    """
    key = day_plan_key(day.isoformat())
    data = objects.get_bytes(key)
    if data is None:
        return None
    try:
        return decoded(_PLAN.decode, gunzipped(data, key=key), known=DAY_PLAN_VERSION, what=f"The plan {key}")
    except msgspec.DecodeError as error:
        raise Fatal(f"The plan {key} cannot be read ({error}); delete it, and the day is planned again.") from error


def stored_day_plan(objects: ObjectStore, day: date) -> DayPlan:
    """The plan of a UTC day, which must be there.

    Raises:
        Fatal: it is not, or cannot be read.
    """
    plan = day_plan(objects, day)
    if plan is None:
        raise Fatal(f"The plan {day_plan_key(day.isoformat())} is missing; restore it from the bucket's versions.")
    return plan


def store_day_plan(objects: ObjectStore, plan: DayPlan) -> DayPlan:
    """Stores the plan unless its day has one; returns the one that is stored."""
    stored = objects.put_once(day_plan_key(plan.day.isoformat()), gzipped(msgspec.json.encode(plan)))
    return plan if stored else stored_day_plan(objects, plan.day)
