"""Pure: what a manifest says of tasks and subjects (docs/manifest.md describes every field)."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from tiktok_collector.collection.chain import NOTES, SPLIT
from tiktok_collector.collection.paginator import current_window
from tiktok_collector.collection.subject import subject_of
from tiktok_collector.pseudonyms.people import key_statement
from tiktok_collector.tasks.run import Run
from tiktok_collector.tasks.task import Task, TaskKind, TaskState
from tiktok_collector.versions import MANIFEST_VERSION

RUNNING: Final = "running"
COMPLETE: Final = "complete"
WITH_GAPS: Final = "complete_with_gaps"


def manifest_head(run: Run, status: str) -> dict[str, Any]:
    """The part of a manifest that is known when the run is planned; `status` comes first."""
    return {
        "version": MANIFEST_VERSION,
        "status": status,
        "run_id": run.run_id,
        "function": run.function,
        "work_class": run.work_class,
        "started_at": run.started_at,
        "event": run.event,
        "warnings": run.warnings,
    }


def is_complete(task: Task) -> bool:
    """Whether everything that the task asked for is there, or known not to exist."""
    progress = task.progress
    return task.state in {TaskState.DONE, TaskState.SKIPPED} and not any(not gap.possible for gap in progress.gaps)


def not_returned(task: Task) -> list[int]:
    """Videos that a finished task asked for by their ids and did not get: candidates for deletion."""
    progress = task.progress
    # Until the older half of a split window is done, the videos may be there.
    last = progress.note != SPLIT and task.spec.next_task is None
    return progress.not_returned if last and task.state is TaskState.DONE and not progress.observation else []


def stream_report(task: Task) -> dict[str, Any]:
    """What became of one task that asks for pages."""
    progress, counts = task.progress, task.progress.counts
    report: dict[str, Any] = {
        "task": task.task_id,
        "stream": task.spec.stream,
        "endpoint": task.spec.endpoint,
        "state": task.state,
        "complete": is_complete(task),
        "pages": counts.pages,
        "rows": counts.rows,
        "requests": counts.requests,
    }
    window = current_window(task.spec, progress)
    optional: dict[str, Any] = {
        "window": task.spec.window,
        "window_left": window if window != task.spec.window else None,
        "note": progress.note if progress.note in NOTES or task.state is TaskState.SKIPPED else None,
        "requested": counts.requested,
        "dropped": counts.dropped,
        "not_returned": [str(video_id) for video_id in not_returned(task)],
        "quarantined": counts.quarantined,
        "unknown_fields": counts.unknown_fields,
        "observation": progress.observation,
        "observation_detail": progress.observation_detail,
        "earlier_generations": progress.earlier,
        "gaps": progress.gaps,
    }
    report.update({name: value for name, value in optional.items() if value})
    built: dict[str, Any] = msgspec.to_builtins(report)
    return built


def subject_report(tasks: Sequence[Task]) -> dict[str, Any]:
    """What became of one account or search: its streams, its export, and whether it is complete.

    An export that has gaps stands among the streams, too, so that whoever looks for gaps finds why it is not there.
    """
    export = next((task for task in tasks if task.spec.kind is TaskKind.EXPORT), None)
    reports = [stream_report(task) for task in tasks if task is not export or task.progress.gaps]
    known = next((task for task in tasks if not task.damage), tasks[0])
    return {
        **subject_of(known.spec).entry(tasks),
        "complete": all(is_complete(task) for task in tasks),
        "gaps": sum(len(report.get("gaps", ())) for report in reports),
        "requests": sum(report["requests"] for report in reports),
        "export": export.progress.result_key if export else None,
        **_naming(export),
        "rows": export.progress.result_rows if export else {},
        "streams": reports,
    }


def _naming(export: Task | None) -> dict[str, Any]:
    if export is None or export.progress.result_key is None:
        return {"identified": None, "pseudonyms": None}
    return key_statement(export.progress.result_key_id)
