"""What a canary asks has nothing in common with what failed."""

from datetime import date, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.collection.support import COMMENTS, DAY, FOLLOWERS, VIDEOS
from tiktok_collector.collection.canary import canary_body
from tiktok_collector.collection.plan import new_task
from tiktok_collector.research_api.endpoints import ENDPOINTS
from tiktok_collector.study.windows import Window
from tiktok_collector.tasks.task import Progress, Task, TaskKind, TaskSpec, TaskState


def task_of(spec: TaskSpec, progress: Progress | None = None) -> Task:
    task = new_task("run", "a00001.any", spec, TaskState.RUNNING)
    task.progress = progress or Progress()
    return task


@given(
    back=st.integers(0, 400),
    days=st.integers(1, 31),
    visits=st.integers(0, 200),
    username=st.sampled_from(["someone", "tiktok"]),
)
def test_a_video_canary_asks_for_another_account_and_another_day(
    back: int, days: int, visits: int, username: str
) -> None:
    end = DAY - timedelta(days=back)
    window = Window(end - timedelta(days=days - 1), end)
    spec = msgspec.structs.replace(VIDEOS, window=window, username=username)
    body = canary_body(ENDPOINTS["video_query"], task_of(spec, Progress(visits=visits)), [spec.params], DAY)
    assert body is not None
    asked = date.fromisoformat(body["start_date"])
    assert body["end_date"] == body["start_date"]
    assert not window.start <= asked <= window.end
    assert asked < DAY
    assert username not in body["query"]["and"][0]["field_values"]
    assert body["max_count"] == 1


def test_a_sweep_asks_for_another_of_its_items_and_has_none_where_there_is_one() -> None:
    items = [{"video_id": 1}, {"video_id": 2}]
    for current, other in ((0, 2), (1, 1)):
        body = canary_body(ENDPOINTS["comment_list"], task_of(COMMENTS, Progress(item=current)), items, DAY)
        assert body == {"video_id": other, "max_count": 1}
    assert canary_body(ENDPOINTS["comment_list"], task_of(COMMENTS), items[:1], DAY) is None


def test_a_list_of_an_account_is_asked_of_another_account() -> None:
    body = canary_body(ENDPOINTS["user_followers"], task_of(FOLLOWERS), [FOLLOWERS.params], DAY)
    assert body == {"username": "tiktok", "max_count": 1}
    profile = msgspec.structs.replace(FOLLOWERS, stream="profile", endpoint="user_info")
    assert canary_body(ENDPOINTS["user_info"], task_of(profile), [profile.params], DAY) == {"username": "tiktok"}


def test_a_playlist_has_no_canary_of_its_own() -> None:
    spec = TaskSpec(TaskKind.PAGES, "playlists", DAY, "someone", "playlist_info", params={"playlist_id": 7})
    assert canary_body(ENDPOINTS["playlist_info"], task_of(spec), [spec.params], DAY) is None
