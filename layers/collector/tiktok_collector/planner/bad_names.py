"""Names that make queries fail: asked for alone, over one recent window, and ever more rarely."""

from collections.abc import Mapping
from itertools import groupby

from tiktok_collector.planner.asked_days import wait_after
from tiktok_collector.planner.coverage import day_at
from tiktok_collector.planner.due_days import DueDays, Setback
from tiktok_collector.planner.unit_history import UnitHistory
from tiktok_collector.study.day_plan import Waiting
from tiktok_collector.study.windows import Window


def asked_again_on(unit: UnitHistory) -> int:
    """The day on which a bad name is asked for again: after 1, 2, 4, 8, 16 and then every 32 days in vain."""
    tries = {unit.bad_on}.union(*(on for on in unit.failed.values()))
    since = {on for on in tries if on >= unit.fine_on}
    return max(since) + wait_after(len(since))


def waiting_of(username: str, unit: UnitHistory, due: DueDays, today: int) -> list[Waiting]:
    """What is due of a bad name, in windows of days of the same collections."""
    until = day_at(max(today, asked_again_on(unit)))
    waiting = []
    for (_, collections), together in groupby(enumerate(due.days), lambda pair: (pair[1].day - pair[0], pair[1][0])):
        days = [day_at(each.day) for _, each in together]
        waiting.append(Waiting(Window(days[0], days[-1]), "bad_username", until, collections, (username,)))
    return waiting


def left_to_others(broken: Mapping[int, Setback], today: int) -> dict[int, Setback]:
    """The setbacks of a bad name: none of its own, but days that fail for everybody are not for it to try."""
    return {day: Setback(setback.tries, today + 1) for day, setback in broken.items()}
