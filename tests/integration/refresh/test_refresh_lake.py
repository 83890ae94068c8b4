"""What was collected is checked in time, and what TikTok no longer has is deleted, with a certificate."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.world import AccountSpec, World
from tests.integration.refresh.lake_cloud import LakeCloud
from tiktok_collector.errors import AwsBusy, InvalidRequest
from tiktok_collector.leases import Lease
from tiktok_collector.quota.families import Family
from tiktok_lake.refresh.lease import LEASE_NAME
from tiktok_lake.refresh.rounds import ASKED, ROUNDS

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

CALM: dict[str, Any] = {"archive_lag_scale": 0, "search_id_change_probability": 0}
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 15)
NOTHING = {"accounts": 0, "videos": 0, "comments": 0}
COMPLIANCE = ("validation_task/create", "validation_task_status/get", "validation_task/download")


def world_of(videos: int) -> World:
    spec = AccountSpec("kept", videos=videos, days=25, comments_per_video=1)
    return World.generate(seed=3, accounts=1, videos=1, days=25, specs=[spec])


def collected(make_cloud: "MakeCloud", videos: int = 25, faults: Any = None, **settings: Any) -> LakeCloud:
    """A row store with an account's videos of fifteen days, their comments and its profile, twelve days later."""
    lake = LakeCloud(make_cloud(world_of(videos), settings={**CALM, **settings}, faults=faults))
    lake.keep("kept", FIRST, LAST)
    lake.cloud.clock.sleep(12 * 86_400)
    return lake


def served(lake: LakeCloud) -> dict[str, int]:
    counts: dict[str, int] = {}
    for each in lake.cloud.sandbox.requests():
        if each.endpoint in (*COMPLIANCE, "video/query", "user/info"):
            counts[each.endpoint] = counts.get(each.endpoint, 0) + 1
    return counts


def test_nothing_is_asked_before_it_is_due(make_cloud: "MakeCloud") -> None:
    lake = collected(make_cloud)
    lake.cloud.sandbox.clock.advance(-2 * 86_400)
    before = lake.cloud.sandbox.served().received
    report = lake.refresh()
    assert (report.rounds, report.requests, report.due) == (0, 0, NOTHING)
    assert lake.cloud.sandbox.served().received == before
    assert lake.status().next_due[:10] == "2026-12-01"


def test_what_is_gone_is_deleted_with_all_that_derives_from_it(make_cloud: "MakeCloud") -> None:
    lake = collected(make_cloud)
    videos, comments = lake.ids("videos"), lake.ids("comments", "comment_id")
    gone = sorted(videos)[:2]
    lost = [row[0] for row in lake.rows("comments", "comment_id", f"video_id NOT IN ({gone[0]}, {gone[1]})")][:2]
    lake.cloud.sandbox.vanish(videos=gone, comments=lost)
    report = lake.refresh_until_done()
    assert lake.ids("videos") == lake.ids("video_stats") == videos - set(gone)
    assert lake.ids("comments").isdisjoint(gone)
    assert lake.ids("comments", "comment_id").isdisjoint(lost)
    (certificate,) = lake.certificates()
    assert certificate.rule == "refresh"
    assert certificate.checked == {"videos": len(videos), "comments": len(comments), "accounts": 1}
    assert certificate.still_valid == {"videos": len(videos) - 2, "comments": len(comments) - 4, "accounts": 1}
    assert (len(certificate.ids.videos), len(certificate.ids.comments)) == (2, 4)
    assert (report.due, report.late) == (NOTHING, NOTHING)
    # Nothing of the round is left, in no version.
    assert not lake.versions(ASKED)
    assert not lake.versions(ROUNDS)
    (told,) = lake.status().deletions
    assert (told.ids, told.rule) == ({"videos": 2, "comments": 4}, "refresh")


def test_what_was_checked_is_not_asked_again_until_it_is_due(make_cloud: "MakeCloud") -> None:
    lake = collected(make_cloud)
    lake.refresh_until_done()
    before = served(lake)
    for _ in range(3):
        lake.cloud.clock.sleep(3 * 86_400)
        assert lake.refresh().requests == 0
    assert served(lake) == before
    lake.cloud.clock.sleep(2 * 86_400)
    assert lake.refresh().due == {"accounts": 1, "videos": 15, "comments": 15}
    assert lake.refresh_until_done().due == NOTHING


def test_what_was_fetched_again_is_not_asked(make_cloud: "MakeCloud") -> None:
    lake = collected(make_cloud)
    lake.keep("kept", date(2026, 11, 6), LAST, tables=("videos",), run_id="two")
    lake.refresh_until_done()
    (videos, _) = lake.cloud.sandbox.validation_tasks()
    newer = {row[0] for row in lake.rows("videos", "video_id", "run_id = 'two'")}
    assert newer
    assert set(videos.ids) == lake.ids("videos") - newer


