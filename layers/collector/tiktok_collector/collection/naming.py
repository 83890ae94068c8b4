"""Task ids: deterministic, sortable within a subject, and without personal data (they reach the usage log).

A subject is what a run collects: its n-th account (`a00001`), its search (`s00001`), or the n-th work of a study's day
(`v00001`). Each id of its tasks begins so.
"""

import hashlib
from collections.abc import Iterable, Iterator
from itertools import groupby

from tiktok_collector.tasks.task import Task


def account(number: int) -> str:
    """The run's n-th account, from 1."""
    return f"a{number:05d}"


def search(number: int) -> str:
    """The run's n-th search, from 1."""
    return f"s{number:05d}"


def work(number: int) -> str:
    """The n-th work of a study's day, from 1."""
    return f"v{number:05d}"


def subject_of(task_id: str) -> str:
    """The subject that a task belongs to."""
    return task_id.partition(".")[0]


def by_subject(tasks: Iterable[Task]) -> Iterator[list[Task]]:
    """The tasks of one subject after the other; `tasks` come in the order of their ids, as the table gives them."""
    for _, group in groupby(tasks, key=lambda task: subject_of(task.task_id)):
        yield list(group)


def prefix(subject: str) -> str:
    """What the ids of the subject's tasks begin with, and no others."""
    return f"{subject}."


def stream_task(subject: str, stream: str) -> str:
    """The task of a stream that has one, such as `a00001.profile`."""
    return f"{subject}.{stream}"


def window_task(subject: str, number: int) -> str:
    """The task of the n-th video window, newest first."""
    return f"{subject}.videos.w{number:03d}"


def half_task(task_id: str, number: int) -> str:
    """A half of a split window: 1 the newer, 2 the older; it sorts behind the window it came from."""
    return f"{task_id}.{number}"


def part_task(task_id: str, number: int) -> str:
    """A half of the names of a bisected batch, 1 or 2; it sorts behind the batch it came from."""
    return f"{task_id}.n{number}"


def page_task(task_id: str, generation: int, page: int, stream: str) -> str:
    """The sweep over one raw page: `a00001.comments.w001.g1.p000001` for a page of `a00001.videos.w001`."""
    subject, _, rest = task_id.partition(".")
    source = rest.partition(".")[2]
    return f"{subject}.{stream}.{source}.g{generation}.p{page:06d}"


def playlist_task(subject: str, run_id: str, playlist_id: int) -> str:
    """The task of one playlist; its id is hashed with the run's, so that the usage log does not carry it."""
    digest = hashlib.sha256(f"{run_id}/{playlist_id}".encode()).hexdigest()[:16]
    return f"{subject}.playlist.{digest}"


def export_task(subject: str) -> str:
    """The task that writes the subject's export."""
    return f"{subject}.zexport"
