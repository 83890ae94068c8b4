import re
import time
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok_collector.collection import naming
from tiktok_collector.collection.extraction_plan import ExtractionPlan
from tiktok_collector.collection.plan import video_query
from tiktok_collector.events.extraction import MAX_ACCOUNTS, ExtractionEvent, Stream
from tiktok_collector.events.parsing import parse_event
from tiktok_collector.lake.keys import raw_page_key
from tiktok_collector.research_api.endpoints import ENDPOINTS
from tiktok_collector.study.windows import MAX_WINDOW_DAYS, Window
from tiktok_collector.tasks.items import task_item
from tiktok_collector.tasks.task import NO_QUOTA, Task, TaskKind, TaskState

DAY = date(2026, 11, 20)
PERIOD = Window(date(2026, 8, 20), date(2026, 11, 17))


def plan(fields: dict[str, Any] | None = None, period: Window = PERIOD, work_class: str = "adhoc") -> ExtractionPlan:
    event = parse_event(ExtractionEvent, {"username": "someone", **(fields or {})})
    return ExtractionPlan(event, period, "run-1", DAY, work_class)


def by_id(tasks: list[Task]) -> dict[str, Task]:
    named = {task.task_id: task for task in tasks}
    assert len(named) == len(tasks)
    return named


def test_the_default_plan_of_one_account() -> None:
    tasks = list(plan().tasks())
    assert {task.task_id: task.state.value for task in tasks} == {
        "a00001.profile": "pending",
        "a00001.pinned": "waiting",
        "a00001.liked": "waiting",
        "a00001.reposted": "waiting",
        "a00001.videos.w001": "waiting",
        "a00001.videos.w002": "waiting",
        "a00001.videos.w003": "waiting",
        "a00001.zexport": "waiting",
        "manifest": "waiting",
    }
    assert [task.task_id for task in tasks[-2:]] == ["a00001.zexport", "manifest"]


def test_without_a_profile_nothing_waits_for_one() -> None:
    tasks = by_id(list(plan({"include": ["videos", "followers"]}).tasks()))
    pending = {task_id for task_id, task in tasks.items() if task.state is TaskState.PENDING}
    assert pending == {"a00001.videos.w001", "a00001.followers"}


def test_windows_follow_one_another_newest_first() -> None:
    tasks = by_id(list(plan({"include": ["videos"]}).tasks()))
    chain, task_id = [], "a00001.videos.w001"
    while task_id:
        spec = tasks[task_id].spec
        assert spec.window
        chain.append(spec.window)
        task_id = spec.next_task or ""
    assert len(chain) == 3
    assert (chain[0].end, chain[-1].start) == (PERIOD.end, PERIOD.start)
    assert [window.start for window in chain] == sorted((window.start for window in chain), reverse=True)


def test_a_window_asks_for_the_accounts_videos_and_says_what_follows_from_them() -> None:
    fields = {"max_videos": 10, "comments": {"max_per_video": 20, "replies": True}}
    spec = by_id(list(plan(fields).tasks()))["a00001.videos.w001"].spec
    assert spec.params == video_query("someone")
    assert spec.params == {
        "query": {"and": [{"operation": "EQ", "field_name": "username", "field_values": ["someone"]}]}
    }
    assert spec.limit == 10
    assert (spec.follow.comments, spec.follow.max_comments, spec.follow.replies) == (True, 20, True)
    assert spec.follow.playlists
    bare = by_id(list(plan({"include": ["videos"], "playlists": False}).tasks()))["a00001.videos.w001"].spec
    assert (bare.limit, bare.follow.comments, bare.follow.playlists) == (None, False, False)


def test_every_stream_asks_its_endpoint_within_its_quota() -> None:
    fields = {"include": list(Stream), "max_followers": 5, "max_following": 6}
    tasks = by_id(list(plan(fields, work_class="scheduled").tasks()))
    for stream, endpoint, quota, limit in [
        ("profile", "user_info", "research/scheduled", None),
        ("pinned", "user_pinned_videos", "research/scheduled", None),
        ("liked", "user_liked_videos", "research/scheduled", None),
        ("reposted", "user_reposted_videos", "research/scheduled", None),
        ("followers", "user_followers", "followers/scheduled", 5),
        ("following", "user_following", "followers/scheduled", 6),
    ]:
        task = tasks[f"a00001.{stream}"]
        assert (task.spec.endpoint, task.quota, task.spec.limit) == (endpoint, quota, limit)
        assert task.spec.params == {"username": "someone"}
    assert tasks["a00001.zexport"].quota == tasks["manifest"].quota == NO_QUOTA


