import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from local_cloud.mirror import Mirrored, Wanted, mirror

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET = "lake"


@pytest.fixture
def s3() -> Iterator["S3Client"]:
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
        client.create_bucket(Bucket=BUCKET)
        yield client


def run(s3: "S3Client", tmp_path: Path) -> Mirrored:
    return mirror(s3, BUCKET, tmp_path / "out", tmp_path / "index.json")


def test_only_what_is_new_is_fetched(s3: "S3Client", tmp_path: Path) -> None:
    s3.put_object(Bucket=BUCKET, Key="raw/a.json.gz", Body=b"one")
    s3.put_object(Bucket=BUCKET, Key="exports/b.json", Body=b"two")
    assert run(s3, tmp_path) == Mirrored(2, 2)
    assert run(s3, tmp_path) == Mirrored(2, 0)
    s3.put_object(Bucket=BUCKET, Key="raw/c.json.gz", Body=b"three")
    assert run(s3, tmp_path) == Mirrored(3, 1)
    assert (tmp_path / "out/raw/a.json.gz").read_bytes() == b"one"
    assert (tmp_path / "out/raw/c.json.gz").read_bytes() == b"three"


def test_what_changed_or_went_missing_or_was_cut_short_is_fetched_again(s3: "S3Client", tmp_path: Path) -> None:
    for key in ("manifests/a", "b", "c", "d"):
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"old")
    run(s3, tmp_path)
    s3.put_object(Bucket=BUCKET, Key="manifests/a", Body=b"new")
    (tmp_path / "out/b").unlink()
    (tmp_path / "out/c").write_bytes(b"o")
    assert run(s3, tmp_path) == Mirrored(4, 3)
    assert (tmp_path / "out/manifests/a").read_bytes() == b"new"
    assert (tmp_path / "out/b").read_bytes() == (tmp_path / "out/c").read_bytes() == b"old"


def test_a_key_that_climbs_stays_inside(s3: "S3Client", tmp_path: Path) -> None:
    s3.put_object(Bucket=BUCKET, Key="../climbed", Body=b"x")
    run(s3, tmp_path)
    assert not (tmp_path / "climbed").exists()
    (found,) = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert found.read_bytes() == b"x"


def test_an_export_that_has_expired_stays(s3: "S3Client", tmp_path: Path) -> None:
    s3.put_object(Bucket=BUCKET, Key="exports/expired", Body=b"x")
    run(s3, tmp_path)
    s3.delete_object(Bucket=BUCKET, Key="exports/expired")
    assert run(s3, tmp_path) == Mirrored(0, 0)
    assert (tmp_path / "out/exports/expired").exists()


def test_rows_and_pages_that_have_gone_go_here_too_and_a_persons_own_files_stay(s3: "S3Client", tmp_path: Path) -> None:
    for key in ("curated/videos/dt=2026-11-20/a.parquet", "raw/source=x/a.json.gz", "raw/source=x/kept.json.gz"):
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"x")
    run(s3, tmp_path)
    own = tmp_path / "out/curated/videos/own.parquet"
    own.write_bytes(b"y")
    s3.delete_object(Bucket=BUCKET, Key="curated/videos/dt=2026-11-20/a.parquet")
    s3.delete_object(Bucket=BUCKET, Key="raw/source=x/a.json.gz")
    # Somebody asks for another part: what is not looked at is not taken for gone.
    part = Wanted(prefixes=("exports/",))
    assert mirror(s3, BUCKET, tmp_path / "out", tmp_path / "index.json", part) == Mirrored(0, 0, 0)
    assert run(s3, tmp_path) == Mirrored(1, 0, 2)
    files = sorted(path.name for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert files == ["kept.json.gz", "own.parquet"]
    assert run(s3, tmp_path) == Mirrored(1, 0, 0)


def test_what_another_bucket_does_not_have_stays(s3: "S3Client", tmp_path: Path) -> None:
    s3.create_bucket(Bucket="another")
    s3.put_object(Bucket=BUCKET, Key="raw/a.json.gz", Body=b"x")
    s3.put_object(Bucket="another", Key="raw/b.json.gz", Body=b"y")
    run(s3, tmp_path)
    for fetched in (1, 0):
        assert mirror(s3, "another", tmp_path / "out", tmp_path / "index.json") == Mirrored(1, fetched, 0)
    assert (tmp_path / "out/raw/a.json.gz").read_bytes() == b"x"


def test_the_first_run_after_an_update_removes_nothing(s3: "S3Client", tmp_path: Path) -> None:
    s3.put_object(Bucket=BUCKET, Key="raw/a.json.gz", Body=b"x")
    run(s3, tmp_path)
    index = json.loads((tmp_path / "index.json").read_text())
    del index[""]  # as earlier versions have written it
    (tmp_path / "index.json").write_text(json.dumps(index))
    s3.delete_object(Bucket=BUCKET, Key="raw/a.json.gz")
    assert run(s3, tmp_path) == Mirrored(0, 0, 0)
    assert (tmp_path / "out/raw/a.json.gz").exists()


def test_a_file_that_was_changed_here_is_fetched_again_and_one_that_was_touched_is_not(
    s3: "S3Client", tmp_path: Path
) -> None:
    for key in ("changed", "touched"):
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"good")
    run(s3, tmp_path)
    (tmp_path / "out/changed").write_bytes(b"evil")  # as long as before: only its content tells
    os.utime(tmp_path / "out/touched", (1, 1))
    assert run(s3, tmp_path) == Mirrored(2, 1)
    assert (tmp_path / "out/changed").read_bytes() == b"good"
    assert run(s3, tmp_path) == Mirrored(2, 0)


def test_only_what_is_wanted_is_looked_at_and_the_rest_stays_known(s3: "S3Client", tmp_path: Path) -> None:
    for key in ("raw/a", "exports/b", "usage/c"):
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"x")
    run(s3, tmp_path)
    s3.put_object(Bucket=BUCKET, Key="exports/d", Body=b"x")
    tomorrow = datetime.now(UTC) + timedelta(days=1)

    def some(wanted: Wanted) -> Mirrored:
        return mirror(s3, BUCKET, tmp_path / "out", tmp_path / "index.json", wanted)

    assert some(Wanted(since=tomorrow)) == Mirrored(0, 0)
    assert some(Wanted(prefixes=("raw/", "usage/"))) == Mirrored(2, 0)
    assert some(Wanted(prefixes=("exports/",))) == Mirrored(2, 1)
    assert run(s3, tmp_path) == Mirrored(4, 0)


def test_what_was_fetched_before_it_was_broken_off_is_not_fetched_again(s3: "S3Client", tmp_path: Path) -> None:
    for number in range(30):
        s3.put_object(Bucket=BUCKET, Key=f"k{number:02d}", Body=b"x")
    left = 5

    def broken_off(_size: int) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mirror(s3, BUCKET, tmp_path / "out", tmp_path / "index.json", fetched=broken_off)
    kept = len(json.loads((tmp_path / "index.json").read_text()))
    assert kept >= 5  # other threads may have fetched on until the first one's end was seen
    assert run(s3, tmp_path) == Mirrored(30, 30 - kept)
