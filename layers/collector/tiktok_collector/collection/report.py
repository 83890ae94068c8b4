"""What a collecting function answers: how far a run is, what is missing, where the data are."""

from typing import Final

import msgspec

from tiktok_collector.clock import iso
from tiktok_collector.collection.completion import RunProgress
from tiktok_collector.collection.manifest_document import COMPLETE, WITH_GAPS
from tiktok_collector.collection.waiting import sentences
from tiktok_collector.tasks.run import Run

_MOST_EXPORTS: Final = 100
_MOST_PROBLEMS: Final = 10


class RunReport(msgspec.Struct, kw_only=True, omit_defaults=True):
    """How far a run is; `accounts` counts those that it is about, `search` names its search, `study` its study.

    `state`: `complete`, `complete_with_gaps`, `parked` (it goes on by itself, not before `resume_at`) or `running`
    (another worker has it, or it goes on at the next tick). `tasks` counts tasks by state, `parked` by reason, and
    `waiting` says the reasons in words. `gaps` counts possible gaps too, which leave a run complete; `problems` has an
    example of each kind of certain gap. `not_returned` counts videos that were asked for by id and did not come.
    `partial`: time was up before all tasks were read, so the counts are of the first of them; exports and manifest may
    follow at the next tick.
    """

    run_id: str
    state: str
    accounts: int = 0
    search: str | None = None
    study: str | None = None
    period: str
    tasks: dict[str, int]
    requests: int
    gaps: int
    not_returned: int = 0
    exports: list[str]
    more_exports: int = 0
    manifest: str | None = None
    resume_at: str | None = None
    parked: dict[str, int] = {}
    waiting: list[str] = []
    problems: list[str] = []
    warnings: list[str] = []
    partial: bool = False


def report_of(run: Run, progress: RunProgress) -> RunReport:
    """The report of a run from its last review."""
    if progress.finished:
        state = WITH_GAPS if progress.incomplete else COMPLETE
    elif progress.partial:
        state = "running"
    else:
        state = "parked" if progress.parked_for and not progress.due else "running"
    return RunReport(
        run_id=run.run_id,
        state=state,
        accounts=run.event.get("usernames", 0),
        search=run.event.get("name"),
        study=run.event.get("study"),
        period=f"{run.event['start_date']}..{run.event['end_date']}",
        tasks=progress.states,
        requests=progress.requests,
        gaps=progress.gaps,
        not_returned=progress.not_returned,
        exports=progress.exports[:_MOST_EXPORTS],
        more_exports=max(0, len(progress.exports) - _MOST_EXPORTS),
        manifest=progress.manifest,
        resume_at=iso(progress.next_resume) if progress.next_resume else None,
        parked=progress.parked_for,
        waiting=sentences(progress.parked_for),
        problems=[f"{what}: {detail}" for what, detail in sorted(progress.problems.items())][:_MOST_PROBLEMS],
        warnings=run.warnings,
        partial=progress.partial,
    )
