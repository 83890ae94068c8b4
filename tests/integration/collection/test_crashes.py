"""The process killed after every call of a run that changes anything, then resumed: the result is the same.

A kill after call n leaves the same state as one before call n + 1, so this covers both sides of every boundary.
"""

import json
import re
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from moto.s3.exceptions import NoSuchUpload
from moto.s3.models import S3Backend

from sandbox.world import AccountSpec, World
from tests.integration.collection.cloud import Cloud
from tests.integration.collection.saboteur import Saboteur
from tiktok_collector.clock import iso

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

EVENT = {
    "username": "medium",
    "include": ["profile", "videos", "reposted", "followers", "comments"],
    "run_id": "run",
    "start_date": "20250423",
    "end_date": "20250601",
}
LOST_AT_MOST = 3
"""Requests: the pages of followers, which are stored together; one of any other stream."""
# Every n-th boundary in one test, so that the tests share the work evenly.
PARTS = 6
# The server's own choices and what tells times: nothing that a researcher would miss.
_VOLATILE = {
    "search_id",
    "_retrieved_at",
    "retrieved_at",
    "finished_at",
    "log_id",
    "requests",
    "request_id",
    "avatar_url",
}


def world() -> World:
    spec = AccountSpec("medium", videos=3, days=40, followers=205, reposted=2, playlists=1, comments_per_video=1)
    # Long ago, so that no counter moves between a kill and the resumption.
    return World.generate(seed=5, accounts=3, videos=20, days=60, end=date(2025, 6, 1), specs=[spec])


def without_start(result: dict[str, Any]) -> dict[str, Any]:
    """For kills before the run was stored: the event's second delivery starts it, at its own time."""
    timeless: dict[str, Any] = json.loads(
        re.sub(r"_FULL_DATA_\d{8}_\d{6}|2026-11-20T[0-9:.]+Z", "", json.dumps(result))
    )
    return timeless


def cloud_of(make_cloud: "MakeCloud") -> Cloud:
    return make_cloud(world(), settings={"archive_lag_scale": 0}, threads=1)


def undisturbed(make_cloud: "MakeCloud") -> tuple[dict[str, Any], int, list[str]]:
    cloud = cloud_of(make_cloud)
    saboteur = Saboteur(cloud)
    with saboteur.watching(None):
        report = cloud.extract(EVENT, services=saboteur.services())
    assert report.state == "complete"
    return outcome(cloud), cloud.sandbox.served().charged, saboteur.calls


def outcome(cloud: Cloud) -> dict[str, Any]:
    """Everything in the bucket without what may differ between two runs of the same work."""
    result: dict[str, Any] = {}
    for key in cloud.keys(""):
        if key.startswith("raw/"):
            result[key] = [
                [stable(json.loads(body)), envelope.cursor_in, envelope.cursor_out, envelope.has_more]
                for envelope, body in cloud.pages(key)
            ]
        else:
            result[key] = stable(cloud.json(key))
    return result


def stable(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: stable(each) for name, each in value.items() if name not in _VOLATILE}
    return [stable(each) for each in value] if isinstance(value, list) else value


def test_the_run_is_long_enough_to_prove_something(make_cloud: "MakeCloud") -> None:
    result, charged, calls = undisturbed(make_cloud)
    pages = [len(found) for key, found in result.items() if key.startswith("raw/")]
    assert len(pages) >= 8
    assert max(pages) == 3, "the followers are in one object"
    assert charged == sum(pages)
    assert {"PutItem", "UpdateItem", "PutObject", "video_query"} <= set(calls)


@pytest.mark.parametrize("part", range(PARTS))
def test_killed_after_every_call(make_cloud: "MakeCloud", part: int) -> None:
    expected, charged, calls = undisturbed(make_cloud)
    for fatal in range(1 + part, len(calls) + 1, PARTS):
        where = f"killed after call {fatal}, {calls[fatal - 1]}"
        cloud = cloud_of(make_cloud)
        saboteur = Saboteur(cloud)
        with saboteur.watching(fatal):
            cloud.extract(EVENT, services=saboteur.services())
        assert saboteur.dead, where
        resume(cloud)
        if fatal <= calls.index("PutItem") + 1:
            assert without_start(outcome(cloud)) == without_start(expected), where
        else:
            assert outcome(cloud) == expected, where
        assert cloud.sandbox.served().charged <= charged + LOST_AT_MOST, where
        assert_ledger_covers_the_server(cloud, where)


