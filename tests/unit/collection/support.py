"""Small servers in memory that page as TikTok's do, and a driver that follows the paginator through them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from tiktok_collector.collection.paginator import Items, PageFacts, advance, begin_generation, next_body
from tiktok_collector.research_api.endpoints import ENDPOINTS
from tiktok_collector.study.windows import Window
from tiktok_collector.tasks.task import GapReason, Progress, Sweep, TaskKind, TaskSpec

DAY = date(2026, 11, 20)
WINDOW = Window(date(2026, 10, 1), date(2026, 10, 31))
PAGE_SIZE = 4

VIDEOS = TaskSpec(TaskKind.PAGES, "videos", DAY, "someone", "video_query", WINDOW, {"query": {}})
COMMENTS = TaskSpec(
    TaskKind.SWEEP, "comments", DAY, "someone", "comment_list", sweep=Sweep("raw/page.json.gz", "video_id")
)
FOLLOWERS = TaskSpec(TaskKind.PAGES, "followers", DAY, "someone", "user_followers", params={"username": "someone"})


@dataclass(frozen=True, slots=True, order=True)
class Clip:
    """A video: its id, and the day on which it was published (up to three days after its id was made)."""

    id: int
    published: date
    dropped: bool = False


def seconds_of(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


class VideoServer:
    """Slices candidates by descending id, then drops what is deleted."""

    def __init__(self, clips: Sequence[Clip]) -> None:
        self.clips = list(clips)

    def serve(self, body: Mapping[str, Any]) -> PageFacts:
        start, end = (date.fromisoformat(body[name]) for name in ("start_date", "end_date"))
        candidates = sorted((clip for clip in self.clips if start <= clip.published <= end), reverse=True)
        offset = body.get("cursor", 0)
        rows = [clip.id for clip in candidates[offset : offset + PAGE_SIZE] if not clip.dropped]
        after = min(offset + PAGE_SIZE, len(candidates))
        return PageFacts(after, body.get("search_id", "7"), after < len(candidates), len(rows), tuple(rows))


class ListServer:
    """Lists of rows by item, such as the comments of videos, paged by offset."""

    def __init__(self, rows: Mapping[int, Sequence[int]]) -> None:
        self.rows = rows
        self.served: dict[int, set[int]] = {item: set() for item in rows}

    def serve(self, body: Mapping[str, Any]) -> PageFacts:
        item, offset = body["video_id"], body.get("cursor", 0)
        every = self.rows[item]
        page = every[offset : offset + PAGE_SIZE]
        self.served[item].update(page)
        after = min(offset + PAGE_SIZE, len(every))
        return PageFacts(after, None, after < len(every), len(page))


class TimeServer:
    """Rows by descending moment: those at or before the cursor, whose next value is the last row's moment."""

    def __init__(self, moments: Sequence[int]) -> None:
        self.moments = sorted(moments, reverse=True)
        self.served: set[int] = set()

    def serve(self, body: Mapping[str, Any]) -> PageFacts:
        cursor = body.get("cursor")
        left = [row for row, moment in enumerate(self.moments) if cursor is None or moment <= cursor]
        page = left[:PAGE_SIZE]
        self.served.update(page)
        last = self.moments[page[-1]] if page else cursor
        return PageFacts(last, None, len(left) > len(page), len(page))


@dataclass
class Walk:
    """What a task asked for and got."""

    bodies: list[dict[str, Any]] = field(default_factory=list)
    pages: list[PageFacts] = field(default_factory=list)
    progress: Progress = field(default_factory=Progress)

    @property
    def ids(self) -> set[int]:
        return {identifier for page in self.pages for identifier in page.ids}


def walk(
    spec: TaskSpec,
    serve: Callable[[Mapping[str, Any]], PageFacts],
    *,
    items: Items | None = None,
    progress: Progress | None = None,
    lost: Sequence[bool] = (),
    most: int = 2_000,
) -> Walk:
    """Follows the paginator to its end; where `lost` says so, the search is lost before the next page.

    Raises:
        AssertionError: it does not end within `most` pages.
    """
    endpoint, things = ENDPOINTS[spec.endpoint], items or [spec.params]
    way, losses = Walk(progress=progress or Progress()), iter(lost)
    for _ in range(most):
        if way.progress.exhausted:
            return way
        if next(losses, False):
            way.progress = begin_generation(spec, way.progress, things, GapReason.SEARCH_LOST)
            continue
        body = next_body(endpoint, spec, way.progress, things)
        page = serve(body)
        way.bodies.append(body)
        way.pages.append(page)
        way.progress = advance(endpoint, spec, way.progress, page, things)
    raise AssertionError(f"no end after {most} pages")
