"""Pure: the runs of a study's day. Their ids follow from the day, so whoever starts them starts the same ones."""

import re
from datetime import date
from typing import Final

from tiktok_collector.collection.study_plan import visits_of, works_of
from tiktok_collector.events.study import Part, StudyDayEvent
from tiktok_collector.study.day_plan import DayPlan
from tiktok_collector.study.windows import Window

_RUN_ID: Final = re.compile(rf"study-([0-9]{{8}})-({'|'.join(Part)})")


def run_id_of(day: date, part: Part) -> str:
    """The id of the run of a part, such as `study-20261120-accounts`."""
    return f"study-{day:%Y%m%d}-{part}"


def study_part_of(run_id: str) -> tuple[date, Part] | None:
    """Of which day and part of a study a run is; None for runs that are of none, whatever else they are called."""
    named = _RUN_ID.fullmatch(run_id)
    try:
        return (date.fromisoformat(named[1]), Part(named[2])) if named else None
    except ValueError:
        return None


def has_work(plan: DayPlan, part: Part) -> bool:
    """Whether the plan asks for anything of the part."""
    return bool(works_of(plan, part) or visits_of(plan, part))


def event_of(plan: DayPlan, part: Part) -> tuple[StudyDayEvent, Window]:
    """The event of a part's run, and the days of videos that it asks for (the plan's day, where it asks for none)."""
    windows = [work.window for work in works_of(plan, part)] or [Window(plan.day, plan.day)]
    period = Window(min(each.start for each in windows), max(each.end for each in windows))
    event = StudyDayEvent(study=plan.study, day=plan.day, part=part, start_date=period.start, end_date=period.end)
    return event, period