def test_killed_again_and_again(make_cloud: "MakeCloud") -> None:
    expected, charged, calls = undisturbed(make_cloud)
    cloud = cloud_of(make_cloud)
    saboteur = Saboteur(cloud)
    kills = 0
    for fatal in range(7, 7 + 2 * len(calls), 5):
        with saboteur.watching(fatal % 11 + 4):
            cloud.extract(EVENT, services=saboteur.services())
        kills += saboteur.dead
        cloud.clock.sleep(180)
    resume(cloud)
    assert kills > 5
    assert outcome(cloud) == expected
    assert cloud.sandbox.served().charged <= charged + kills * LOST_AT_MOST
    assert_ledger_covers_the_server(cloud, "killed again and again")


def test_tables_lost_are_rebuilt_from_the_bucket_without_a_request(make_cloud: "MakeCloud") -> None:
    expected, charged, _ = undisturbed(make_cloud)
    cloud = cloud_of(make_cloud)
    saboteur = Saboteur(cloud)
    with saboteur.watching(60):
        cloud.extract(EVENT, services=saboteur.services())
    assert saboteur.dead
    before = cloud.sandbox.served().charged
    cloud.lose_tables()
    report = cloud.tick(recover=True)
    assert report.rebuilt == ["run"]
    assert outcome(cloud) == expected
    assert 0 < before <= cloud.sandbox.served().charged <= charged + LOST_AT_MOST


def refuse_parts_of_ended_uploads(monkeypatch: pytest.MonkeyPatch) -> None:
    """S3 answers NoSuchUpload, where moto breaks."""
    unchecked = S3Backend.upload_part

    def upload_part(backend: S3Backend, bucket_name: str, multipart_id: str, part_id: int, value: bytes) -> Any:
        if multipart_id not in backend.get_bucket(bucket_name).multiparts:
            raise NoSuchUpload(upload_id=multipart_id)
        return unchecked(backend, bucket_name, multipart_id, part_id, value)

    monkeypatch.setattr(S3Backend, "upload_part", upload_part)


def resume(cloud: Cloud) -> None:
    """What happens by itself: Lambda delivers the event again, then the worker ticks."""
    cloud.clock.sleep(180)
    cloud.extract(EVENT)
    if list(cloud.services().runs.open()):
        cloud.finish(most_ticks=10)


def assert_ledger_covers_the_server(cloud: Cloud, where: str) -> None:
    for family in cloud.limits:
        received = cloud.sandbox.served(family=family).received
        used, settled = cloud.used(family=family), len(cloud.entries(family=family))
        assert used >= received, where
        assert used - received <= used - settled, where
    assert iso(cloud.clock.now()).startswith("2026-11-20"), "all of it within one UTC day"


def test_a_damaged_manifest_does_not_keep_other_lost_runs_waiting(make_cloud: "MakeCloud") -> None:
    cloud = cloud_of(make_cloud)
    saboteur = Saboteur(cloud)
    with saboteur.watching(60):
        cloud.extract(EVENT, services=saboteur.services())
    cloud.lose_tables()
    damaged = b'{"version":1,"status":"running","function":"user_extraction","event":{"usernames":'
    cloud.services().objects.put_bytes("manifests/run=damaged.json", damaged)
    report = cloud.tick(recover=True)
    assert report.rebuilt == ["run"]
    assert cloud.manifest("run")["status"] == "complete"
    said = [fields["reason"] for line, fields in cloud.log.lines if line == "run cannot be planned again"]
    assert len(said) == 1
    assert "manifest of run damaged cannot be read" in str(said[0])


def test_killed_anywhere_in_an_export_of_many_parts(make_cloud: "MakeCloud", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tiktok_collector.collection.file_upload.PART_BYTES", 1_000)
    monkeypatch.setattr("tiktok_collector.lake.objects.MIN_PART_BYTES", 1)
    monkeypatch.setattr("moto.s3.models.S3_UPLOAD_PART_MIN_SIZE", 1)
    refuse_parts_of_ended_uploads(monkeypatch)
    expected, _, calls = undisturbed(make_cloud)
    assert calls.count("UploadPart") >= 5
    for fatal in range(calls.index("CreateMultipartUpload") + 1, calls.index("CompleteMultipartUpload") + 2):
        where = f"killed after call {fatal}, {calls[fatal - 1]}"
        cloud = cloud_of(make_cloud)
        saboteur = Saboteur(cloud)
        with saboteur.watching(fatal):
            cloud.extract(EVENT, services=saboteur.services())
        charged = cloud.sandbox.served().charged
        resume(cloud)
        assert outcome(cloud) == expected, where
        assert cloud.sandbox.served().charged == charged, where
