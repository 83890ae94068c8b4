"""Raw pages against moto's S3."""

from typing import TYPE_CHECKING

import pytest

from tests.unit.lake.support import envelope_for
from tiktok_collector.errors import AlreadyCommitted, MissingResource
from tiktok_collector.lake.keys import raw_page_key, raw_prefix
from tiktok_collector.lake.raw_pages import CorruptPage, RawPageStore, encode_page

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BODY = b'{"data":{}}'
BUCKET = "lake"


def key(page: int, task: str = "t1") -> str:
    return raw_page_key(entity="videos", dt="2026-11-20", run_id="r1", task_id=task, generation=0, page=page)


def test_a_committed_page_comes_back(s3: "S3Client") -> None:
    store = RawPageStore(s3, BUCKET)
    store.put(key(1), encode_page(envelope_for(BODY), BODY))
    assert store.get(key(1)) == (envelope_for(BODY), BODY)


def test_a_page_is_committed_once(s3: "S3Client") -> None:
    store = RawPageStore(s3, BUCKET)
    store.put(key(1), encode_page(envelope_for(BODY), BODY))
    with pytest.raises(AlreadyCommitted, match="read it instead"):
        store.put(key(1), encode_page(envelope_for(b"other"), b"other"))
    assert store.get(key(1)) == (envelope_for(BODY), BODY)


def test_a_page_that_was_never_committed_is_none(s3: "S3Client") -> None:
    assert RawPageStore(s3, BUCKET).get(key(1)) is None


def test_a_damaged_page_names_its_key(s3: "S3Client") -> None:
    s3.put_object(Bucket=BUCKET, Key=key(1), Body=b"not a page")
    with pytest.raises(CorruptPage, match=key(1)):
        RawPageStore(s3, BUCKET).get(key(1))


def test_listing_a_run_gives_its_pages_in_order(s3: "S3Client") -> None:
    store = RawPageStore(s3, BUCKET)
    data = encode_page(envelope_for(BODY), BODY)
    for page in (10, 2, 1):
        store.put(key(page), data)
    prefix = raw_prefix(entity="videos", dt="2026-11-20", run_id="r1")
    listed = list(store.keys(prefix))
    assert [stored.key for stored in listed] == [key(1), key(2), key(10)]
    assert {stored.size for stored in listed} == {len(data)}


def test_a_missing_bucket_is_said_in_one_sentence(s3: "S3Client") -> None:
    store = RawPageStore(s3, "elsewhere")
    says = "There is no bucket elsewhere: deploy the stack"
    with pytest.raises(MissingResource, match=says):
        store.put(key(1), b"data")
    with pytest.raises(MissingResource, match=says):
        store.get(key(1))
    with pytest.raises(MissingResource, match=says):
        list(store.keys("raw/"))
