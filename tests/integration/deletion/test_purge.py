"""Purges as `data_refresh` does them: what speaks against them, what they leave, and dry runs that say the same."""

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.world import AccountSpec, World
from tests.integration.collection.cloud import BUCKET
from tests.integration.deletion.stack import LakeStack
from tests.integration.deletion.test_purged_account import ANN, BEN
from tests.integration.studies.study_text import study_text
from tiktok_collector.collection.page_reader import PageReader
from tiktok_collector.collection.study_view import StudyView, video_pages
from tiktok_collector.errors import InvalidRequest
from tiktok_collector.events.purge import PurgeEvent
from tiktok_collector.events.study import Part
from tiktok_collector.lake.raw_pages import RawPageStore

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

NOW = datetime(2026, 11, 20, 0, 15, tzinfo=UTC)
TODAY = NOW.date()


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def studied(make_cloud: "MakeCloud", **more: Any) -> LakeStack:
    """A study of two accounts, collected for one day, and an ad-hoc extraction of a third."""
    specs = [AccountSpec(name, videos=8, days=20) for name in (ANN, BEN, "carl_9")]
    world = World.generate(seed=3, accounts=1, videos=1, days=60, specs=specs, end=TODAY)
    stack = LakeStack(make_cloud(world, now=NOW, settings={"archive_lag_scale": 0, "search_id_change_probability": 0}))
    stack.cloud.upload_study(study_text(first_day=ago(20), cohorts={"people": [ANN, BEN]}, **more))
    stack.cloud.study(Part.ACCOUNTS)
    stack.cloud.extract({"username": "carl_9", "include": ["videos"], "run_id": "adhoc"})
    stack.cloud.finish()
    stack.curate()
    return stack


def test_what_would_come_back_is_refused_and_a_study_that_is_over_goes_whole(make_cloud: "MakeCloud") -> None:
    stack = studied(make_cloud)
    with pytest.raises(InvalidRequest, match="'another': there are test"):
        stack.purge({"study": "another"})
    with pytest.raises(InvalidRequest, match="goes on"):
        stack.purge({"study": "test"}, dry_run=False)
    stack.cloud.upload_study(study_text(first_day=ago(20), cohorts={"people": [BEN]}), more=f"{BEN}\n@{ANN}\n".encode())
    with pytest.raises(InvalidRequest, match=r"config/more.csv line 2"):
        stack.purge({"account": ANN}, dry_run=False)
    stack.cloud.extract({"username": "carl_9", "include": ["videos"], "run_id": "still-open"}, seconds=1)
    with pytest.raises(InvalidRequest, match="still-open has not ended and asks for the account"):
        stack.purge({"account": "carl_9"}, dry_run=False)
    assert stack.rows("videos", where=f"username = '{ANN}'")
    _study_goes_whole(stack)


def _study_goes_whole(stack: LakeStack) -> None:
    stack.cloud.s3.delete_object(Bucket=BUCKET, Key="config/study.yaml")
    kept = sorted(map(str, stack.rows("videos", where="run_id = 'adhoc'")))
    done = stack.purge({"study": "test"}, dry_run=False)
    assert done.state == "done"
    assert sorted(map(str, stack.rows("videos"))) == kept
    assert kept
    left = [key for key in stack.cloud.keys("") if "study-" in key or key.startswith(("studies/", "manifests/study="))]
    assert left == ["studies/accepted.json.gz"]
    assert not [place for place in stack.places_of(ANN) if not place.startswith(("config/", "studies/accepted"))]


def test_an_account_goes_from_a_study_that_no_longer_names_it(make_cloud: "MakeCloud") -> None:
    stack = studied(make_cloud)
    stack.cloud.upload_study(study_text(first_day=ago(20), cohorts={"people": [BEN]}))
    done = stack.purge({"account": ANN}, dry_run=False)
    assert done.state == "done"
    assert stack.places_of(ANN) == []
    # Whatever reads raw pages and documents goes on without those that are gone.
    store = RawPageStore(stack.cloud.s3, BUCKET)
    assert {row["username"] for row in StudyView.of(PageReader(store), video_pages(store)).rows()} <= {BEN}
    stack.cloud.lose_tables()
    assert {each.state for each in stack.cloud.tick(recover=True).runs} <= {"complete"}
    stack.cloud.clock.sleep(24 * 3600)
    report = stack.cloud.study(Part.ACCOUNTS)
    assert report.run is not None
    assert report.run.state == "complete"
    assert stack.places_of(ANN) == []


def test_what_was_fetched_before_a_day_goes_and_the_planner_keeps_its_memory(make_cloud: "MakeCloud") -> None:
    stack = studied(make_cloud)
    stack.cloud.clock.sleep(24 * 3600)
    stack.cloud.study(Part.ACCOUNTS)
    stack.curate()
    tomorrow = TODAY + timedelta(days=1)
    kept = sorted(map(str, stack.rows("videos", where=f"fetched_at >= '{tomorrow}'")))
    assert kept
    done = stack.purge({"before": tomorrow.isoformat()}, dry_run=False)
    assert done.state == "done"
    assert sorted(map(str, stack.rows("videos"))) == kept
    assert not [key for key in stack.cloud.keys("raw/") if f"dt={TODAY}" in key]
    assert not [key for key in stack.cloud.keys("exports/") if f"{TODAY:%Y%m%d}" in key]
    assert stack.cloud.keys(f"studies/records/dt={TODAY}")
    stack.cloud.clock.sleep(24 * 3600)
    used = stack.cloud.used()
    stack.cloud.study(Part.ACCOUNTS)
    assert stack.cloud.used() - used <= 2


def test_the_event_must_name_one_thing() -> None:
    for wrong in ({}, {"account": "a", "study": "b"}):
        with pytest.raises(ValueError, match="name one of account, study and before"):
            PurgeEvent.model_validate({"purge": wrong})
