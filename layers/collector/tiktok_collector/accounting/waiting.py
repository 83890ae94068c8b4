"""Since when something is waited for: open runs, or a study whose day is not planned."""

from datetime import UTC, datetime, timedelta

from tiktok_collector.clock import from_iso
from tiktok_collector.lake.day_names import days_below
from tiktok_collector.lake.keys import STUDY_FILE, STUDY_PLANS
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.tasks.runs import RunStore


def waiting_since(runs: RunStore, objects: ObjectStore, now: datetime) -> datetime | None:
    """Since when pages should be coming; None if nothing is to be collected now.

    A run is open until all that it is about has been had or has become a gap. A study waits from the moment on that a
    day should have been planned and was not; the plan's runs are runs like others.

    Raises:
        Retriable: AWS is busy or unreachable.
        MissingResource: the table or the bucket is absent or may not be used.
    """
    waits = [from_iso(run.started_at) for run in runs.open()]
    study = next((each for each in objects.keys(STUDY_FILE) if each.key == STUDY_FILE), None)
    if study:
        unplanned = _first_unplanned_moment(objects)
        waits.append(max(study.last_modified, unplanned) if unplanned else study.last_modified)
    past = [moment for moment in waits if moment <= now]
    return min(past, default=None)


def _first_unplanned_moment(objects: ObjectStore) -> datetime | None:
    """The end of the newest day that has a plan, None without any."""
    day = max(days_below(objects, STUDY_PLANS), default=None)
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), tzinfo=UTC)