def test_files_are_written_before_anything_new_is_asked_for_and_the_manifest_comes_last() -> None:
    priority = {task.spec.stream: task.priority for task in plan({"include": list(Stream)}).tasks()}
    assert priority["export"] < priority["profile"] < priority["videos"] < priority["liked"] < priority["manifest"]


EVENTS = st.fixed_dictionaries(
    {
        "usernames": st.lists(st.from_regex(r"[a-z]{1,5}", fullmatch=True), min_size=1, max_size=4),
        "include": st.lists(st.sampled_from(Stream), min_size=1, unique=True).map(
            lambda streams: [Stream.VIDEOS, *(each for each in streams if each is not Stream.VIDEOS)]
        ),
        "playlists": st.booleans(),
        "max_videos": st.none() | st.integers(1, 500),
    }
)


@given(fields=EVENTS, start=st.dates(date(2017, 1, 1), date(2026, 1, 1)), days=st.integers(0, 400))
def test_the_same_request_gives_the_same_tasks(fields: dict[str, Any], start: date, days: int) -> None:
    period = Window(start, date.fromordinal(start.toordinal() + days))
    event = parse_event(ExtractionEvent, fields)
    first, second = (list(ExtractionPlan(event, period, "r", DAY, "adhoc").tasks()) for _ in range(2))
    assert first == second
    tasks = by_id(first)
    for number, username in enumerate(event.accounts, start=1):
        own = [task for task in first if task.task_id.startswith(naming.prefix(naming.account(number)))]
        assert {task.spec.username for task in own} == {username}
        assert own == [task for task in first if task.spec.username == username]
        assert own[-1].spec.kind is TaskKind.EXPORT
        assert max(task.task_id for task in own) == own[-1].task_id
        windows = [task.spec.window for task in own if task.spec.window]
        assert sum(window.days for window in windows) == days + 1
        assert max(window.days for window in windows) <= MAX_WINDOW_DAYS
    assert all(task.spec.next_task in tasks for task in first if task.spec.next_task)


@given(username=st.from_regex(r"[a-z]{8,12}", fullmatch=True))
def test_ids_hold_no_personal_data_and_make_good_keys(username: str) -> None:
    event = parse_event(ExtractionEvent, {"username": username, "include": list(Stream)})
    for task in ExtractionPlan(event, PERIOD, "run-1", DAY, "adhoc").tasks():
        assert username not in task.task_id
        assert re.fullmatch(r"[a-z0-9.]+", task.task_id)
        assert len(task.task_id) < 64
        if task.spec.endpoint:
            raw_page_key(
                entity=ENDPOINTS[task.spec.endpoint].entity,
                dt=DAY.isoformat(),
                run_id=task.run_id,
                task_id=task.task_id,
                generation=1,
                page=1,
            )


def test_the_ids_of_accounts_sort_by_account() -> None:
    prefixes = [naming.prefix(naming.account(number)) for number in range(1, MAX_ACCOUNTS + 1)]
    assert prefixes == sorted(prefixes)
    assert len({len(prefix) for prefix in prefixes}) == 1


def test_a_playlists_id_is_not_in_its_tasks_id() -> None:
    one, other = (naming.playlist_task("a00001", run, 7470435077793516544) for run in ("run-1", "run-2"))
    assert "7470435077793516544" not in one
    assert one != other
    assert one == naming.playlist_task("a00001", "run-1", 7470435077793516544)


def test_ids_of_split_windows_and_of_pages() -> None:
    assert naming.half_task("a00001.videos.w002", 1) == "a00001.videos.w002.1"
    assert naming.page_task("a00001.videos.w002.1", 3, 41, "comments") == "a00001.comments.w002.1.g3.p000041"
    assert naming.page_task("a00001.comments.w001.g1.p000001", 1, 2, "replies") == (
        "a00001.replies.w001.g1.p000001.g1.p000002"
    )


@pytest.mark.timeout(60)
def test_twenty_thousand_accounts_are_planned_in_seconds() -> None:
    event = parse_event(ExtractionEvent, {"usernames": [f"user{number}" for number in range(MAX_ACCOUNTS)]})
    period = Window(date(2026, 11, 1), date(2026, 11, 17))
    began = time.process_time()
    count = sum(1 for _ in ExtractionPlan(event, period, "r", DAY, "adhoc").tasks())
    assert count == MAX_ACCOUNTS * 6 + 1
    assert time.process_time() - began < 15


def test_a_task_fits_into_a_table_item_with_room_for_its_checkpoint() -> None:
    for task in plan({"include": list(Stream)}).tasks():
        assert len(str(task_item(task))) < 4_000
