"""Pure: the runs of a study's day. Their ids follow from the day, so whoever starts them starts the same ones."""

from datetime import date
from typing import Final

from tiktok_collector.collection.study_plan import visits_of, works_of
from tiktok_collector.events.study import Part, StudyDayEvent
from tiktok_collector.study.day_plan import DayPlan
from tiktok_collector.study.windows import Window

_PREFIX: Final = "study-"


def run_id_of(day: date, part: Part) -> str:
    """The id of the run of a part, such as `study-20261120-accounts`."""
    return f"{_PREFIX}{day:%Y%m%d}-{part}"


def is_study_run(run_id: str) -> bool:
    """Whether a run is one of a study's."""
    return run_id.startswith(_PREFIX)


def has_work(plan: DayPlan, part: Part) -> bool:
    """Whether the plan asks for anything of the part."""
    return bool(works_of(plan, part) or visits_of(plan, part))


def event_of(plan: DayPlan, part: Part) -> tuple[StudyDayEvent, Window]:
    """The event of a part's run, and the days of videos that it asks for (the plan's day, where it asks for none)."""
    windows = [work.window for work in works_of(plan, part)] or [Window(plan.day, plan.day)]
    period = Window(min(each.start for each in windows), max(each.end for each in windows))
    event = StudyDayEvent(study=plan.study, day=plan.day, part=part, start_date=period.start, end_date=period.end)
    return event, period
