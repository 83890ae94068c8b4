"""Pure: whose turn it is. Today's runs and what a person asks for have half, what earlier days left has the rest.

The rule, for each thread that is free:

1. Two sides share the threads: today's (ad-hoc runs, and scheduled ones that began on this UTC day) and the earlier
   days'. While both have work, the side with fewer tasks in flight is next; of equal ones the side that has had fewer
   turns, so that an odd thread goes back and forth. A side without work leaves everything to the other.
2. Within a side the run is next that has the fewest tasks in flight for its weight, then the fewest turns for its
   weight. An ad-hoc run weighs twice what a scheduled one does, and comes before it; among equals the older is first.

Within a run, priority and then rank decide (`tasks/items.py`). The quota is shared in the same spirit (docs/quota.md):
threads alone could not keep earlier days from using everything before today's runs have begun.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

import msgspec

from tiktok_collector.quota.budget import is_carried
from tiktok_collector.quota.families import WorkClass
from tiktok_collector.tasks.run import RunRef

_ADHOC_WEIGHT: Final = 2
_WEIGHT: Final = 1


class Standing(msgspec.Struct, frozen=True):
    """A run, as one invocation sees it: whether it has due tasks, how many are in flight, how many were begun."""

    run: RunRef
    has_work: bool
    in_flight: int = 0
    turns: int = 0


def whose_turn(standings: Sequence[Standing], today: date) -> RunRef | None:
    """The run that gets the next free thread; None if none has work.

    Args:
        standings: All runs; those without work count for what their side has in flight.
        today: The UTC day.
    """
    sides: tuple[list[Standing], list[Standing]] = ([], [])
    for each in standings:
        sides[is_carried(each.run.work_class, each.run.started_on, today)].append(each)
    with_work = [side for side in sides if any(each.has_work for each in side)]
    if not with_work:
        return None
    side = min(with_work, key=lambda side: (sum(each.in_flight for each in side), sum(each.turns for each in side)))
    return min((each for each in side if each.has_work), key=_place).run


def _place(standing: Standing) -> tuple[float, float, bool, str, str]:
    run = standing.run
    adhoc = run.work_class == WorkClass.ADHOC
    weight = _ADHOC_WEIGHT if adhoc else _WEIGHT
    return standing.in_flight / weight, standing.turns / weight, not adhoc, run.started_at, run.run_id
