"""Objects that others have put into the bucket: no file outside the folder, none twice, no gzip without end."""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from moto import mock_aws

from local_cloud.errors import LocalCloudError
from local_cloud.mirror import mirror
from local_cloud.mirror_paths import local_path, places
from tests.hostile.examples import TEXTS, few
from tiktok_collector.errors import Fatal, InvalidRequest
from tiktok_collector.lake.gzipped import gunzipped, gzipped, inflated
from tiktok_collector.lake.keys import export_key, manifest_key, raw_page_key, search_export_key
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.lake.raw_pages import CorruptPage, decode_pages

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET = "lake"
OUT = Path("/checkout/out")
DEVICES = {"con", "prn", "aux", "nul", "com1", "lpt9"}
AT = datetime(2026, 11, 20, 16, tzinfo=UTC)
PARTS = st.sampled_from(["a", "A", "b", "..", ".", "", "CON", "nul.txt", "x.", "%2E", "~a", "é", "e\u0301", ".new"])
KEYS = st.lists(PARTS | TEXTS, min_size=1, max_size=4).map("/".join).filter(bool) | st.text(min_size=1, max_size=1_024)


@few
@given(st.sets(KEYS, min_size=1, max_size=12))
@example({"a", "A", "a/b", "A/b/c", "a/B"})
@example({"..", "%2E%2E", ".%2E"})
@example({"raw/a", "Raw/a", "RAW"})
@example({"x" * 900, "x" * 900 + "/y"})
@example({"\0" * 1_000 + "a", "\0" * 1_000 + "b"})
def test_every_key_has_a_file_of_its_own_inside(keys: set[str]) -> None:
    found = places(OUT, keys)
    assert set(found) == keys
    files = {str(path).lower() for path in found.values()}
    assert len(files) == len(keys)
    for path in found.values():
        assert path.is_relative_to(OUT)
        parts = path.relative_to(OUT).parts
        assert parts
        assert len(str(path.relative_to(OUT))) <= 1_000
        assert not files & {str(parent).lower() for parent in path.parents}
        for part in parts:
            assert part.isascii()
            assert part.isprintable()
            assert not set(part) & set('<>:"/\\|?*')
            assert not part.startswith(".")
            assert not part.endswith((".", " "))
            assert part.lower().partition(".")[0] not in DEVICES


def test_where_names_collide_the_collectors_own_keep_theirs() -> None:
    ours = "exports/some.one_FULL_DATA_20261120_160000.json"
    assert places(OUT, ["Exports/x", ours, ours.upper()])[ours] == local_path(OUT, ours)
    assert places(OUT, [ours.upper(), ours]) == places(OUT, [ours, ours.upper()])


@pytest.fixture
def s3() -> Iterator["S3Client"]:
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
        client.create_bucket(Bucket=BUCKET)
        yield client


def test_hostile_keys_are_downloaded_beside_the_others(s3: "S3Client", tmp_path: Path) -> None:
    keys = [
        "../up",
        "/root",
        "a",
        "a/b",
        "A",
        ".downloaded.json",
        "con",
        "x/",
        "x",
        "raw/good",
        "e\u0301",
        "é",
        "c:\\d",
    ]
    for key in keys:
        s3.put_object(Bucket=BUCKET, Key=key, Body=key.encode())
    out = tmp_path / "out"
    for fetched in (len(keys), 0):
        assert mirror(s3, BUCKET, out, out / ".downloaded.json").fetched == fetched
    files = [path for path in tmp_path.rglob("*") if path.is_file() and path != out / ".downloaded.json"]
    assert sorted(path.read_text() for path in files) == sorted(keys)
    assert all(path.is_relative_to(out) for path in files)
    assert set(json.loads((out / ".downloaded.json").read_text())) == {*keys, ""}  # and the bucket's name


def test_no_link_leads_out_of_the_folder(s3: "S3Client", tmp_path: Path) -> None:
    s3.put_object(Bucket=BUCKET, Key="raw/a/b", Body=b"x")
    elsewhere, out = tmp_path / "elsewhere", tmp_path / "out"
    elsewhere.mkdir()
    out.mkdir()
    (out / "raw").symlink_to(elsewhere)
    with pytest.raises(LocalCloudError, match="elsewhere, outside of"):
        mirror(s3, BUCKET, out, tmp_path / "index.json")
    assert not list(elsewhere.iterdir())


def test_a_link_in_the_place_of_a_file_is_replaced_and_not_written_through(s3: "S3Client", tmp_path: Path) -> None:
    s3.put_object(Bucket=BUCKET, Key="a", Body=b"new")
    out, victim = tmp_path / "out", tmp_path / "victim"
    out.mkdir()
    victim.write_text("old")
    (out / "a").symlink_to(victim)
    mirror(s3, BUCKET, out, tmp_path / "index.json")
    (temporary,) = [".ca978112ca1bbdcafac231b39a23dc4d.new"]  # the first half of SHA-256 of "a"
    (out / "a").unlink()
    (out / temporary).symlink_to(victim)
    mirror(s3, BUCKET, out, tmp_path / "index.json")
    assert (out / "a").read_bytes() == b"new"
    assert victim.read_text() == "old"


@given(TEXTS.filter(bool))
def test_no_name_leaves_the_prefix_of_exports(name: str) -> None:
    for key in (export_key(name, AT), search_export_key(name, AT)):
        assert key.startswith("exports/")
        assert key.count("/") == 1
        assert ".." not in key
        assert key.isascii()
        assert key.isprintable()
        assert len(key) < 1_024


@given(TEXTS, TEXTS)
def test_no_run_or_task_leaves_its_prefix(run: str, task: str) -> None:
    try:
        keys = [
            raw_page_key(entity="videos", dt="2026-11-20", run_id=run, task_id=task, generation=1, page=1),
            manifest_key(run),
        ]
    except InvalidRequest as error:
        sentence = str(error)
    else:
        assert [key.count("/") for key in keys] == [5, 1]
        assert all(not {"", ".", ".."} & set(key.split("/")) and len(key) < 1_024 for key in keys)
        return
    assert "cannot be part of a key" in sentence


@pytest.fixture(scope="module")
def bomb() -> bytes:
    """Some 300 kB that hold 300 MB."""
    return gzipped(bytes(300_000_000))


def test_a_gzip_without_end_is_not_inflated(bomb: bytes) -> None:
    with pytest.raises(CorruptPage, match="holds more than 134217728 bytes"):
        decode_pages(bomb, key="raw/x")
    with pytest.raises(Fatal, match="holds more than 268435456 bytes"):
        gunzipped(bomb, key="studies/state.json.gz")


@pytest.mark.parametrize("cut", [0, 1, 10, 20, -1, -8])
def test_a_gzip_that_breaks_off_is_damaged(cut: int) -> None:
    whole = gzip.compress(b"some text " * 10)
    assert inflated(whole, most=100) == b"some text " * 10
    with pytest.raises(ValueError, match=r"breaks off|Error"):
        inflated(whole[:cut], most=100)


def test_the_beginning_of_an_empty_object_is_empty(s3: "S3Client") -> None:
    s3.put_object(Bucket=BUCKET, Key="manifests/run=empty.json", Body=b"")
    assert ObjectStore(s3, BUCKET).get_bytes("manifests/run=empty.json", first=100) == b""
