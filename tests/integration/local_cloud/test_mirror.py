from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from local_cloud.mirror import Mirrored, mirror

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


def test_nothing_is_removed(s3: "S3Client", tmp_path: Path) -> None:
    s3.put_object(Bucket=BUCKET, Key="exports/expired", Body=b"x")
    run(s3, tmp_path)
    s3.delete_object(Bucket=BUCKET, Key="exports/expired")
    assert run(s3, tmp_path) == Mirrored(0, 0)
    assert (tmp_path / "out/exports/expired").exists()
