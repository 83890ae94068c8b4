"""A search end to end: what the sandbox finds is what the export has, in the fewest requests."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.world import AccountSpec, World
from tests.integration.collection.cloud import Cloud
from tests.integration.collection.deployed import Deployed
from tests.integration.collection.test_bad_surroundings import assert_one_sentence
from tests.support.docs import DOCS, names, table_of
from tiktok_collector.quota.families import Family

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

CALM: dict[str, Any] = {"archive_lag_scale": 0, "search_id_change_probability": 0}
ICELAND = {"and": [{"field_name": "region_code", "operation": "EQ", "field_values": ["IS"]}]}
"""A region of which a world has no accounts but those that a test puts there."""
TOPICAL = {
    "and": [{"field_name": "region_code", "operation": "IN", "field_values": ["US", "DE", "FR", "GB"]}],
    "or": [
        {"field_name": "hashtag_name", "operation": "IN", "field_values": ["fyp", "viral", "cats"]},
        {"field_name": "keyword", "operation": "EQ", "field_values": ["wait for"]},
    ],
    "not": [{"field_name": "video_length", "operation": "EQ", "field_values": ["EXTRA_LONG"]}],
}
START, END = date(2026, 8, 20), date(2026, 11, 17)


def icelanders(videos: int, days: int) -> World:
    spec = AccountSpec("islander", videos=videos, days=days, region="IS")
    return World.generate(seed=3, accounts=1, videos=1, days=days, specs=[spec])


def ambient() -> World:
    return World.generate(seed=3, accounts=40, videos=3_000, days=100, comments_per_video=1)


def period(start: date, end: date) -> dict[str, str]:
    return {"start_date": start.isoformat(), "end_date": end.isoformat()}


def ids(rows: list[dict[str, Any]]) -> list[int]:
    return [int(row["id"]) for row in rows]


def received(cloud: Cloud) -> int:
    return cloud.sandbox.served(family="research").received


def assert_ledger_is_servers_count(cloud: Cloud) -> None:
    assert cloud.used(family=Family.RESEARCH) == received(cloud)


def test_the_export_is_what_the_world_has_over_several_windows(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(ambient(), settings=CALM)
    report = cloud.search({"name": "topical", "query": TOPICAL, "run_id": "one"})
    truth = cloud.sandbox.world.search(TOPICAL, START, END)
    assert len(truth) > 200
    assert (report.state, report.search, report.accounts) == ("complete", "topical", 0)
    assert report.period == f"{START}..{END}"
    assert report.exports == ["exports/topical_SEARCH_20261120_090000.json"]
    export = cloud.export("topical", "SEARCH")
    assert sorted(ids(export["videos"])) == sorted(ids(truth))
    assert (export["search"], export["query"]) == ("topical", TOPICAL)
    manifest = cloud.manifest("one")
    assert (manifest["function"], manifest["status"]) == ("video_search", "complete")
    (search,) = manifest["searches"]
    assert (search["search"], search["complete"], search["rows"]["videos"]) == ("topical", True, len(truth))
    assert [stream["task"] for stream in search["streams"]] == [f"s00001.videos.w00{n}" for n in (1, 2, 3)]
    assert_ledger_is_servers_count(cloud)


def test_comments_of_what_is_found_and_their_replies(make_cloud: "MakeCloud") -> None:
    spec = AccountSpec("islander", videos=12, days=40, region="IS", comments_per_video=3, replies_per_comment=1)
    cloud = make_cloud(World.generate(seed=3, accounts=2, videos=20, days=40, specs=[spec]), settings=CALM)
    report = cloud.search({"name": "is", "query": ICELAND, "days_back": 38, "comments": {"replies": True}})
    assert report.state == "complete"
    export, world = cloud.export("is", "SEARCH"), cloud.sandbox.world
    comments = [comment for video in ids(export["videos"]) for comment in world.comments_of(video)]
    replies = [reply for comment in comments for reply in world.replies_of(comment["id"])]
    assert sorted(ids(export["comments"])) == sorted(ids([*comments, *replies]))
    assert replies


@pytest.mark.parametrize(("videos", "days", "requests"), [(7_500, 30, 75), (365, 366, 12)])
def test_it_takes_the_fewest_requests_and_none_again(
    make_cloud: "MakeCloud", videos: int, days: int, requests: int
) -> None:
    cloud = make_cloud(icelanders(videos, days), settings=CALM)
    last = cloud.clock.now().date() - timedelta(days=1)
    event = {"name": "is", "query": ICELAND, "run_id": "one", **period(last - timedelta(days=days - 1), last)}
    first = cloud.search(event)
    assert first.state == "complete"
    assert (received(cloud), first.requests) == (requests, requests)
    assert len(cloud.export("is", "SEARCH")["videos"]) == videos
    assert_ledger_is_servers_count(cloud)
    cloud.clock.sleep(3_600)
    again = cloud.search(event)
    assert received(cloud) == requests
    assert (again.state, again.exports) == ("complete", first.exports)


def test_a_window_that_is_too_heavy_is_split_and_nothing_else_is_lost(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(icelanders(240, 60), settings={**CALM, "broken_days": ["20261020"]})
    start, end = date(2026, 9, 21), date(2026, 11, 17)
    if cloud.search({"name": "is", "query": ICELAND, "run_id": "one", **period(start, end)}).state != "complete":
        cloud.finish()
    (search,) = cloud.manifest("one")["searches"]
    (gap,) = [gap for stream in search["streams"] for gap in stream.get("gaps", [])]
    assert (gap["reason"], gap["window"]) == ("day_fails", {"start": "2026-10-20", "end": "2026-10-20"})
    assert {stream["task"] for stream in search["streams"] if stream.get("note") == "split"} >= {"s00001.videos.w001"}
    broken = cloud.sandbox.world.search(ICELAND, date(2026, 10, 20), date(2026, 10, 20))
    truth = cloud.sandbox.world.search(ICELAND, start, end)
    assert sorted(ids(cloud.export("is", "SEARCH")["videos"])) == sorted(set(ids(truth)) - set(ids(broken)))
    assert_ledger_is_servers_count(cloud)


def test_max_videos_stops_with_the_window_that_reaches_it(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(icelanders(360, 90), settings=CALM)
    event = {"name": "is", "query": ICELAND, "max_videos": 130, "run_id": "one", **period(START, END)}
    assert cloud.search(event).state == "complete"
    # 120 videos in a window are two pages; the first of the second window's reaches the limit.
    assert received(cloud) == 3
    newest = ids(cloud.sandbox.world.search(ICELAND, START, END))[:130]
    assert sorted(ids(cloud.export("is", "SEARCH")["videos"]), reverse=True) == newest
    (search,) = cloud.manifest("one")["searches"]
    notes = {stream["task"]: stream.get("note") for stream in search["streams"]}
    assert notes == {"s00001.videos.w001": None, "s00001.videos.w002": None, "s00001.videos.w003": "max_videos"}


def test_a_day_with_too_little_quota_goes_on_the_next_day(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(icelanders(900, 60), settings={**CALM, "research_quota": 4}, research_limit=4)
    event = {"name": "is", "query": ICELAND, "run_id": "one", **period(date(2026, 9, 21), END)}
    assert cloud.search(event).state == "parked"
    cloud.finish(most_ticks=500, minutes=60)
    truth = cloud.sandbox.world.search(ICELAND, date(2026, 9, 21), END)
    assert sorted(ids(cloud.export("is", "SEARCH")["videos"])) == sorted(ids(truth))


def test_a_lost_run_is_planned_again_from_its_manifest(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(icelanders(300, 60), settings=CALM)
    event = {"name": "is", "query": ICELAND, "run_id": "one", **period(date(2026, 9, 21), END)}
    assert cloud.search(event, seconds=1).state == "running"
    cloud.lose_tables()
    assert cloud.tick(recover=True).rebuilt == ["one"]
    truth = cloud.sandbox.world.search(ICELAND, date(2026, 9, 21), END)
    assert sorted(ids(cloud.export("is", "SEARCH")["videos"])) == sorted(ids(truth))
    assert cloud.manifest("one")["searches"][0]["search"] == "is"


@pytest.fixture
def deployed(make_cloud: "MakeCloud", monkeypatch: pytest.MonkeyPatch) -> Deployed:
    return Deployed(make_cloud(icelanders(30, 60), settings=CALM), monkeypatch)


def test_the_function_answers_with_a_small_report(deployed: Deployed) -> None:
    report = deployed.send("video_search", {"name": "is", "query": ICELAND, "run_id": "one"}).report
    assert report == {
        "run_id": "one",
        "state": "complete",
        "search": "is",
        "period": "2026-08-20..2026-11-17",
        "tasks": {"done": 5},
        "requests": 3,
        "gaps": 0,
        "exports": ["exports/is_SEARCH_20261120_090000.json"],
        "manifest": "manifests/run=one.json",
    }


def test_the_export_and_the_manifest_have_the_documented_fields(deployed: Deployed) -> None:
    deployed.send("video_search", {"name": "is", "query": ICELAND, "run_id": "one"})
    text = (DOCS / "manifest.md").read_text()
    form = "## The export of a search: `exports/<name>_SEARCH_<YYYYMMDD>_<HHMMSS>.json`"
    assert set(deployed.cloud.export("is", "SEARCH")) == set(names(table_of(text, form, "field")))
    (search,) = deployed.cloud.manifest("one")["searches"]
    assert list(search) == names(table_of(text, "### `searches[]`", "field"))


def test_the_worker_finishes_a_search_that_had_no_time(deployed: Deployed) -> None:
    event = {"name": "is", "query": ICELAND, "scheduled_time": "2026-11-20T00:20:00Z"}
    early = deployed.send("video_search", event, seconds=1).report
    assert (early["run_id"], early["state"]) == ("video-search-20261120T002000Z", "running")
    done = deployed.send("collection_worker", {}).report
    assert [(run["search"], run["state"]) for run in done["runs"]] == [("is", "complete")]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"and": []}, "The event's field 'query.and' is wrong: the list is empty"),
        (
            {"and": [{**ICELAND["and"][0], "field_values": ["XX"]}]},
            "'query.and.0.field_values' is wrong: 'XX' is not a ",
        ),
        ({**ICELAND, "not": ICELAND["and"]}, "the conditions and.0 and not.0 on region_code exclude each other"),
    ],
)
def test_a_bad_query_is_one_sentence_and_touches_nothing(deployed: Deployed, query: Any, sentence: str) -> None:
    outcome = deployed.send("video_search", {"name": "is", "query": query})
    assert_one_sentence(outcome, sentence)
    assert deployed.cloud.sandbox.served().received == 0
    assert deployed.cloud.keys() == []
    assert deployed.cloud.dynamodb.scan(TableName="Tasks")["Items"] == []


def test_a_run_id_belongs_to_one_query(deployed: Deployed) -> None:
    assert deployed.send("video_search", {"name": "is", "query": ICELAND, "run_id": "one"}).error is None
    before = deployed.cloud.sandbox.served().received
    for function, other in (
        ("video_search", {"name": "is", "query": {"not": ICELAND["and"]}, "run_id": "one"}),
        ("user_extraction", {"username": "islander", "run_id": "one"}),
    ):
        assert_one_sentence(deployed.send(function, other), "The run id 'one' belongs to another request")
    assert deployed.cloud.sandbox.served().received == before
