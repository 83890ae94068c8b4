"""The tasks for what is asked of an account itself: its profile and its lists, the profile first."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

import msgspec

from tiktok_collector.collection import naming
from tiktok_collector.collection.plan import new_task
from tiktok_collector.tasks.task import Task, TaskSpec, TaskState

_ENDPOINTS: Final[Mapping[str, str]] = {
    "profile": "user_info",
    "pinned": "user_pinned_videos",
    "liked": "user_liked_videos",
    "reposted": "user_reposted_videos",
    "followers": "user_followers",
    "following": "user_following",
}


def account_tasks(
    run_id: str, subject: str, base: TaskSpec, streams: Collection[str], limits: Mapping[str, int | None]
) -> Iterator[Task]:
    """The tasks of those of `streams` that are lists or the profile.

    Where the profile is asked for, the others wait for it: it may say that the account is gone or private.

    Args:
        run_id: The run.
        subject: The account's position in it.
        base: What their specs have in common; the username among it.
        streams: What is wanted.
        limits: The most rows of a stream; None or absent for all.
    """
    others = TaskState.WAITING if "profile" in streams else TaskState.PENDING
    for stream, endpoint in _ENDPOINTS.items():
        if stream in streams:
            params: dict[str, Any] = {"username": base.username}
            spec = msgspec.structs.replace(
                base, stream=stream, endpoint=endpoint, params=params, limit=limits.get(stream)
            )
            state = TaskState.PENDING if stream == "profile" else others
            yield new_task(run_id, naming.stream_task(subject, stream), spec, state)
