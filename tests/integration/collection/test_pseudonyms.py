"""Exports name nobody unless that is asked for, and the same person has the same pseudonym in all of them."""

import json
import logging
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.world import AccountSpec, World
from tests.integration.collection.cloud import BUCKET, PSEUDONYM_KEY, Cloud
from tests.integration.collection.saboteur import Saboteur
from tiktok_collector.errors import MissingResource
from tiktok_collector.pseudonyms.keys import PseudonymKeys
from tiktok_collector.pseudonyms.rows import PLAIN

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

SECTIONS = (
    "videos", "comments", "pinned_videos", "liked_videos", "reposted_videos", "followers", "following", "playlists",
)  # fmt: skip
NAMING = {"username", "display_name", "bio_description", "bio_url", "avatar_url", "video_mention_list"}
EVERYTHING: dict[str, Any] = {
    "include": ["profile", "videos", "pinned", "liked", "reposted", "followers", "following", "comments"],
    "comments": {"replies": True},
}
NEW_KEY = "another-key-" + "z" * 40


def world() -> World:
    def spec(name: str) -> AccountSpec:
        return AccountSpec(
            name,
            videos=40,
            days=80,
            followers=130,
            following=30,
            liked=40,
            reposted=20,
            pinned=2,
            playlists=2,
            comments_per_video=2,
            replies_per_comment=1,
        )

    specs = [spec("first.person"), spec("second_person")]
    # Long ago, so that no counter moves between two runs.
    return World.generate(seed=3, accounts=60, videos=600, days=90, end=date(2025, 6, 1), specs=specs)


def everything(run_id: str, *usernames: str, **more: Any) -> dict[str, Any]:
    days = {"start_date": "2025-04-01", "end_date": "2025-05-31"}
    return {"usernames": list(usernames), **EVERYTHING, **days, "run_id": run_id, **more}


def names_in(value: Any) -> Iterator[str]:
    """Every value, at any depth, of the fields that name or describe a person."""
    if isinstance(value, list):
        for each in value:
            yield from names_in(each)
    elif isinstance(value, dict):
        for field, each in value.items():
            if field in NAMING:
                yield from each if isinstance(each, list) else [each]
            else:
                yield from names_in(each)


def all_names(cloud: Cloud) -> set[str]:
    """Everybody whom a stored page names, and everybody who was asked for."""
    found = {"first.person", "second_person"}
    for key in cloud.keys("raw/"):
        for _, body in cloud.pages(key):
            found.update(names_in(json.loads(body)))
    return {name for name in found if name}


def exported_bytes(cloud: Cloud) -> dict[str, str]:
    keys = cloud.keys("exports/")
    return {key: cloud.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode() for key in keys}


def test_no_export_names_anybody_that_any_page_names(make_cloud: "MakeCloud", caplog: pytest.LogCaptureFixture) -> None:
    cloud = make_cloud(world(), settings={"archive_lag_scale": 0})
    caplog.set_level(logging.DEBUG)
    cloud.extract(everything("two", "First.Person", "@second_person"))
    query = {"and": [{"field_name": "username", "operation": "IN", "field_values": ["first.person", "second_person"]}]}
    days = {"start_date": "2025-05-01", "end_date": "2025-05-31"}
    cloud.search({"name": "both", "query": query, "comments": {}, **days, "run_id": "search"})
    ids = [row["id"] for row in cloud.export("both", "SEARCH")["videos"]]
    cloud.refresh({"name": "again", "video_ids": ids, "run_id": "again"})
    names, exports = all_names(cloud), exported_bytes(cloud)
    assert len(exports) == 4
    assert len(names) > 250
    for key, text in exports.items():
        lower = text.lower()
        assert [name for name in names if name.lower() in lower] == [], key
        assert not any(name.lower() in key for name in names)
        assert json.loads(text)["identified"] is False
    everybody = "".join(exports.values())
    assert "with @u_" in everybody, "captions mention people"
    for name in ("first.person", "second_person"):
        assert cloud.pseudonym(name) in everybody
    accounts = cloud.manifest("two")["accounts"]
    assert [(each["username"], each["export"] in exports) for each in accounts] == [
        ("first.person", True),
        ("second_person", True),
    ]
    assert PSEUDONYM_KEY not in caplog.text


def test_pseudonyms_join_all_sections_and_exports_and_leave_the_rest_as_it_is(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world(), settings={"archive_lag_scale": 0})
    cloud.extract(everything("hidden", "first.person"))
    cloud.extract(everything("named", "first.person", identified=True))
    (hidden,) = [cloud.json(key) for key in cloud.export_keys("first.person") if "u_" in key]
    (named,) = [cloud.json(key) for key in cloud.keys("exports/first.person_FULL_DATA")]
    assert (named["identified"], named["pseudonyms"]) == (True, None)
    assert list(hidden) == list(named)
    assert hidden["username"] == hidden["profile"]["username"] == cloud.pseudonym("First.Person")
    assert {row["username"] for row in hidden["videos"]} == {hidden["username"]}
    people: dict[str, str] = {}
    for section in SECTIONS:
        assert len(hidden[section]) == len(named[section]) > 0, section
        for shown, true in zip(hidden[section], named[section], strict=True):
            assert set(shown) == set(true)
            assert {field: shown[field] for field in PLAIN & true.keys()} == {
                field: true[field] for field in PLAIN & true.keys()
            }
            if "username" in true:
                assert people.setdefault(true["username"], shown["username"]) == shown["username"]
    assert len(set(people.values())) == len(people) > 100
    one, other = (cloud.manifest(run)["accounts"][0] for run in ("hidden", "named"))
    assert (one["identified"], one["pseudonyms"]) == (False, hidden["pseudonyms"])
    assert (other["identified"], other["pseudonyms"]) == (True, None)
    assert one["rows"] == other["rows"]


