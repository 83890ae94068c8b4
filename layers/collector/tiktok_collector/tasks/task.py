"""A task: one stream of pages, one sweep over a page's items, or one file to write.

`TaskSpec` never changes after planning; `Progress` is the checkpoint, replaced whole by each fenced commit.
"""

from datetime import date
from enum import StrEnum
from typing import Any, Final

import msgspec

from tiktok_collector.study.windows import Window

MANIFEST: Final = "manifest"
"""The id of the task that ends a run, and its stream."""
HEAVY_BUDGET: Final = 36
NO_QUOTA: Final = "none"


def quota_label(family: str, work_class: str) -> str:
    """What a task's requests draw on, as one word."""
    return f"{family}/{work_class}"


class TaskKind(StrEnum):
    """What working a task means."""

    PAGES = "pages"
    SWEEP = "sweep"
    EXPORT = "export"
    MANIFEST = "manifest"


class TaskState(StrEnum):
    """Where a task stands. `waiting` tasks become `pending` when what they wait for is done."""

    WAITING = "waiting"
    PENDING = "pending"
    RUNNING = "running"
    PARKED = "parked"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"

    @property
    def terminal(self) -> bool:
        """Whether the task will never run again."""
        return self in {TaskState.DONE, TaskState.FAILED, TaskState.SKIPPED}


class GapReason(StrEnum):
    """Why something that was asked for is not there (docs/manifest.md explains each)."""

    SEARCH_LOST = "search_lost"
    CURSOR_LOOP = "cursor_loop"
    CURSOR_MISSING = "cursor_missing"
    SAME_MOMENT = "same_moment"
    PAGE_CAP = "page_cap"
    WINDOW_FAILS = "window_fails"
    DAY_FAILS = "day_fails"
    BAD_USERNAME = "bad_username"
    PAGE_FAILS = "page_fails"
    API_DOWN = "api_down"
    EMPTY_PAGE = "empty_page"
    OFFSETS_SHIFTED = "offsets_shifted"
    COMMENTS_CAPPED = "comments_capped"
    REFUSED = "refused"
    FAILED = "failed"
    OBSERVED_UNKNOWN = "observed_unknown"
    OBSERVED_PRIVATE = "observed_private"
    OBSERVED_OUT_OF_SCOPE = "observed_out_of_scope"
    OBSERVED_HIDDEN = "observed_hidden"


class Sweep(msgspec.Struct, frozen=True, omit_defaults=True):
    """The raw page whose items a sweep visits, the request field that names an item, and which items it visits."""

    source_key: str
    item: str
    first_items: int | None = None
    below_id: int | None = None


class Follow(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the rows of a page lead to: sweeps over its comments and their replies, tasks for its playlists."""

    comments: bool = False
    max_comments: int | None = None
    replies: bool = False
    playlists: bool = False


class TaskSpec(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a task asks for.

    One of `username`, `search` and `collections` names what it is about; its position in the run is in the task's id.
    `limit` is the most rows wanted (per item in a sweep); `depth` is how often the window or the batch was halved.
    Tasks of one priority are worked in the order of `rank`. `failed_before` is set where an earlier run tried in vain.
    """

    kind: TaskKind
    stream: str
    dt: date
    username: str = ""
    endpoint: str = ""
    window: Window | None = None
    params: dict[str, Any] = {}
    sweep: Sweep | None = None
    limit: int | None = None
    next_task: str | None = None
    depth: int = 0
    work_class: str = "adhoc"
    follow: Follow = Follow()
    search: str = ""
    collections: tuple[str, ...] = ()
    rank: int = 0
    failed_before: bool = False
    version: int = 1


class Gap(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that was asked for and is not there: why, and where to resume.

    `item` is the thing that a sweep visited, such as `video_id=7320768196569599275`. A `possible` gap may be none.
    """

    reason: GapReason
    detail: str = ""
    window: Window | None = None
    item: str | None = None
    cursor: int | None = None
    possible: bool = False


class Counts(msgspec.Struct, omit_defaults=True):
    """What a task has done so far. `requested` and `dropped` count candidates of offset cursors."""

    requests: int = 0
    pages: int = 0
    rows: int = 0
    requested: int = 0
    dropped: int = 0
    quarantined: int = 0
    unknown_fields: dict[str, int] = {}


class Generation(msgspec.Struct, frozen=True, omit_defaults=True):
    """A search that was given up: how many pages it left, and why a new one was begun."""

    number: int
    pages: int
    reason: GapReason


class UploadState(msgspec.Struct, omit_defaults=True):
    """How far a file has been written: its multipart upload, and the input that comes next.

    `key_version` is the version of the key with which its people have their pseudonyms.
    """

    upload_id: str = ""
    etags: list[str] = []
    next_input: int = 0
    section: str = ""
    rows: dict[str, int] = {}
    duplicates: int = 0
    key_version: str = ""


class Progress(msgspec.Struct, omit_defaults=True):
    """The checkpoint. `page` is the number of the next page within the generation, from 1.

    `failures`, `rejections` and `visits` (times parked) count what went wrong on that page and fall to 0 with it.
    `defects` counts how often the code failed on it; it is not `visits`, which an outage of days may have driven up.
    `heavy_budget` is how many failed requests a window and its halves may still cost together; pages give some back.
    `names_blamed` says of a batch that the same days were answered for other accounts, so its names are at fault.
    `not_returned` are, of videos asked for by id, those that have not come, other than those that a gap may hold.
    `result_key_id` says with which key the people in the file have their pseudonyms; empty where they are named.
    """

    generation: int = 1
    page: int = 1
    item: int = 0
    cursor: int | None = None
    search_id: str | None = None
    item_rows: int = 0
    window: Window | None = None
    last_id: int | None = None
    exhausted: bool = False
    failures: int = 0
    rejections: int = 0
    visits: int = 0
    defects: int = 0
    heavy_budget: int = HEAVY_BUDGET
    names_blamed: bool = False
    not_returned: list[int] = []
    counts: Counts = msgspec.field(default_factory=Counts)
    gaps: list[Gap] = []
    earlier: list[Generation] = []
    observation: str | None = None
    observation_detail: str = ""
    note: str = ""
    failed: bool = False
    upload: UploadState | None = None
    result_key: str | None = None
    result_rows: dict[str, int] = {}
    result_key_id: str = ""
    version: int = 1


class Task(msgspec.Struct):
    """A task with its state and lease as last read or written.

    `quota` is what its requests draw on, `<family>/<work class>`, or `none` where it sends no requests. `damage` says
    of an item that cannot be read what is wrong with it; `tasks/damage.py` has the rest of such a task.
    """

    run_id: str
    task_id: str
    spec: TaskSpec
    priority: int
    quota: str
    state: TaskState = TaskState.PENDING
    progress: Progress = msgspec.field(default_factory=Progress)
    fence: int = 0
    resume_at: str = ""
    damage: str = ""


class TaskRef(msgspec.Struct, frozen=True):
    """A task's key, as the `runnable` index gives it, with the quota that it draws on."""

    run_id: str
    task_id: str
    quota: str