def test_every_request_is_in_the_ledger(make_cloud: "MakeCloud") -> None:
    lake = collected(make_cloud)
    used = lake.cloud.used()
    requests = lake.refresh().requests
    entries = [each for each in lake.cloud.entries() if each.run_id.startswith("data-refresh-")]
    assert len(entries) == requests == lake.cloud.used() - used
    assert {each.work_class for each in entries} == {"scheduled"}
    assert {each.outcome for each in entries} == {"ok"}
    assert lake.status().requests_today == (requests, 200)


def test_an_empty_answer_is_not_believed(make_cloud: "MakeCloud") -> None:
    lake = collected(make_cloud, faults=[{"kind": "empty_download", "times": 1, "endpoint": COMPLIANCE[2]}])
    before = lake.rows("videos")
    report = lake.refresh_until_done()
    assert lake.rows("videos") == before
    assert report.deleted == {}
    assert lake.status().due == NOTHING


def test_answers_that_stay_empty_are_held_and_asked_anew(make_cloud: "MakeCloud") -> None:
    lake = collected(make_cloud, faults=[{"kind": "empty_download", "times": 4, "endpoint": COMPLIANCE[2]}])
    before = lake.rows("videos")
    for _ in range(5):
        lake.refresh()
        lake.cloud.clock.sleep(3_600)
    (held,) = lake.status().rounds
    # The videos came when they were asked for by their ids; of comments nothing else can tell.
    assert (held.phase, ["two empty files" in each for each in held.held]) == ("held", [True])
    assert (lake.rows("videos"), len(lake.rows("comments"))) == (before, 15)
    lake.cloud.clock.sleep(3 * 86_400)
    assert lake.refresh_until_done().due == NOTHING
    assert lake.rows("videos") == before


def test_many_that_are_really_gone_are_deleted_after_a_second_look(make_cloud: "MakeCloud") -> None:
    lake = collected(make_cloud)
    videos = sorted(lake.ids("videos"))
    lake.cloud.sandbox.vanish(videos=videos[:-2])
    lake.refresh_until_done()
    assert sorted(lake.ids("videos")) == videos[-2:]
    assert sorted(lake.ids("comments")) == videos[-2:]


def test_without_access_videos_are_asked_for_by_their_ids_twice(make_cloud: "MakeCloud") -> None:
    lake = collected(make_cloud, compliance_scope=False)
    videos = sorted(lake.ids("videos"))
    lake.cloud.sandbox.vanish(videos=videos[:2])
    report = lake.refresh()
    assert any("scope" in each for each in report.notes)
    # Not returned once is not gone: the API leaves out what it has.
    lake.cloud.clock.sleep(3_600)
    lake.refresh()
    assert sorted(lake.ids("videos")) == videos
    lake.cloud.clock.sleep(20 * 3_600)
    lake.refresh_until_done()
    assert sorted(lake.ids("videos")) == videos[2:]
    # Comments went with their videos.
    assert lake.ids("comments").isdisjoint(videos[:2])
    status = lake.status()
    assert (status.way, set(status.due)) == ("asked_again", {"accounts", "videos"})
    assert status.no_access_since
    # What came again is new rows once it is curated.
    lake.curate()
    assert len(lake.rows("videos", where="run_id LIKE 'data-refresh-%'")) > 0


def test_without_access_no_more_is_asked_than_the_budget_allows(make_cloud: "MakeCloud") -> None:
    spec = AccountSpec("kept", videos=60, days=260)
    world = World.generate(seed=3, accounts=1, videos=1, days=260, specs=[spec])
    lake = LakeCloud(make_cloud(world, settings={**CALM, "compliance_scope": False}))
    lake.cloud.upload_study(
        "version: 1\nname: s\nfirst_day: 2026-12-30\ncohorts: {c: {accounts: [kept]}}\n"
        "data: {refresh_daily_requests: 4}\n"
    )
    lake.keep("kept", date(2026, 4, 1), LAST, tables=("videos",))
    lake.cloud.clock.sleep(12 * 86_400)
    seen = []
    for _ in range(5):
        lake.refresh()
        used = [each for each in lake.cloud.entries() if each.run_id.startswith("data-refresh-")]
        seen.append(len(used))
        lake.cloud.clock.sleep(86_400)
    assert max(seen) <= 4
    assert sum(seen) > 8
    assert lake.status().due == {"accounts": 0, "videos": 0}


def test_a_profile_that_is_gone_goes_and_its_videos_are_checked_next(make_cloud: "MakeCloud") -> None:
    lake = collected(make_cloud)
    videos = lake.ids("videos")
    # They have been fetched since, so that they are not due by themselves.
    lake.keep("kept", FIRST, LAST, tables=("videos",), run_id="two")
    lake.cloud.sandbox.vanish(private=["kept"])
    lake.refresh()
    assert lake.rows("users")
    for hours in (20, 1, 1):
        lake.cloud.clock.sleep(hours * 3_600)
        lake.refresh()
    assert not lake.rows("users")
    lake.refresh_until_done(hours=8)
    assert videos
    assert lake.ids("videos") == set()