def test_another_key_makes_other_pseudonyms_and_says_so(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world(), settings={"archive_lag_scale": 0})
    cloud.extract(everything("one", "first.person"))
    (first,) = [cloud.json(key) for key in cloud.keys("exports/")]
    old = set(cloud.keys("exports/"))
    cloud.secrets.put_secret_value(SecretId=cloud.pseudonym_secret, SecretString=NEW_KEY)
    cloud.extract(everything("two", "first.person"))
    (second,) = [cloud.json(key) for key in set(cloud.keys("exports/")) - old]
    assert first["pseudonyms"]["key"] != second["pseudonyms"]["key"]
    people = [{row["username"] for row in export["followers"]} for export in (first, second)]
    assert len(people[0]) == len(people[1]) > 100
    assert not people[0] & people[1]


@pytest.fixture
def killed_midway(make_cloud: "MakeCloud", monkeypatch: pytest.MonkeyPatch) -> tuple[Cloud, dict[str, Any]]:
    """A cloud whose process died between two parts of an export, its key changed since; and the export undisturbed."""
    monkeypatch.setattr("tiktok_collector.collection.file_upload.PART_BYTES", 1_000)
    monkeypatch.setattr("tiktok_collector.lake.objects.MIN_PART_BYTES", 1)
    monkeypatch.setattr("moto.s3.models.S3_UPLOAD_PART_MIN_SIZE", 1)
    event = everything("one", "first.person")

    def collected(fatal: int | None) -> tuple[Cloud, list[str]]:
        cloud = make_cloud(world(), settings={"archive_lag_scale": 0}, threads=1)
        saboteur = Saboteur(cloud)
        with saboteur.watching(fatal):
            cloud.extract(event, services=saboteur.services())
        assert saboteur.dead is (fatal is not None)
        return cloud, saboteur.calls

    whole, calls = collected(None)
    undisturbed = whole.export("first.person")
    parts = [number for number, call in enumerate(calls, start=1) if call == "UploadPart"]
    cloud, _ = collected(parts[len(parts) // 2])
    cloud.secrets.put_secret_value(SecretId=cloud.pseudonym_secret, SecretString=NEW_KEY)
    cloud.clock.sleep(180)
    return cloud, undisturbed


def test_an_export_is_ended_with_the_key_that_it_was_begun_with(
    killed_midway: tuple[Cloud, dict[str, Any]],
) -> None:
    cloud, undisturbed = killed_midway
    cloud.finish(most_ticks=10)
    (key,) = cloud.keys("exports/")
    assert timeless(cloud.json(key)) == timeless(undisturbed)


def test_where_that_key_is_gone_the_export_begins_again(
    killed_midway: tuple[Cloud, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud, undisturbed = killed_midway
    monkeypatch.setattr(PseudonymKeys, "version", lambda *_: None)
    # The next file ends within one process, so it needs no earlier version.
    monkeypatch.setattr("tiktok_collector.collection.file_upload.PART_BYTES", 1_000_000_000)
    cloud.finish(most_ticks=10)
    export = cloud.export("first.person")
    assert export["pseudonyms"]["key"] != undisturbed["pseudonyms"]["key"]
    assert {row["username"] for row in export["videos"]} == {cloud.pseudonym("first.person")} == {export["username"]}
    assert len(export["followers"]) == len(undisturbed["followers"])


def test_without_a_key_nothing_is_exported_and_nothing_is_lost(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world(), settings={"archive_lag_scale": 0})
    cloud.secrets.put_secret_value(SecretId=cloud.pseudonym_secret, SecretString="short")
    with pytest.raises(MissingResource, match="holds no key for the pseudonyms of exports"):
        cloud.extract(everything("one", "first.person"))
    assert cloud.keys("exports/") == []
    before = cloud.sandbox.served().charged
    cloud.secrets.put_secret_value(SecretId=cloud.pseudonym_secret, SecretString=NEW_KEY)
    cloud.finish(most_ticks=10)
    assert cloud.manifest("one")["status"] == "complete"
    assert len(cloud.keys("exports/")) == 1
    assert cloud.sandbox.served().charged == before


def timeless(value: Any) -> Any:
    """Without what differs between two runs of the same work."""
    volatile = {"_retrieved_at", "requests", "avatar_url"}
    if isinstance(value, dict):
        return {name: timeless(each) for name, each in value.items() if name not in volatile}
    return [timeless(each) for each in value] if isinstance(value, list) else value
