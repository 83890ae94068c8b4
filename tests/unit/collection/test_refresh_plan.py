"""Ids become the fewest requests, each over days that hold every one of its videos."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.collection.support import VIDEOS, WINDOW
from tiktok_collector.collection.manifest_document import is_complete, not_returned, stream_report
from tiktok_collector.collection.paginator import PageFacts, advance, give_up_item
from tiktok_collector.collection.plan import new_task
from tiktok_collector.collection.refresh_plan import RefreshPlan, groups_of
from tiktok_collector.events.parsing import parse_event
from tiktok_collector.events.refresh import VideoRefreshEvent
from tiktok_collector.research_api.endpoints import ENDPOINTS
from tiktok_collector.study.video_ids import publication
from tiktok_collector.study.windows import Window
from tiktok_collector.tasks.task import Gap, GapReason, Progress, Task, TaskState

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
VIDEO_QUERY = ENDPOINTS["video_query"]
MOMENTS = st.integers(int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()), int(NOW.timestamp()))


def id_of(day: date, number: int = 1) -> int:
    return (int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) << 32) + number


@given(moments=st.lists(MOMENTS, min_size=1, max_size=400))
def test_every_id_is_asked_for_once_over_all_days_that_it_may_be_of(moments: list[int]) -> None:
    ids = sorted({(moment << 32) + 7 for moment in moments})
    groups = list(groups_of(ids, TODAY))
    assert [each for group, _ in groups for each in group] == ids
    for group, window in groups:
        assert len(group) <= 100
        assert window.days <= 31
        for each in group:
            span = publication(each)
            assert window.start <= span.start
            assert min(span.end, TODAY) <= window.end <= TODAY
    for (group, window), (following, _) in pairwise(groups):
        full = len(group) == 100
        assert full or (min(publication(following[0]).end, TODAY) - window.start).days + 1 > 31


def test_ids_of_200_days_are_one_request_for_each_28_of_them() -> None:
    ids = [id_of(date(2026, 1, 1) + timedelta(days=number)) for number in range(200)]
    groups = list(groups_of(ids, TODAY))
    assert len(groups) == -(-200 // 28)
    assert groups[0][1] == Window(date(2026, 1, 1), date(2026, 1, 31))


def plan() -> RefreshPlan:
    ids = [id_of(date(2026, 9, 1) + timedelta(days=number)) for number in range(40)]
    event = parse_event(VideoRefreshEvent, {"name": "again", "video_ids": ids})
    return RefreshPlan(event, event.period(NOW)[0], "run", TODAY, "adhoc")


def test_a_plan_is_the_same_each_time_and_its_newest_window_comes_first() -> None:
    tasks = list(plan().tasks())
    assert tasks == list(plan().tasks())
    assert [task.task_id for task in tasks] == [
        "s00001.videos.w001",
        "s00001.videos.w002",
        "s00001.zexport",
        "manifest",
    ]
    newest, oldest = (task.spec.window for task in tasks[:2])
    assert newest
    assert oldest
    assert newest.start > oldest.start
    (condition,) = tasks[0].spec.params["query"]["and"]
    assert (condition["operation"], condition["field_name"]) == ("IN", "video_id")
    assert condition["field_values"] == [str(each) for each in tasks[0].progress.not_returned]
    assert {task.state for task in tasks[:2]} == {TaskState.PENDING}


IDS = [id_of(day) for day in (date(2026, 10, 5), date(2026, 10, 15), date(2026, 10, 25))]


def task_of(progress: Progress, state: TaskState = TaskState.DONE, next_task: str | None = None) -> Task:
    task = new_task("run", "s00001.videos.w001", VIDEOS, state)
    task.progress = progress
    task.spec = type(task.spec)(**{**{n: getattr(VIDEOS, n) for n in VIDEOS.__struct_fields__}, "next_task": next_task})
    return task


def test_what_came_on_any_page_was_returned_even_if_its_row_is_broken() -> None:
    progress = Progress(not_returned=IDS)
    progress = advance(VIDEO_QUERY, VIDEOS, progress, PageFacts(1, "7", True, 1, ids=IDS[2:]), [VIDEOS.params])
    broken = PageFacts(2, "7", False, 1, broken_ids=IDS[:1], quarantined=1)
    progress = advance(VIDEO_QUERY, VIDEOS, progress, broken, [VIDEOS.params])
    assert progress.not_returned == IDS[1:2]
    task = task_of(progress)
    assert is_complete(task)
    assert stream_report(task)["not_returned"] == [str(IDS[1])]


def test_what_a_gap_may_hold_is_no_candidate_for_deletion() -> None:
    progress, day = Progress(not_returned=IDS), date(2026, 10, 16)
    gap = Gap(GapReason.DAY_FAILS, window=Window(day, day))
    assert give_up_item(VIDEOS, progress, [VIDEOS.params], gap).not_returned == [IDS[0], IDS[2]]
    whole = give_up_item(VIDEOS, progress, [VIDEOS.params], Gap(GapReason.WINDOW_FAILS))
    assert (whole.gaps[0].window, whole.not_returned) == (WINDOW, [])


def test_nothing_is_a_candidate_before_all_of_its_days_were_asked_for() -> None:
    for task in (
        task_of(Progress(not_returned=IDS), TaskState.PENDING),
        task_of(Progress(not_returned=IDS), TaskState.FAILED),
        task_of(Progress(not_returned=IDS, note="split")),
        task_of(Progress(not_returned=IDS), next_task="s00001.videos.w001.2"),
    ):
        assert not_returned(task) == []
