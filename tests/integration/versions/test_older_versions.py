"""What earlier code has stored is read by the present code: runs go on, days are accounted for, studies remember."""

import gzip
import json
from collections import Counter
from datetime import date

import pytest
from pydantic import SecretStr

from cli import manifests
from tests.integration.collection.cloud import BUCKET, Cloud
from tests.integration.versions.conftest import FIXTURES, VERSIONS, WITH_STUDIES, WRITTEN, Restore, objects_of
from tiktok_collector.accounting.forecasting import Forecasting
from tiktok_collector.accounting.quota_accounting import AccountingReport, QuotaAccounting
from tiktok_collector.accounting.stored_pages import StoredPages
from tiktok_collector.accounting.usage_log import stored_log
from tiktok_collector.events.study import Part
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.lake.raw_pages import RawPageStore, decode_pages
from tiktok_collector.tokens.secret_store import SecretVersion
from tiktok_collector.tokens.stored_token import read_token

OLDER_WINDOW = (date(2026, 10, 1), date(2026, 10, 24))
_FOLLOWERS = 250


def next_day(cloud: Cloud) -> None:
    cloud.clock.sleep(15 * 3600 + 600)


def stored_ids(version: str, run: str) -> set[int]:
    """The videos on the pages that earlier code has stored of a run."""
    pages = {key: data for key, data in objects_of(version).items() if "entity=videos" in key and f"run={run}/" in key}
    bodies = [json.loads(body) for key, data in pages.items() for _, body in decode_pages(data, key=key)]
    return {int(video["id"]) for body in bodies for video in body["data"]["videos"]}


def asked(cloud: Cloud) -> Counter[str]:
    """Requests by endpoint that TikTok has received from the present code."""
    return Counter(record.endpoint for record in cloud.sandbox.requests() if record.endpoint != "token")


def accounted(cloud: Cloud) -> AccountingReport:
    services, objects = cloud.services(), ObjectStore(cloud.s3, BUCKET)
    forecasting = Forecasting(services.runs, services.tasks, objects)
    pages = StoredPages(RawPageStore(cloud.s3, BUCKET), {})
    return QuotaAccounting(services.ledger, pages, objects, forecasting, cloud.clock).run(reconciling=False)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_run_that_earlier_code_began_is_finished_and_nothing_is_asked_for_twice(
    restore: Restore, version: str
) -> None:
    cloud = restore(version)
    cloud.s3.delete_object(Bucket=BUCKET, Key="config/study.yaml")  # whose new day would ask for more
    began_with = {key: data for key, data in objects_of(version).items() if key.startswith("raw/")}
    next_day(cloud)
    cloud.finish()
    manifest = cloud.manifest("under-way")
    assert manifest["status"] == "complete"
    export = cloud.export("stormy")
    older = {int(video["id"]) for video in cloud.sandbox.world.videos_of("stormy", *OLDER_WINDOW)}
    assert older
    assert {int(video["id"]) for video in export["videos"]} == stored_ids(version, "under-way") | older
    assert len(export["followers"]) == _FOLLOWERS
    assert asked(cloud) == {"video/query": 1, "user/followers": 2}
    for key, data in began_with.items():
        assert cloud.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() == data


@pytest.mark.parametrize("version", VERSIONS)
def test_the_accountant_goes_on_from_the_days_that_earlier_code_closed(restore: Restore, version: str) -> None:
    cloud = restore(version)
    objects = ObjectStore(cloud.s3, BUCKET)
    before = stored_log(objects, "2026-11-18")
    assert before
    report = accounted(cloud)
    assert report.day == "2026-11-20"
    history = cloud.json("usage/history.json")
    closed = [line for line in history["lines"] if line["day"] == "2026-11-18" and line["family"] == "research"]
    assert [(line["used"], line["ok"]) for line in closed] == [
        (before.families[0].used, sum(entry.outcome == "ok" for entry in before.requests))
    ]
    after = stored_log(objects, "2026-11-18")
    assert after
    assert after.requests == before.requests


@pytest.mark.parametrize("version", VERSIONS)
def test_manifests_of_earlier_code_tell_their_gaps(version: str, restore: Restore) -> None:
    objects = ObjectStore(restore(version).s3, BUCKET)
    finished = manifests.of_run(objects, "finished")
    assert finished
    assert [(gap.subject, gap.stream, gap.reason) for gap in manifests.gaps(finished)] == [
        ("calm_one", "reposted", "refused")
    ]
    under_way = manifests.of_run(objects, "under-way")
    assert under_way
    assert list(manifests.gaps(under_way)) == []


@pytest.mark.parametrize("version", [VERSIONS[0], VERSIONS[-1]])
def test_a_run_that_the_table_has_lost_is_rebuilt_from_its_manifest_and_its_pages(
    restore: Restore, version: str
) -> None:
    cloud = restore(version)
    cloud.s3.delete_object(Bucket=BUCKET, Key="config/study.yaml")
    cloud.lose_tables()
    assert cloud.tick(recover=True).rebuilt == ["under-way"]
    cloud.finish()
    assert cloud.manifest("under-way")["status"] == "complete"
    assert len(cloud.export("stormy")["followers"]) == _FOLLOWERS
    assert asked(cloud) == {"video/query": 1, "user/followers": 2}


@pytest.mark.parametrize("version", WITH_STUDIES)
def test_a_study_remembers_what_earlier_code_has_found(restore: Restore, version: str) -> None:
    cloud = restore(version)
    for key in cloud.keys("studies/state"):
        cloud.s3.delete_object(Bucket=BUCKET, Key=key)  # the snapshot is made again from the records
    next_day(cloud)
    report = cloud.study(Part.ACCOUNTS)
    assert report.run
    assert report.run.state == "complete"
    manifest = cloud.json("manifests/study=test/dt=2026-11-21.json")
    assert manifest["collections"]["press"]["status"] == "complete"
    (page,) = [key for key in cloud.keys("raw/") if "entity=videos" in key and "run=study-20261121" in key]
    asked = cloud.page(page)[0].request
    assert (asked["start_date"], asked["end_date"]) == ("20261119", "20261119")
    assert cloud.json("manifests/study=test/dt=2026-11-20.json")["version"] == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_the_access_token_of_earlier_code_is_used(version: str) -> None:
    text = (FIXTURES / version / "access_token.json").read_text()
    token = read_token(SecretVersion(SecretStr(text), "v"))
    assert token
    assert token.is_good(WRITTEN)


def test_fixtures_hold_every_kind_of_object() -> None:
    keys = objects_of(VERSIONS[-1])
    kinds = {key.split("/")[0] for key in keys} | {"/".join(key.split("/")[:2]) for key in keys if key[:3] == "stu"}
    assert kinds >= {"config", "exports", "manifests", "raw", "usage", "studies/plans", "studies/records"}
    state = gzip.decompress(keys["studies/state.json.gz"])
    assert json.loads(state)["version"] == 1
