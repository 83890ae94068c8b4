"""Whole objects and resumable uploads against moto's S3."""

from typing import TYPE_CHECKING

import pytest

from tiktok_collector.errors import MissingResource
from tiktok_collector.lake.objects import MIN_PART_BYTES, MultipartUpload, ObjectStore

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET = "lake"
KEY = "exports/someone_FULL_DATA_20261120_160000.json"


def test_json_comes_back_and_is_replaced(s3: "S3Client") -> None:
    store = ObjectStore(s3, BUCKET)
    store.put_json("manifests/run=r1.json", {"old": True})
    store.put_json("manifests/run=r1.json", {"id": 7_320_768_196_569_599_275})
    assert store.get_bytes("manifests/run=r1.json") == b'{"id":7320768196569599275}\n'
    assert s3.head_object(Bucket=BUCKET, Key="manifests/run=r1.json")["ContentType"] == "application/json"


def test_absent_objects(s3: "S3Client") -> None:
    store = ObjectStore(s3, BUCKET)
    assert store.get_bytes(KEY) is None
    assert not store.exists(KEY)
    store.put_bytes(KEY, b"")
    assert store.exists(KEY)


def test_listings_longer_than_a_page(s3: "S3Client") -> None:
    store = ObjectStore(s3, BUCKET)
    for number in range(1_005):
        store.put_bytes(f"usage/{number:04d}", b"")
    store.put_bytes("other", b"")
    assert [stored.key for stored in store.keys("usage/")] == [f"usage/{number:04d}" for number in range(1_005)]


def test_a_missing_bucket(s3: "S3Client") -> None:
    store = ObjectStore(s3, "elsewhere")
    with pytest.raises(MissingResource):
        store.put_json(KEY, {})
    with pytest.raises(MissingResource):
        store.get_bytes(KEY)
    with pytest.raises(MissingResource):
        MultipartUpload(s3, "elsewhere").start(KEY)


def test_an_upload_resumed_by_another_process(s3: "S3Client") -> None:
    first, last = b"a" * MIN_PART_BYTES, b"b"
    upload_id = MultipartUpload(s3, BUCKET).start(KEY)
    MultipartUpload(s3, BUCKET).upload_part(KEY, upload_id, 1, b"x" * MIN_PART_BYTES)
    again = MultipartUpload(s3, BUCKET)
    etags = [again.upload_part(KEY, upload_id, 1, first), again.upload_part(KEY, upload_id, 2, last, last=True)]
    assert not ObjectStore(s3, BUCKET).exists(KEY)
    again.complete(KEY, upload_id, etags)
    assert ObjectStore(s3, BUCKET).get_bytes(KEY) == first + last


def test_completing_twice_is_completing_once(s3: "S3Client") -> None:
    upload = MultipartUpload(s3, BUCKET)
    upload_id = upload.start(KEY)
    etags = [upload.upload_part(KEY, upload_id, 1, b"all", last=True)]
    upload.complete(KEY, upload_id, etags)
    upload.complete(KEY, upload_id, etags)
    assert ObjectStore(s3, BUCKET).get_bytes(KEY) == b"all"


@pytest.mark.parametrize(("number", "size"), [(1, MIN_PART_BYTES - 1), (0, MIN_PART_BYTES), (10_001, MIN_PART_BYTES)])
def test_parts_that_s3_would_refuse_at_the_end_are_refused_at_once(s3: "S3Client", number: int, size: int) -> None:
    upload = MultipartUpload(s3, BUCKET)
    with pytest.raises(ValueError, match=f"Part {number} of {KEY}"):
        upload.upload_part(KEY, upload.start(KEY), number, b"x" * size)
