"""Everything that is written down, for tests that look for secrets in it."""

import io
import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tiktok_collector.lake.gzipped import gunzipped
from tiktok_collector.lake.objects import ObjectStore

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@pytest.fixture
def everything_logged() -> Iterator[io.StringIO]:
    """All that any logger says, at any level."""
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield said
    root.removeHandler(handler)
    root.setLevel(level)


def stored_texts(s3: "S3Client", bucket: str) -> Iterator[str]:
    """The contents of all objects of a bucket, decompressed."""
    for each in ObjectStore(s3, bucket).keys(""):
        data = s3.get_object(Bucket=bucket, Key=each.key)["Body"].read()
        yield (gunzipped(data, key=each.key) if each.key.endswith(".gz") else data).decode(errors="replace")
