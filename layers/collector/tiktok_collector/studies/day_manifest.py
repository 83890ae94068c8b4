"""Pure: what a study has collected on one day, collection by collection and day by day (docs/manifest.md)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import msgspec

from tiktok_collector.collection.manifest_document import COMPLETE, RUNNING, WITH_GAPS
from tiktok_collector.study.day_plan import Cost, DayPlan, LeftOut, Purpose
from tiktok_collector.study.record import Missing, RunRecord, VideoResult
from tiktok_collector.study.windows import Window
from tiktok_collector.versions import MANIFEST_VERSION

PARTIAL: Final = "partial"
GAP: Final = "gap"
DUE: Final = "due"
ENDED: Final = "ended"
FAILED: Final = "failed"
NEVER_STARTED: Final = "never_started"
API_SILENT: Final = "api_silent"
NOTHING_NEW: Final = "nothing_new"


def day_manifest(plan: DayPlan, runs: Mapping[str, str], records: Sequence[RunRecord]) -> dict[str, Any]:
    """The manifest of a study's day.

    Args:
        plan: What was planned.
        runs: The runs that work it, and what is known of each without a record: `running`, `failed` or `never_started`.
        records: Of those of them that have ended.
    """
    ended = {record.run_id for record in records}
    states = {run: ENDED if run in ended else state for run, state in runs.items()}
    results = [result for record in records for result in record.videos]
    concerned = [each.collections for each in plan.videos]
    concerned += [*(each.collections for each in plan.visits), *(each.collections for each in plan.left_out)]
    names = sorted({name for each in concerned for name in each})
    unanswered = RUNNING if RUNNING in states.values() else GAP
    collections = {name: _collection(name, plan, results, records, unanswered) for name in names}
    gaps = not {FAILED, NEVER_STARTED}.isdisjoint(states.values()) or any(
        each["status"] != COMPLETE for each in collections.values()
    )
    status = RUNNING if RUNNING in states.values() else WITH_GAPS if gaps else COMPLETE
    built: dict[str, Any] = msgspec.to_builtins(
        {
            "version": MANIFEST_VERSION,
            "status": status,
            "study": plan.study,
            "day": plan.day,
            "study_digest": plan.study_digest,
            "problems": plan.problems,
            "notes": plan.notes,
            "runs": states,
            "collections": collections,
            "requests": _comparison(plan.estimate.today, [cost for record in records for cost in record.used]),
            "estimate": plan.estimate,
        }
    )
    return built


def _collection(
    name: str, plan: DayPlan, results: Iterable[VideoResult], records: Sequence[RunRecord], unanswered: str
) -> dict[str, Any]:
    """The report of one collection; `unanswered` is what to say of one of which no run has ended."""
    own = [result for result in results if name in result.collections]
    asked = [result for result in own if result.purpose is not Purpose.CONTROL]
    gone: Mapping[date, int] = {day: count for record in records for day, count in record.gone.get(name, {}).items()}
    due = [each for each in plan.left_out if name in each.collections]
    every_day = sorted({day for window in _windows(asked, due) for day in window.each_day()})
    days = [_day(day, asked, due, gone.get(day, 0)) for day in every_day]
    visits = [visit for record in records for visit in record.visits if name in visit.collections]
    windows = sum(name in work.collections for work in plan.videos)
    planned_visits = sum(name in visit.collections for visit in plan.visits)
    playlists_missing = sum(each.playlists_missing for each in own)
    complete = all(day["status"] == COMPLETE for day in days) and all(visit.complete for visit in visits)
    complete = complete and not playlists_missing
    status = COMPLETE if complete else PARTIAL if _anything(days, visits) else GAP
    if len(own) + len(visits) < windows + planned_visits:
        status = unanswered if unanswered == RUNNING or not (own or visits) else PARTIAL
    report: dict[str, Any] = {
        "status": status,
        "planned": {"windows": windows, "visits": planned_visits},
        "rows": sum(day["rows"] for day in days),
        "late_arrivals": sum(day["late_arrivals"] for day in days),
        "gone": sum(day["gone"] for day in days),
        "candidates": sum(each.candidates for each in asked),
        "dropped": sum(each.dropped for each in asked),
        "requests": sum(each.requests + each.comment_requests for each in own),
        "playlists_missing": playlists_missing,
        "bad_usernames": sorted({username for each in asked for username in each.bad_usernames}),
        "visits": {
            "complete": sum(visit.complete for visit in visits),
            "observed": dict(Counter(visit.observation for visit in visits if visit.observation)),
        },
        "days": days,
    }
    controls = [each for each in own if each.purpose is Purpose.CONTROL and not each.missing]
    if controls:
        report["silence"] = API_SILENT if any(each.silent for each in controls) else NOTHING_NEW
    return report


def _anything(days: Sequence[Mapping[str, Any]], visits: Sequence[Any]) -> bool:
    return any(day["status"] not in {GAP, DUE} for day in days) or bool(visits)


def _windows(asked: Iterable[VideoResult], due: Iterable[LeftOut]) -> list[Window]:
    return [*(each.window for each in asked), *(each.window for each in due)]


def _day(day: date, asked: Iterable[VideoResult], due: Iterable[LeftOut], gone: int) -> dict[str, Any]:
    waiting = [each for each in due if day in each.window]
    covering = [each for each in asked if day in each.window]
    missing = [[each for each in result.missing if day in each.window] for result in covering]
    lost = [any(not each.usernames for each in found) for found in missing]
    status = DUE if not covering else GAP if all(lost) else PARTIAL if any(missing) or waiting else COMPLETE
    found = [result.found[day] for result in covering if day in result.found]
    report: dict[str, Any] = {
        "day": day,
        "status": status,
        "passes": sorted({result.purpose.value for result in covering}),
        "rows": sum(each.rows for each in found),
        "late_arrivals": sum(each.late for each in found),
        "gone": gone,
        "accounts": sum(len(result.usernames) for result in covering),
    }
    if waiting:
        report["accounts_due"] = sum(each.accounts for each in waiting)
    if any(missing):
        report["missing"] = [_reason(each) for several in missing for each in several]
    return report


def _reason(missing: Missing) -> dict[str, Any]:
    reason = {"reason": missing.reason, "detail": missing.detail, "usernames": missing.usernames}
    return {name: value for name, value in reason.items() if value}


def _comparison(planned: Iterable[Cost], used: Iterable[Cost]) -> list[dict[str, Any]]:
    """Requests as they were expected and as they came, by collection and endpoint."""
    table: defaultdict[tuple[str, str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for column, costs in enumerate((planned, used)):
        for cost in costs:
            table[cost.collection, cost.endpoint, cost.family][column] += cost.requests
    return [
        {
            "collection": collection,
            "endpoint": endpoint,
            "family": family,
            "planned": round(requests[0], 2),
            "used": round(requests[1], 2),
        }
        for (collection, endpoint, family), requests in sorted(table.items())
    ]