def test_a_task_that_fails_is_created_anew(make_cloud: "MakeCloud") -> None:
    lake = collected(make_cloud, faults=[{"kind": "task_failed", "times": 1, "endpoint": COMPLIANCE[0]}])
    lake.refresh_until_done()
    assert served(lake)[COMPLIANCE[0]] == 3
    assert lake.status().due == NOTHING


def test_a_task_that_always_fails_is_given_up_for_the_other_way(make_cloud: "MakeCloud") -> None:
    lake = collected(make_cloud, validation_failure_probability=1)
    videos = lake.ids("videos")
    lake.refresh_until_done()
    assert lake.ids("videos") == videos
    # Videos were asked for by their ids; comments stay due, and that is said.
    assert lake.status().due == {"accounts": 0, "videos": 0, "comments": 15}


def test_a_task_that_never_ends_is_created_anew(make_cloud: "MakeCloud") -> None:
    lake = collected(make_cloud, faults=[{"kind": "task_stuck", "times": 2, "endpoint": COMPLIANCE[0]}])
    lake.refresh_until_done(hours=8)
    assert lake.status().due == NOTHING


def test_ids_that_were_not_asked_for_are_ignored_and_reported(make_cloud: "MakeCloud") -> None:
    lines = ["id", "7000000000000000001", "99999999999999999999"]
    lake = collected(
        make_cloud, faults=[{"kind": "strange_lines", "lines": lines, "times": 1, "endpoint": COMPLIANCE[2]}]
    )
    before = lake.rows("videos")
    notes = [note for _ in range(3) for note in _ticked(lake)]
    assert lake.rows("videos") == before
    assert any("2 ids that were not asked for" in each for each in notes)


def _ticked(lake: LakeCloud) -> list[str]:
    report = lake.refresh()
    lake.cloud.clock.sleep(3_600)
    return report.notes


@pytest.mark.parametrize(
    ("endpoint", "kind"),
    [
        (COMPLIANCE[0], "reset_after"),
        (COMPLIANCE[1], "daily_quota"),
        (COMPLIANCE[2], "token_expired"),
    ],
)
def test_whatever_goes_wrong_once_the_round_ends(make_cloud: "MakeCloud", endpoint: str, kind: str) -> None:
    lake = collected(make_cloud, videos=6, faults=[{"kind": kind, "times": 1, "endpoint": endpoint}])
    videos = sorted(lake.ids("videos"))
    lake.cloud.sandbox.vanish(videos=videos[:1])
    lake.refresh_until_done()
    assert sorted(lake.ids("videos")) == videos[1:]
    assert lake.status().due == NOTHING


def test_nothing_is_sent_at_the_turn_of_the_day(make_cloud: "MakeCloud") -> None:
    lake = collected(make_cloud)
    now = lake.cloud.clock.now()
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    lake.cloud.clock.sleep((midnight - now).total_seconds() - 60)
    before = lake.cloud.sandbox.served(family="research").received
    report = lake.refresh()
    assert report.requests == 0
    assert any("00:00 UTC" in each for each in report.notes)
    assert lake.cloud.used(family=Family.RESEARCH) == 0
    assert lake.cloud.sandbox.served(family="research").received == before


def test_a_person_can_say_that_what_is_held_is_to_be_believed(make_cloud: "MakeCloud") -> None:
    lake = collected(make_cloud, compliance_scope=False)
    videos = sorted(lake.ids("videos"))
    lake.cloud.sandbox.vanish(videos=videos)
    lake.refresh()
    lake.cloud.clock.sleep(21 * 3_600)
    lake.refresh()
    (held,) = lake.status().rounds
    assert held.phase == "held"
    assert sorted(lake.ids("videos")) == videos
    with pytest.raises(InvalidRequest, match="waits for somebody"):
        lake.refresh(believe="data-refresh-19700101-1")
    lake.refresh(believe=held.run_id)
    assert lake.ids("videos") == set()
    assert lake.status().rounds == []
    assert {each.run_id for each in lake.certificates()} == {held.run_id, f"{held.run_id}-believed"}


def test_one_invocation_at_a_time(make_cloud: "MakeCloud") -> None:
    lake = collected(make_cloud)
    services = lake.services()
    lease = Lease(services.dynamodb, services.tasks_table, services.clock, name=LEASE_NAME)
    assert lease.acquire(services.clock.now() + timedelta(minutes=15))
    with pytest.raises(AwsBusy, match="under way"):
        lake.refresh()
