"""Pure policy: after an error on a page, try again, park, search anew, split the window or the batch, or record a gap.

A few tries in place, then the task is parked while others run, each time longer and with a single try. What a page may
cost is bounded: `FAILURE_BUDGET` failures while the API answers others (`HEAVY_BUDGET` for a window and all its
halves), `BLIND_BUDGET` where that cannot be known. Halves and windows that failed on an earlier day get less, as
`FAILURE_BUDGET_SPLIT` says. Failures in an outage are not counted against the page.

A batch of accounts fails for its days or for its names. The same days asked for other accounts tell which; then it is
bisected, its halves after one failure each, down to a name that fails `TRIES_IN_PLACE` times alone.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from tiktok_collector.collection.batch import usernames_of
from tiktok_collector.collection.paginator import COMMENTS_SERVED, current_window, remaining_window
from tiktok_collector.research_api.endpoints import Endpoint
from tiktok_collector.study.windows import Window
from tiktok_collector.tasks.task import GapReason, Progress, TaskSpec

TRIES_IN_PLACE: Final = 3
FAILURE_BUDGET: Final = 12
FAILURE_BUDGET_SPLIT: Final = 6
FAILING_DAY_BUDGET: Final = 2
BLIND_BUDGET: Final = 24
HEAVY_AFTER: Final = 4
HEAVY_AFTER_SPLIT: Final = 2
MOST_OUTAGES: Final = 100
REJECTION_BUDGET: Final = 8
_PARK_FIRST: Final = timedelta(minutes=1)
_PARK_MOST: Final = timedelta(hours=1)
_OUTAGE_FIRST: Final = timedelta(minutes=10)
_OLD_OUTAGE: Final = timedelta(minutes=30)
_CURSOR_PAUSE: Final = timedelta(seconds=5)


class Move(StrEnum):
    """What to do next with a page that failed."""

    AGAIN = "again"
    PARK = "park"
    GENERATION = "generation"
    SPLIT = "split"
    BISECT = "bisect"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Decision:
    """A move, how long to wait before it, and why something is given up."""

    move: Move
    after: timedelta = timedelta()
    reason: GapReason = GapReason.FAILED


def after_failure(spec: TaskSpec, progress: Progress, *, known: bool, failing_day: bool = False) -> Decision:
    """After a 500, a 504, a reset and the like on a page; `progress.failures` counts this one.

    Args:
        spec: The task.
        progress: Its checkpoint, this failure counted.
        known: Whether it is known that the API answers other requests; where it is not, nothing is concluded about the
            page until it has failed `BLIND_BUDGET` times.
        failing_day: Whether a day of its window was just given up for another search. Then it is isolated at once, and
            given up soon.
    """
    window = current_window(spec, progress)
    if known or progress.failures >= BLIND_BUDGET:
        of_window = _of_window(spec, progress, window, failing_day=failing_day)
        conclusion = _of_names(spec, progress) if progress.names_blamed else of_window
        if conclusion:
            return conclusion
    pause = timedelta(seconds=2 ** (progress.failures % TRIES_IN_PLACE - 1))
    if progress.visits:
        return Decision(Move.PARK, park_time(progress.visits))
    return _in_place_or_park(progress.failures, progress.visits, pause)


def names_in_doubt(spec: TaskSpec, progress: Progress) -> bool:
    """Whether to find out now if the names of a failing batch are at fault, before its days are.

    A name that has given videos is not in doubt any more once it is alone.
    """
    window, names = current_window(spec, progress), usernames_of(spec)
    if window is None or not names or progress.names_blamed or (len(names) == 1 and progress.item_rows):
        return False
    return progress.failures % TRIES_IN_PLACE == 0 or _of_window(spec, progress, window) is not None


def after_refusal(spec: TaskSpec) -> Decision:
    """After an answer that condemns a batch for one of its names."""
    if len(usernames_of(spec)) > 1:
        return Decision(Move.BISECT)
    return Decision(Move.GAP, reason=GapReason.BAD_USERNAME)


def during_outage(progress: Progress, *, began_here: bool = True) -> Decision:
    """After a failure while the endpoint answers nobody.

    Args:
        progress: The checkpoint; `visits` counts how often the page was parked before.
        began_here: Whether the API has answered anything in this invocation; where it has not, the outage is older.
    """
    if progress.visits >= MOST_OUTAGES:
        return Decision(Move.GAP, reason=GapReason.API_DOWN)
    pause = outage_pause(progress.visits)
    return Decision(Move.PARK, pause if began_here else max(pause, _OLD_OUTAGE))


def after_rejection(endpoint: Endpoint, progress: Progress) -> Decision:
    """After "Search Id … is invalid or expired" or "Invalid count or cursor", counted in `rejections`."""
    served_all = endpoint.name == "comment_list" and (progress.cursor or 0) >= COMMENTS_SERVED
    if served_all and progress.rejections > 1:
        return Decision(Move.GAP, reason=GapReason.COMMENTS_CAPPED)
    if progress.rejections >= REJECTION_BUDGET:
        return Decision(Move.GENERATION, reason=GapReason.SEARCH_LOST)
    return _in_place_or_park(progress.rejections, progress.visits, _CURSOR_PAUSE)


def park_time(visits: int) -> timedelta:
    """How long a task rests after being parked `visits` times before: 1, 2, 4 … 60 minutes."""
    return min(_PARK_MOST, _PARK_FIRST * (1 << min(visits, 10)))


def outage_pause(visits: int) -> timedelta:
    """How long an endpoint that answers nobody is left alone: 10, 20, 40, 60 minutes."""
    return min(_PARK_MOST, _OUTAGE_FIRST * (1 << min(visits, 10)))


def _of_names(spec: TaskSpec, progress: Progress) -> Decision | None:
    alone = len(usernames_of(spec)) == 1
    return None if alone and progress.failures < TRIES_IN_PLACE else after_refusal(spec)


def _of_window(
    spec: TaskSpec, progress: Progress, window: Window | None, *, failing_day: bool = False
) -> Decision | None:
    suspect = spec.depth > 0 or spec.failed_before
    to_split = 1 if failing_day else HEAVY_AFTER_SPLIT if suspect else HEAVY_AFTER
    to_give_up = FAILING_DAY_BUDGET if failing_day else FAILURE_BUDGET_SPLIT if suspect else FAILURE_BUDGET
    if window and progress.heavy_budget <= 0:
        return Decision(Move.GAP, reason=GapReason.WINDOW_FAILS)
    if window and remaining_window(window, progress.last_id).days > 1:
        if progress.failures >= to_split:
            return Decision(Move.SPLIT)
    elif progress.failures >= to_give_up:
        return Decision(Move.GAP, reason=GapReason.DAY_FAILS if window else GapReason.PAGE_FAILS)
    return None


def _in_place_or_park(count: int, visits: int, pause: timedelta) -> Decision:
    if count % TRIES_IN_PLACE:
        return Decision(Move.AGAIN, pause)
    return Decision(Move.PARK, park_time(visits))
