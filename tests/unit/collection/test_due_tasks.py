"""How often the index is asked for what is due, and in which order its tasks come."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.clock import HandClock
from tiktok_collector.collection.due_tasks import DueTasks
from tiktok_collector.collection.gate import QuotaGate
from tiktok_collector.tasks.items import Listed
from tiktok_collector.tasks.run import RunRef
from tiktok_collector.tasks.task import TaskRef

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
RUN = RunRef("one", "scheduled", "2026-11-20T00:15:00.000Z")
RESEARCH, FOLLOWERS = "research/scheduled", "followers/scheduled"


class Index:
    """Stands in for the table: what is listed, and how often it was asked."""

    def __init__(self) -> None:
        self.listed: dict[str, list[Listed]] = {}
        self.asked = 0

    def runnable(self, run_id: str, quota: str, limit: int) -> list[Listed]:
        assert run_id == RUN.run_id
        self.asked += 1
        return self.listed.get(quota, [])[:limit]

    def lists(self, task_id: str, quota: str = RESEARCH, priority: int = 2, rank: int = 0) -> TaskRef:
        ref = TaskRef("one", task_id, quota)
        rows = self.listed.setdefault(quota, [])
        rows.append(Listed(ref, priority, rank, "2026-11-20T00:00:00.000Z"))
        rows.sort(key=lambda each: each.order)
        return ref


class Reader:
    """Takes tasks as the dispatcher does."""

    def __init__(self, index: Index) -> None:
        self.clock, self.seconds = HandClock(NOW), 0.0
        self.gate = QuotaGate(self.clock)
        tasks: Any = index
        self.due = DueTasks(tasks, self.gate, self.clock, timer=lambda: self.seconds)

    def next(self, passed_over: Collection[TaskRef] = (), *, anew: bool = False) -> str | None:
        first = self.due.first(RUN, passed_over, anew=anew)
        if first is None:
            return None
        self.due.take(first)
        return first.ref.task_id


@pytest.fixture
def index() -> Index:
    return Index()


@pytest.fixture
def reader(index: Index) -> Reader:
    return Reader(index)


def test_tasks_come_by_priority_and_rank_whatever_quota_they_draw_on(index: Index, reader: Reader) -> None:
    index.lists("videos", rank=2)
    index.lists("pinned", priority=3)
    index.lists("followers", FOLLOWERS, rank=1)
    index.lists("export", "none", priority=0, rank=9)
    assert [reader.next() for _ in range(5)] == ["export", "followers", "videos", "pinned", None]


def test_many_tasks_are_taken_for_one_question(index: Index, reader: Reader) -> None:
    names = [f"t{number:02d}" for number in range(40)]
    for name in names:
        index.lists(name)
    assert [reader.next() for _ in range(40)] == names
    assert index.asked == 3  # once for each quota


def test_a_list_that_is_used_up_is_read_again_at_once_only_if_a_task_has_ended(index: Index, reader: Reader) -> None:
    assert reader.next() is None
    index.lists("new")
    assert reader.next() is None
    reader.due.changed("another")
    assert reader.next() is None
    assert index.asked == 3
    reader.due.changed("one")
    assert reader.next() == "new"


def test_a_list_that_is_used_up_is_not_read_again_at_once_while_other_work_is_known(
    index: Index, reader: Reader
) -> None:
    for name in ("one", "two", "three"):
        index.lists(name)
    assert reader.next() == "one"
    index.lists("followers", FOLLOWERS, priority=1)
    reader.due.changed("one")
    assert reader.next() == "two"
    assert index.asked == 3
    reader.seconds += 0.6
    assert reader.next() == "followers"


def test_a_list_that_is_used_up_is_read_again_after_a_moment_or_where_nothing_else_is_to_do(
    index: Index, reader: Reader
) -> None:
    assert reader.next() is None
    index.lists("new")
    assert reader.next(anew=True) == "new"
    index.lists("newer")
    index.listed[RESEARCH] = index.listed[RESEARCH][1:]
    reader.seconds += 0.6
    assert reader.next() == "newer"


def test_what_comes_first_does_not_wait_longer_than_a_second_for_what_was_read_before(
    index: Index, reader: Reader
) -> None:
    for name in ("one", "two", "three"):
        index.lists(name)
    assert reader.next() == "one"
    index.lists("urgent", priority=1)
    assert reader.next({TaskRef("one", "one", RESEARCH)}) == "two"
    reader.seconds += 1.1
    assert reader.next() == "urgent"


def test_tasks_in_flight_are_passed_over_and_do_not_hide_others(index: Index, reader: Reader) -> None:
    busy = {index.lists(f"busy{number}") for number in range(60)}
    index.lists("free", rank=1)
    assert reader.next(busy) == "free"
    assert reader.next(busy) is None


def test_a_quota_that_grants_nothing_is_not_asked_for_until_it_does(index: Index, reader: Reader) -> None:
    index.lists("videos")
    index.lists("followers", FOLLOWERS, rank=1)
    reader.gate.close(RESEARCH, NOW + timedelta(minutes=5))
    assert [reader.next(), reader.next()] == ["followers", None]
    reader.clock.advance(minutes=5)
    assert reader.next(anew=True) == "videos"


def test_what_a_run_of_an_earlier_day_was_refused_is_not_refused_to_one_of_today(index: Index, reader: Reader) -> None:
    index.lists("videos")
    reader.gate.close(f"{RESEARCH}/carried", NOW + timedelta(hours=11))
    assert reader.next() == "videos"
    older = RunRef("one", "scheduled", "2026-11-19T00:15:00.000Z")
    assert reader.due.first(older, (), anew=True) is None
    asked = RunRef("one", "adhoc", "2026-11-19T00:15:00.000Z")
    index.lists("profile", "research/adhoc")
    assert reader.due.first(asked, (), anew=True) is not None
