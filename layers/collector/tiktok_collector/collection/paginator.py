"""Pure pagination: what to ask next, and how a page moves the checkpoint (docs/sandbox.md, which pages the same way).

Offset cursors count the server's candidates, so only the returned one is ever sent. Time cursors go down and may
overlap; where one does not move, it is stepped back by its unit and the possible gap is recorded.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import msgspec

from tiktok_collector.research_api.endpoints import MAX_COUNT, CursorKind, Endpoint
from tiktok_collector.study.video_ids import PUBLISHED_WITHIN, made_at, publication
from tiktok_collector.study.windows import Window
from tiktok_collector.tasks.task import HEAVY_BUDGET, Counts, Gap, GapReason, Generation, Progress, TaskSpec

PAGE_CAP: Final = 20_000
MAX_GENERATIONS: Final = 8
"""How many searches a window is given; each new one asks only for what is missing."""
MAX_RESTARTS: Final = 3
"""How often a list without a window is read from its beginning."""
MOST_STEPS: Final = 10
"""How often in a row a time cursor that does not move is stepped back before its list is given up."""
COMMENTS_SERVED: Final = 1_000
"""Where the comments of a video end, however many there are (older TikTok docs, query video comments)."""
MOST_FIELDS: Final = 100
"""So many unknown fields are counted by name: a checkpoint has room for 400 KB."""
OTHER_FIELDS: Final = "(others)"
_LONGEST_FIELD: Final = 100
_FAILURES_A_PAGE: Final = 3
_MILLISECONDS_FROM: Final = 100_000_000_000

type Items = Sequence[Mapping[str, Any]]
"""What a task visits, as request fields: the items of a sweep, else the one thing that it is about."""


class PageFacts(msgspec.Struct, frozen=True):
    """What pagination needs to know of a page."""

    cursor: int | None
    search_id: str | None
    has_more: bool
    rows: int
    ids: Sequence[int] = ()
    broken_ids: Sequence[int] = ()
    quarantined: int = 0
    unknown_fields: Mapping[str, int] = {}


def next_body(endpoint: Endpoint, spec: TaskSpec, progress: Progress, items: Items) -> dict[str, Any]:
    """The body of the request for the next page."""
    body = dict(items[progress.item])
    window = current_window(spec, progress)
    if window:
        body["start_date"] = f"{window.start:%Y%m%d}"
        body["end_date"] = f"{window.end:%Y%m%d}"
    if endpoint.cursor is not CursorKind.NONE:
        body["max_count"] = MAX_COUNT
        if progress.cursor is not None:
            body["cursor"] = progress.cursor
        if progress.search_id is not None:
            body["search_id"] = progress.search_id
    return body


def current_window(spec: TaskSpec, progress: Progress) -> Window | None:
    """The window of the current generation, None for tasks without one."""
    return progress.window or spec.window


def advance(endpoint: Endpoint, spec: TaskSpec, progress: Progress, page: PageFacts, items: Items) -> Progress:
    """The checkpoint after `page`; `items` are the things that the task visits."""
    after = _counted(endpoint, progress, page)
    after.page += 1
    after.failures = after.rejections = after.visits = after.defects = 0
    after.names_blamed = False
    # A window that yields pages is not dead, however long it is and however often the server fails between them.
    after.heavy_budget = min(HEAVY_BUDGET, after.heavy_budget + _FAILURES_A_PAGE)
    after.item_rows += _fresh_rows(progress, page)
    after.not_returned = _without(after.not_returned, {*page.ids, *page.broken_ids})
    # An id that is too old for the window is none of its videos: taken for the last one, it would end the window.
    if spec.window and (ids := [each for each in page.ids if publication(each).end >= spec.window.start]):
        after.last_id = min(ids) if after.last_id is None else min(after.last_id, *ids)
    if spec.limit is not None and after.item_rows >= spec.limit:
        return _item_done(after, items)
    if reason := _doubt(endpoint, spec, progress, page):
        gap = Gap(reason, window=current_window(spec, progress), cursor=page.cursor, possible=True)
        after.gaps = [*after.gaps, msgspec.structs.replace(gap, item=_item_name(spec, progress, items))]
    if not page.has_more:
        return _item_done(after, items)
    if after.page > PAGE_CAP:
        return give_up_item(spec, after, items, Gap(GapReason.PAGE_CAP, f"stopped after {PAGE_CAP} pages"))
    if endpoint.cursor is CursorKind.TIME:
        return _time_cursor(spec, after, page, items)
    return _offset_cursor(spec, after, page, items)


def begin_generation(spec: TaskSpec, progress: Progress, items: Items, reason: GapReason) -> Progress:
    """The checkpoint of a new search for what is missing; after too many, the rest becomes a gap."""
    after = copy(progress)
    most = MAX_GENERATIONS if spec.window else MAX_RESTARTS
    if after.generation >= most:
        return give_up_item(spec, after, items, Gap(reason, f"given up after {most} searches"))
    after.earlier = [*after.earlier, Generation(after.generation, after.page - 1, reason)]
    after.generation += 1
    after.page = 1
    after.cursor = after.search_id = None
    after.failures = after.rejections = after.visits = 0
    window = current_window(spec, after)
    if window:
        after.window = remaining_window(window, after.last_id)
    else:
        # Without ids to tell rows apart, the new search counts towards the limit from its own beginning.
        after.item_rows = 0
    return after


def give_up_item(spec: TaskSpec, progress: Progress, items: Items, gap: Gap) -> Progress:
    """The checkpoint behind what cannot be had, with the gap recorded: where it begins and why."""
    after = copy(progress)
    window = current_window(spec, progress)
    located = msgspec.structs.replace(
        gap,
        window=gap.window or (remaining_window(window, progress.last_id) if window else None),
        item=gap.item or _item_name(spec, progress, items),
        cursor=progress.cursor if gap.cursor is None else gap.cursor,
    )
    after.gaps = [*after.gaps, located]
    if located.window:
        after.not_returned = _outside(after.not_returned, located.window)
    return _item_done(after, items)


def copy(progress: Progress) -> Progress:
    """A progress that can be changed without changing the one it came from."""
    counts = progress.counts
    return msgspec.structs.replace(
        progress, counts=msgspec.structs.replace(counts, unknown_fields=dict(counts.unknown_fields))
    )


def remaining_window(window: Window, last_id: int | None) -> Window:
    """The part of `window` that can hold videos with ids below `last_id`, whose upper half is Unix seconds."""
    if last_id is None:
        return window
    newest = (made_at(last_id) + PUBLISHED_WITHIN).date()
    return Window(window.start, max(window.start, min(window.end, newest)))


def days_left(spec: TaskSpec, progress: Progress) -> Window | None:
    """The days that a task has yet to ask for, None for tasks without a window."""
    window = current_window(spec, progress)
    return None if window is None else remaining_window(window, progress.last_id)


def _counted(endpoint: Endpoint, progress: Progress, page: PageFacts) -> Progress:
    after = copy(progress)
    counts: Counts = after.counts
    counts.pages += 1
    counts.rows += page.rows
    counts.quarantined += page.quarantined
    for name, count in page.unknown_fields.items():
        shown = name[:_LONGEST_FIELD]
        shown = shown if shown in counts.unknown_fields or len(counts.unknown_fields) < MOST_FIELDS else OTHER_FIELDS
        counts.unknown_fields[shown] = counts.unknown_fields.get(shown, 0) + count
    if endpoint.cursor is CursorKind.OFFSET and endpoint.row_keys and page.cursor is not None:
        asked = page.cursor - (progress.cursor or 0)
        if asked > 0:
            counts.requested += asked
            counts.dropped += max(0, asked - page.rows)
    return after


def _without(ids: list[int], come: Collection[int]) -> list[int]:
    return [each for each in ids if each not in come]


def _outside(ids: list[int], window: Window) -> list[int]:
    """Those of the ids whose videos cannot have been published in `window`."""
    spans = ((each, publication(each)) for each in ids)
    return [each for each, span in spans if span.end < window.start or window.end < span.start]


def _fresh_rows(progress: Progress, page: PageFacts) -> int:
    # A later generation or a half meets rows again; ids descend, so those are the ids that are not below the last.
    if progress.last_id is not None and page.ids:
        return sum(identifier < progress.last_id for identifier in page.ids)
    return page.rows


def _offset_cursor(spec: TaskSpec, after: Progress, page: PageFacts, items: Items) -> Progress:
    if page.cursor is None or page.cursor <= (after.cursor or 0):
        if spec.window:
            return begin_generation(spec, after, items, GapReason.CURSOR_LOOP)
        return give_up_item(spec, after, items, Gap(GapReason.CURSOR_LOOP, f"the cursor stayed at {page.cursor}"))
    after.cursor = page.cursor
    after.search_id = page.search_id or after.search_id
    return after


def _time_cursor(spec: TaskSpec, after: Progress, page: PageFacts, items: Items) -> Progress:
    if page.cursor is None:
        return give_up_item(spec, after, items, Gap(GapReason.CURSOR_MISSING, "has_more without a cursor"))
    if after.cursor is not None and page.cursor >= after.cursor:
        unit = 1_000 if after.cursor >= _MILLISECONDS_FROM else 1
        if _steps_in_a_row(after, unit) >= MOST_STEPS:
            return give_up_item(
                spec, after, items, Gap(GapReason.CURSOR_LOOP, f"the time cursor did not move in {MOST_STEPS} steps")
            )
        after.gaps = [
            *after.gaps,
            Gap(GapReason.SAME_MOMENT, "more rows at one moment than a page", cursor=after.cursor, possible=True),
        ]
        after.cursor -= unit
        if after.cursor < 0:
            return give_up_item(spec, after, items, Gap(GapReason.CURSOR_LOOP, "the time cursor reached its end"))
        return after
    after.cursor = page.cursor
    return after


def _steps_in_a_row(progress: Progress, unit: int) -> int:
    steps, expected = 0, progress.cursor or 0
    for gap in reversed(progress.gaps):
        expected += unit
        if gap.reason is not GapReason.SAME_MOMENT or gap.cursor != expected:
            break
        steps += 1
    return steps


def _item_name(spec: TaskSpec, progress: Progress, items: Items) -> str | None:
    if spec.sweep is None:
        return None
    return ",".join(f"{field}={value}" for field, value in items[progress.item].items())


def _doubt(endpoint: Endpoint, spec: TaskSpec, progress: Progress, page: PageFacts) -> GapReason | None:
    """What makes a good answer look as if rows are missing; noted once in a row."""
    reason = None
    if page.has_more and not page.rows and endpoint.row_keys:
        reason = GapReason.EMPTY_PAGE
    elif endpoint.name == "comment_list" and not page.has_more and (page.cursor or 0) >= COMMENTS_SERVED:
        return GapReason.COMMENTS_CAPPED
    elif spec.window and _repeats_rows(spec, progress, page):
        reason = GapReason.OFFSETS_SHIFTED
    noted = bool(progress.gaps) and progress.gaps[-1].reason is reason
    return None if noted else reason


def _repeats_rows(spec: TaskSpec, progress: Progress, page: PageFacts) -> bool:
    """Whether a search shows rows again: others have come in above them, where it has passed."""
    # A new search, and the halves of a window, begin with rows that are known.
    first_search = progress.generation == 1 and spec.depth == 0
    return first_search and progress.last_id is not None and any(each >= progress.last_id for each in page.ids)


def _item_done(after: Progress, items: Items) -> Progress:
    after.item += 1
    after.exhausted = after.item >= len(items)
    if not after.exhausted:
        after.cursor = after.search_id = None
        after.item_rows = 0
    return after
