"""Task ids: deterministic, sortable within an account, and without personal data (they reach the usage log)."""

import hashlib
from typing import Final

MANIFEST: Final = "manifest"


def account_prefix(account: int) -> str:
    """The id prefix of the tasks of the run's n-th account (from 1)."""
    return f"a{account:05d}."


def stream_task(account: int, stream: str) -> str:
    """The task of a stream that has one, such as `a00001.profile`."""
    return f"{account_prefix(account)}{stream}"


def window_task(account: int, number: int) -> str:
    """The task of the n-th video window, newest first."""
    return f"{account_prefix(account)}videos.w{number:03d}"


def half_task(task_id: str, number: int) -> str:
    """A half of a split window: 1 the newer, 2 the older; it sorts behind the window it came from."""
    return f"{task_id}.{number}"


def page_task(task_id: str, generation: int, page: int, stream: str) -> str:
    """The sweep over one raw page: `a00001.comments.w001.g1.p000001` for a page of `a00001.videos.w001`."""
    account, _, rest = task_id.partition(".")
    source = rest.partition(".")[2]
    return f"{account}.{stream}.{source}.g{generation}.p{page:06d}"


def playlist_task(account: int, run_id: str, playlist_id: int) -> str:
    """The task of one playlist; its id is hashed with the run's, so that the usage log does not carry it."""
    digest = hashlib.sha256(f"{run_id}/{playlist_id}".encode()).hexdigest()[:16]
    return f"{account_prefix(account)}playlist.{digest}"


def export_task(account: int) -> str:
    """The task that writes the account's export."""
    return f"{account_prefix(account)}zexport"
