"""Forty days of a study whose videos vanish: nothing is late, nothing is asked too soon, what is gone goes."""

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sandbox.world import AccountSpec, World
from tests.integration.refresh.lake_cloud import LakeCloud

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

SETTINGS: dict[str, Any] = {
    "archive_lag_scale": 0,
    "search_id_change_probability": 0,
    "videos_vanish_daily": 0.01,
    "comments_vanish_daily": 0.005,
    "vanish_from": "20261101",
    "validation_failure_probability": 0.2,
    "validation_seconds": 5_000,
}
START = datetime(2026, 11, 1, 3, tzinfo=UTC)
COLLECTED_ON = {0: (date(2026, 10, 1), date(2026, 10, 14)), 9: (date(2026, 10, 15), date(2026, 10, 31))}
HOURS = (5, 8)


def test_forty_days(make_cloud: "MakeCloud") -> None:
    spec = AccountSpec("kept", videos=60, days=31, comments_per_video=1)
    world = World.generate(seed=4, accounts=1, videos=1, days=31, end=date(2026, 10, 31), specs=[spec])
    lake = LakeCloud(make_cloud(world, now=START, settings=SETTINGS))
    kept: set[int] = set()
    for day in range(41):
        midnight = START.replace(hour=0) + timedelta(days=day)
        if day in COLLECTED_ON:
            before = lake.ids("videos")
            lake.keep("kept", *COLLECTED_ON[day], run_id=f"day{day}")
            kept |= lake.ids("videos") - before
        report = None
        for hour in HOURS:
            if report and not report.rounds:
                break
            now = midnight + timedelta(hours=hour)
            lake.cloud.clock.sleep((now - lake.cloud.clock.now()).total_seconds())
            report = lake.refresh()
            assert not any(report.late.values()), (day, report)
        assert lake.status().requests_today[0] <= 40
    assert_asked_only_when_due(lake)
    left, valid = lake.ids("videos"), set(world.valid_videos(kept))
    assert valid <= left < kept
    # What has vanished since the last check of its partition is found with the next one.
    checked = set(world.valid_videos(kept, at=lake.cloud.clock.now() - timedelta(days=15)))
    assert left <= checked
    assert lake.ids("comments") <= left
    gone = sum(len(each.ids.videos) for each in lake.certificates())
    assert gone == len(kept - left)


def assert_asked_only_when_due(lake: LakeCloud) -> None:
    """No id twice in ten days, unless it was said to be gone the first time."""
    last: dict[int, datetime] = {}
    done = [each for each in lake.cloud.sandbox.validation_tasks() if each.category == "video" and not each.fails]
    for task in done:
        at = datetime.fromtimestamp(task.created, UTC)
        again = [each for each in task.ids if each in last and at - last[each] < timedelta(days=10)]
        assert not lake.cloud.sandbox.world.valid_videos(again, at=at)
        last |= dict.fromkeys(task.ids, at)
    assert len(done) > 3
