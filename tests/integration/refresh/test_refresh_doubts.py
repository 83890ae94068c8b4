"""What checks may cost, and what speaks against an answer by the time that it is acted on."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Never

import pytest

from tests.integration.collection.cloud import BUCKET, TASKS
from tests.integration.lake_store.store import page_of
from tests.integration.refresh.test_refresh_lake import NOTHING, collected
from tests.support.lake_rows import write
from tiktok_collector.clock import iso
from tiktok_collector.errors import AwsBusy
from tiktok_collector.lake.keys import raw_page_key
from tiktok_collector.lake.raw_pages import RawPageStore, encode_pages
from tiktok_lake.keys import file_key
from tiktok_lake.lease import lake_lease
from tiktok_lake.refresh.rounds import RoundStore
from tiktok_lake.refresh.state import RefreshState, StateStore
from tiktok_lake.tables import USERS, VIDEOS

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud


def _broken(*_: object) -> Never:
    raise AwsBusy("killed")


def test_files_take_no_more_requests_than_the_day_has(make_cloud: "MakeCloud") -> None:
    lake = collected(make_cloud, videos=6)
    gone = sorted(lake.ids("videos"))[:1]
    lake.cloud.sandbox.vanish(videos=gone)
    lake.cloud.upload_study(
        "version: 1\nname: s\nfirst_day: 2026-12-30\ncohorts: {c: {accounts: [kept]}}\n"
        "data: {refresh_daily_requests: 1}\n"
    )
    most = days = 0
    while not days or lake.status().due != NOTHING:
        lake.refresh()
        used = [each for each in lake.cloud.entries() if each.run_id.startswith("data-refresh-")]
        most, days = max(most, len(used)), days + 1
        assert days < 12
        lake.cloud.clock.sleep(86_400)
    assert most == 1
    assert lake.ids("videos").isdisjoint(gone)


def test_what_was_received_since_it_was_asked_for_is_kept(make_cloud: "MakeCloud", tmp_path: Path) -> None:
    lake = collected(make_cloud)
    videos = sorted(lake.ids("videos"))
    lake.cloud.sandbox.vanish(videos=videos[:2])
    # Whenever the answers come, nothing is deleted before the video is received again.
    with lake_lease(lake.cloud.dynamodb, TASKS, lake.cloud.clock):
        lake.refresh()
    lake.cloud.clock.sleep(3_600)
    now = lake.cloud.clock.now()
    write(tmp_path / "back", VIDEOS, [{"video_id": videos[0], "username": "kept", "fetched_at": now}])
    lake.files.put(file_key("videos", now.date().isoformat(), "c-again"), tmp_path / "back")
    lake.refresh_until_done()
    assert sorted(lake.ids("videos")) == [videos[0], *videos[2:]]
    (certificate,) = lake.certificates()
    assert certificate.deleted["row store"]["videos"] == 1
    assert certificate.notes == ["1 videos were said to be gone and have been received since: they are kept."]


def test_nothing_is_deleted_while_pages_that_may_hold_it_are_no_rows_yet(make_cloud: "MakeCloud") -> None:
    lake = collected(make_cloud)
    gone = min(lake.ids("videos"))
    lake.cloud.sandbox.vanish(videos=[gone])
    lake.refresh()
    lake.cloud.clock.sleep(3_600)
    with lake_lease(lake.cloud.dynamodb, TASKS, lake.cloud.clock):
        lake.refresh()
    then = lake.cloud.clock.now() - timedelta(days=12)
    body = b'{"data":{"videos":[{"id":%d}]},"error":{"code":"ok"}}' % gone
    key = raw_page_key(entity="videos", dt=f"{then:%Y-%m-%d}", run_id="r1", task_id="t1", generation=0, page=1)
    RawPageStore(lake.cloud.s3, BUCKET).put(key, encode_pages([page_of("videos", body, retrieved_at=iso(then))]))
    # Enough time to delete, too little to curate.
    lake.refresh(seconds=60)
    assert gone in lake.ids("videos")
    assert not lake.certificates()
    lake.refresh_until_done()
    lake.curate()
    assert gone not in lake.ids("videos")
    assert key not in lake.versions("raw/")


def test_a_second_round_of_a_day_never_has_the_name_of_the_first(
    make_cloud: "MakeCloud", monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lake = collected(make_cloud, videos=6)
    with monkeypatch.context() as killed:
        # The round is stored, and what counts the rounds of the day is not.
        killed.setattr(StateStore, "write", _broken)
        with pytest.raises(AwsBusy):
            lake.refresh()
    lake.refresh_until_done()
    then = lake.cloud.clock.now() - timedelta(days=12)
    gone = 7_000_000_000_000_000_001
    rows = [{"video_id": each, "username": "kept", "fetched_at": then} for each in (gone, *lake.ids("videos"))]
    write(tmp_path / "found", VIDEOS, rows)
    lake.files.put(file_key("videos", then.date().isoformat(), "i-late"), tmp_path / "found")
    lake.refresh(scheduled=False)
    lake.refresh_until_done()
    assert gone not in lake.ids("videos")
    assert len({each.run_id for each in lake.certificates()}) == 2


def test_without_access_profiles_leave_half_of_the_day_to_videos(make_cloud: "MakeCloud", tmp_path: Path) -> None:
    lake = collected(make_cloud, videos=6, compliance_scope=False)
    lake.cloud.upload_study(
        "version: 1\nname: s\nfirst_day: 2026-12-30\ncohorts: {c: {accounts: [kept]}}\n"
        "data: {refresh_daily_requests: 4}\n"
    )
    then = lake.cloud.clock.now() - timedelta(days=13)
    write(tmp_path / "users", USERS, [{"username": f"other{each}", "fetched_at": then} for each in range(6)])
    lake.files.put(file_key("users", then.date().isoformat(), "c-others"), tmp_path / "users")
    refused = iso(lake.cloud.clock.now())
    StateStore(lake.files).write(RefreshState(no_access_since=refused, no_access_tried=refused))
    lake.refresh()
    (found,) = RoundStore(lake.files).open()
    assert {each.name: each.asked for each in found.steps if not each.confirms} == {"accounts": 3, "videos": 4}
