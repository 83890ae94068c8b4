"""A search becomes windows that run at once, or one after the other where only so many videos are wanted."""

import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok_collector.collection.kinds import kind_for, kind_of
from tiktok_collector.collection.search_plan import SearchPlan
from tiktok_collector.errors import Fatal
from tiktok_collector.events.parsing import parse_event
from tiktok_collector.events.search import SearchEvent
from tiktok_collector.study.windows import MAX_WINDOW_DAYS, Window
from tiktok_collector.tasks.task import Follow, Task, TaskKind, TaskState

DAY = date(2026, 11, 20)
PERIOD = Window(date(2026, 8, 20), date(2026, 11, 17))
CATS = {"and": [{"field_name": "username", "operation": "EQ", "field_values": ["cat_person"]}]}


def plan(period: Window = PERIOD, **fields: Any) -> list[Task]:
    event = parse_event(SearchEvent, {"name": "cats", "query": CATS, **fields})
    return list(SearchPlan(event, period, "run-1", DAY, "adhoc").tasks())


def windows_of(tasks: list[Task]) -> list[Task]:
    return [task for task in tasks if task.spec.window]


def test_all_windows_of_a_search_without_a_limit_are_runnable_at_once() -> None:
    tasks = plan()
    assert {task.task_id: task.state.value for task in tasks} == {
        "s00001.videos.w001": "pending",
        "s00001.videos.w002": "pending",
        "s00001.videos.w003": "pending",
        "s00001.zexport": "waiting",
        "manifest": "waiting",
    }
    assert {task.spec.next_task for task in tasks} == {None}


def test_with_a_limit_they_follow_one_another_newest_first() -> None:
    windows = windows_of(plan(max_videos=10))
    assert [task.state for task in windows] == [TaskState.PENDING, TaskState.WAITING, TaskState.WAITING]
    assert [task.spec.next_task for task in windows] == ["s00001.videos.w002", "s00001.videos.w003", None]
    assert [task.spec.window for task in windows] == sorted(
        (task.spec.window for task in windows), key=lambda window: window.end if window else DAY, reverse=True
    )
    assert {task.spec.limit for task in windows} == {10}


def test_each_window_asks_the_query_and_carries_the_searchs_name() -> None:
    for task in windows_of(plan()):
        assert (task.spec.endpoint, task.spec.params) == ("video_query", {"query": CATS})
        assert (task.spec.search, task.spec.username) == ("cats", "")
        assert task.spec.follow == Follow()
        assert "cat" not in task.task_id


def test_comments_and_playlists_are_followed_on_request() -> None:
    asked = plan(comments={"max_per_video": 7, "replies": True}, playlists=True)
    assert {task.spec.follow for task in windows_of(asked)} == {Follow(True, 7, True, True)}
    assert {task.spec.follow for task in windows_of(plan(comments={}))} == {Follow(comments=True)}


@given(start=st.dates(date(2017, 1, 1), date(2026, 1, 1)), days=st.integers(0, 400), most=st.none() | st.integers(1, 9))
def test_the_windows_cover_the_period_once(start: date, days: int, most: int | None) -> None:
    period = Window(start, date.fromordinal(start.toordinal() + days))
    tasks = plan(period, max_videos=most)
    assert tasks == plan(period, max_videos=most)
    lengths = [task.spec.window.days for task in windows_of(tasks) if task.spec.window]
    assert sum(lengths) == days + 1
    assert max(lengths) <= MAX_WINDOW_DAYS
    assert max(lengths) - min(lengths) <= 1
    assert [task.spec.kind for task in tasks[-2:]] == [TaskKind.EXPORT, TaskKind.MANIFEST]
    assert all(re.fullmatch(r"[a-z0-9.]+", task.task_id) for task in tasks)


def test_an_event_and_its_function_name_the_same_kind_of_run() -> None:
    event = parse_event(SearchEvent, {"name": "cats", "query": CATS})
    assert kind_for(event) is kind_of("video_search")
    assert kind_of("video_search").plan is SearchPlan
    with pytest.raises(Fatal, match="'trend_ingestion' are not known to this version"):
        kind_of("trend_ingestion")
