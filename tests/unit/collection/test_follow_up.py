from datetime import date

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.collection.support import COMMENTS, VIDEOS
from tiktok_collector.collection.follow_up import follow_ups, items_to_visit
from tiktok_collector.collection.plan import new_task
from tiktok_collector.research_api.rows import Comment, Relation, Video
from tiktok_collector.tasks.task import Follow, Progress, Sweep, Task, TaskKind, TaskState

KEY = "raw/source=tiktok_research_api/entity=videos/dt=2026-11-20/run=r/a00001.videos.w001-g1-000001.json.gz"
BY_VIDEO = Sweep(KEY, "video_id")
BY_COMMENT = Sweep(KEY, "comment_id")


def video_task(follow: Follow, *, limit: int | None = None, progress: Progress | None = None) -> Task:
    spec = msgspec.structs.replace(VIDEOS, follow=follow, limit=limit)
    task = new_task("r", "a00001.videos.w001", spec, TaskState.RUNNING)
    task.progress = progress or Progress()
    return task


def test_the_videos_of_a_page_are_swept_in_their_order() -> None:
    (sweep,) = follow_ups(video_task(Follow(comments=True, max_comments=20)), KEY, [Video(id=9), Video(id=8)])
    assert sweep.task_id == "a00001.comments.w001.g1.p000001"
    assert (sweep.spec.kind, sweep.spec.endpoint, sweep.spec.limit) == (TaskKind.SWEEP, "comment_list", 20)
    assert sweep.spec.sweep == Sweep(KEY, "video_id")
    assert (sweep.state, sweep.quota, sweep.spec.window, sweep.spec.params) == (
        TaskState.PENDING,
        "research/adhoc",
        None,
        {},
    )
    assert items_to_visit(BY_VIDEO, [Video(id=9), Video(id=8)]) == [{"video_id": 9}, {"video_id": 8}]


def test_nothing_is_asked_for_that_is_known_to_be_nothing() -> None:
    rows = [Video(id=9, comment_count=0), Video(id=8, comment_count=None), Video(id=7, comment_count=3)]
    assert items_to_visit(BY_VIDEO, rows) == [{"video_id": 8}, {"video_id": 7}]
    comments = [Comment(id=6, reply_count=0), Comment(id=5), Comment(id=4, reply_count=1)]
    assert items_to_visit(BY_COMMENT, comments) == [{"comment_id": 5}, {"comment_id": 4}]
    assert list(follow_ups(video_task(Follow(comments=True)), KEY, rows[:1])) == []


def test_a_limit_follows_only_the_videos_within_it() -> None:
    task = video_task(Follow(comments=True), limit=10, progress=Progress(page=2, item_rows=8))
    rows = [Video(id=number) for number in range(5, 0, -1)]
    (sweep,) = follow_ups(task, KEY, rows)
    assert sweep.spec.sweep
    assert items_to_visit(sweep.spec.sweep, rows) == [{"video_id": 5}, {"video_id": 4}]


def test_a_new_search_follows_only_videos_that_were_not_there_before() -> None:
    task = video_task(Follow(comments=True), progress=Progress(generation=2, last_id=3))
    rows = [Video(id=number) for number in range(5, 0, -1)]
    (sweep,) = follow_ups(task, KEY, rows)
    assert sweep.task_id == "a00001.comments.w001.g2.p000001"
    assert sweep.spec.sweep
    assert items_to_visit(sweep.spec.sweep, rows) == [{"video_id": 2}, {"video_id": 1}]


def test_replies_are_asked_for_only_if_wanted_and_not_of_replies() -> None:
    spec = msgspec.structs.replace(COMMENTS, follow=Follow(replies=True))
    task = new_task("r", "a00001.comments.w001.g1.p000001", spec, TaskState.RUNNING)
    (replies,) = follow_ups(task, KEY, [Comment(id=4, reply_count=1)])
    assert replies.task_id == "a00001.replies.w001.g1.p000001.g1.p000001"
    assert replies.spec.sweep == BY_COMMENT
    assert list(follow_ups(replies, KEY, [Comment(id=4, reply_count=1)])) == []
    plain = new_task("r", "a00001.comments.w001.g1.p000001", COMMENTS, TaskState.RUNNING)
    assert list(follow_ups(plain, KEY, [Comment(id=4, reply_count=1)])) == []


def test_each_playlist_of_a_page_is_asked_for_once_and_by_the_same_task_from_every_page() -> None:
    rows = [Video(id=9, playlist_id=70), Video(id=8, playlist_id=70), Video(id=7), Video(id=6, playlist_id=71)]
    first, second = follow_ups(video_task(Follow(playlists=True)), KEY, rows)
    assert [task.spec.params for task in (first, second)] == [{"playlist_id": 70}, {"playlist_id": 71}]
    assert first.spec.endpoint == "playlist_info"
    (again,) = follow_ups(video_task(Follow(playlists=True), progress=Progress(page=2)), KEY, rows[:1])
    assert again.task_id == first.task_id


def test_without_wishes_nothing_follows() -> None:
    assert list(follow_ups(video_task(Follow()), KEY, [Video(id=9, playlist_id=70, comment_count=5)])) == []
    assert items_to_visit(BY_VIDEO, [Relation(username="someone")]) == []


@given(
    counts=st.lists(st.none() | st.integers(0, 3), max_size=12),
    last_id=st.none() | st.integers(0, 14),
    limit=st.none() | st.integers(1, 12),
)
def test_the_same_page_gives_the_same_tasks(counts: list[int | None], last_id: int | None, limit: int | None) -> None:
    rows = [Video(id=20 - place, comment_count=count, playlist_id=count) for place, count in enumerate(counts)]
    task = video_task(Follow(comments=True, playlists=True), limit=limit, progress=Progress(last_id=last_id))
    first, second = (list(follow_ups(task, KEY, rows)) for _ in range(2))
    assert first == second
    sweeps = [each.spec.sweep for each in first if each.spec.sweep]
    visited = {item["video_id"] for sweep in sweeps for item in items_to_visit(sweep, rows)}
    new = [row for row in rows if last_id is None or row.id < last_id][:limit]
    assert visited == {row.id for row in new if row.comment_count != 0}
    assert all(sweep.spec.dt == date(2026, 11, 20) and "someone" not in sweep.task_id for sweep in first)
