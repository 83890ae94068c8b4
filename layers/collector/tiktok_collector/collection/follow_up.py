"""Pure: what the rows of a page lead to. Comments of its videos, replies to its comments, playlists of its videos."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from tiktok_collector.collection import naming
from tiktok_collector.collection.plan import new_task
from tiktok_collector.research_api.rows import Comment, Row, Video
from tiktok_collector.tasks.task import Follow, Sweep, Task, TaskKind, TaskState


def follow_ups(task: Task, key: str, rows: Sequence[Row]) -> Iterator[Task]:
    """The tasks that the page stored at `key` calls for; the same page gives the same tasks."""
    follow = task.spec.follow
    sweep = _sweep_of(task, key)
    if follow.comments and items_to_visit(sweep, rows):
        yield _sweep_task(task, sweep, "comments", limit=follow.max_comments, follow=Follow(replies=follow.replies))
    if task.spec.stream == "comments" and follow.replies and items_to_visit(_replies_of(key), rows):
        yield _sweep_task(task, _replies_of(key), "replies", limit=None, follow=Follow())
    if follow.playlists:
        yield from _playlists(task, sweep, rows)


def items_to_visit(sweep: Sweep, rows: Sequence[Row]) -> list[Mapping[str, Any]]:
    """The request fields of the things that a sweep visits, in the order of the page.

    Videos without comments and comments without replies cost no request; a count that is absent is not taken for zero.
    """
    if sweep.item == "comment_id":
        return [{"comment_id": row.id} for row in rows if isinstance(row, Comment) and row.reply_count != 0]
    return [{"video_id": row.id} for row in _wanted_videos(sweep, rows) if row.comment_count != 0]


def _wanted_videos(sweep: Sweep, rows: Sequence[Row]) -> list[Video]:
    new = [row for row in rows if isinstance(row, Video) and (sweep.below_id is None or row.id < sweep.below_id)]
    return new[: sweep.first_items]


def _sweep_of(task: Task, key: str) -> Sweep:
    limit, taken = task.spec.limit, task.progress.item_rows
    left = None if limit is None else max(0, limit - taken)
    return Sweep(source_key=key, item="video_id", first_items=left, below_id=task.progress.last_id)


def _replies_of(key: str) -> Sweep:
    return Sweep(source_key=key, item="comment_id")


def _sweep_task(task: Task, sweep: Sweep, stream: str, *, limit: int | None, follow: Follow) -> Task:
    spec = msgspec.structs.replace(
        task.spec,
        kind=TaskKind.SWEEP,
        stream=stream,
        endpoint="comment_list",
        window=None,
        params={},
        sweep=sweep,
        limit=limit,
        next_task=None,
        depth=0,
        failed_before=False,
        follow=follow,
    )
    task_id = naming.page_task(task.task_id, task.progress.generation, task.progress.page, stream)
    return new_task(task.run_id, task_id, spec, TaskState.PENDING)


def _playlists(task: Task, sweep: Sweep, rows: Sequence[Row]) -> Iterator[Task]:
    for playlist_id in dict.fromkeys(video.playlist_id for video in _wanted_videos(sweep, rows)):
        if playlist_id is None:
            continue
        spec = msgspec.structs.replace(
            task.spec,
            kind=TaskKind.PAGES,
            stream="playlists",
            endpoint="playlist_info",
            window=None,
            params={"playlist_id": playlist_id},
            limit=None,
            next_task=None,
            depth=0,
            failed_before=False,
            follow=Follow(),
        )
        task_id = naming.playlist_task(naming.subject_of(task.task_id), task.run_id, playlist_id)
        yield new_task(task.run_id, task_id, spec, TaskState.PENDING)
