"""Raw pages: what an API answered, byte for byte, behind a first line that says where it came from.

The object is gzip with a fixed level and no time, so the same page gives the same bytes. It holds one page, or several
that follow one another: each envelope says how long its body is, and a line feed parts a body from the next envelope.
"""

import hashlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec

from tiktok_collector.clock import Clock, SystemClock
from tiktok_collector.errors import Fatal
from tiktok_collector.lake.gzipped import gzipped, inflated
from tiktok_collector.lake.objects import ObjectStore, StoredObject
from tiktok_collector.lake.s3_errors import WriteConflict, s3_errors
from tiktok_collector.versions import decoded

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MOST_BYTES: Final = 128 * 1024 * 1024
"""Of the pages of one object: ten of the longest bodies that are taken over the wire, and their envelopes."""
ENVELOPE_VERSION: Final = 1
_CONFLICT_PAUSES: Final = (0.1, 0.5, 2.0)


class PageEnvelope(msgspec.Struct, frozen=True, kw_only=True):
    """Provenance of one raw page: the first line of its object (docs/lake.md describes the fields)."""

    version: int = ENVELOPE_VERSION
    collector: str
    source: str
    endpoint: str
    entity: str
    url: str
    request: dict[str, Any]
    """The request's body; it never holds a secret."""
    retrieved_at: str
    run_id: str
    task_id: str
    generation: int
    page: int
    request_id: str
    """Of the ledger."""
    day: str
    """UTC day of the ledger that the request was counted on."""
    family: str
    cursor_in: int | None = None
    cursor_out: int | None = None
    search_id_in: str | None = None
    search_id_out: str | None = None
    has_more: bool
    http_status: int
    log_id: str | None = None
    body_sha256: str
    body_bytes: int
    collections: tuple[str, ...] = ()
    """Of a study: those that asked for the page."""


type RawPage = tuple[PageEnvelope, bytes]
"""A page's envelope and its body."""


class CorruptPage(Fatal):
    """A raw page that is not what was written; the message names its key."""


def body_sha256(body: bytes) -> str:
    """The SHA-256 of a response body, in hexadecimal, as `PageEnvelope.body_sha256` wants it."""
    return hashlib.sha256(body).hexdigest()


def encode_page(envelope: PageEnvelope, body: bytes) -> bytes:
    """The object to store: gzip of the envelope as one line of JSON, and then `body` byte for byte."""
    return encode_pages([(envelope, body)])


def encode_pages(pages: Sequence[RawPage]) -> bytes:
    """The object that holds `pages` in this order; of a single one, what `encode_page` gives."""
    return gzipped(b"\n".join(msgspec.json.encode(envelope) + b"\n" + body for envelope, body in pages))


def decode_page(data: bytes, *, key: str) -> RawPage:
    """What `encode_page` was given.

    Args:
        data: The object's bytes.
        key: Its key, for the error message.

    Raises:
        CorruptPage: the object is truncated, altered, or not a raw page, or holds several.
        NewerVersion: newer code wrote it.
    """
    first, *others = decode_pages(data, key=key)
    if others:
        raise _corrupt(key, f"it holds {len(others) + 1} pages where one is expected")
    return first


def decode_pages(data: bytes, *, key: str) -> list[RawPage]:
    """What `encode_pages` was given, at least one page.

    Raises:
        CorruptPage: the object is truncated, altered, or not a raw page; no page of it is given then.
        NewerVersion: newer code wrote one of its pages.
    """
    try:
        content = inflated(data, most=MOST_BYTES)
    except ValueError as error:
        raise _corrupt(key, f"its gzip data cannot be read ({error})") from error
    pages: list[RawPage] = []
    begin = 0
    while not pages or begin <= len(content):
        envelope, body = _page_at(content, begin, key)
        pages.append((envelope, body))
        begin = content.index(b"\n", begin) + 1 + len(body) + 1
    return pages


def _page_at(content: bytes, begin: int, key: str) -> RawPage:
    end_of_line = content.find(b"\n", begin)
    if end_of_line < 0:
        raise _corrupt(key, "it has no envelope line")
    try:
        line = content[begin:end_of_line]
        envelope = decoded(_ENVELOPE.decode, line, known=ENVELOPE_VERSION, what=f"The raw page {key}")
    except msgspec.DecodeError as error:
        raise _corrupt(key, f"its first line is not a page envelope ({error})") from error
    end = end_of_line + 1 + envelope.body_bytes
    body = content[end_of_line + 1 : end]
    ends_well = end == len(content) or content[end : end + 1] == b"\n"
    if envelope.body_bytes < 0 or not ends_well or body_sha256(body) != envelope.body_sha256:
        raise _corrupt(key, "its body does not match the checksum in its envelope")
    return envelope, body


class RawPageStore:
    """The raw pages of one bucket: written once, never replaced."""

    def __init__(self, s3: "S3Client", bucket: str, *, clock: Clock | None = None) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._objects = ObjectStore(s3, bucket)
        self._clock = clock or SystemClock()

    def put(self, key: str, data: bytes) -> None:
        """Commit pages: store `data` (of `encode_page` or `encode_pages`) unless the key exists.

        Raises:
            AlreadyCommitted: the key exists; where an earlier attempt's answer was lost it may be this very page.
            AwsBusy: S3 failed, or kept reporting a conflicting write.
            MissingResource: the bucket is absent or may not be written.
        """
        for pause in _CONFLICT_PAUSES:
            try:
                return self._put_once(key, data)
            except WriteConflict:
                self._clock.sleep(pause)
        return self._put_once(key, data)

    def _put_once(self, key: str, data: bytes) -> None:
        with s3_errors(self._bucket, key):
            self._s3.put_object(
                Bucket=self._bucket, Key=key, Body=data, ContentType="application/gzip", IfNoneMatch="*"
            )

    def get(self, key: str) -> RawPage | None:
        """Envelope and body of the only page at `key`; None if it was never committed.

        Raises:
            CorruptPage: the object is not what was written, or holds several pages.
            AwsBusy: S3 failed.
            MissingResource: the bucket is absent or may not be read.
        """
        data = self._objects.get_bytes(key)
        return None if data is None else decode_page(data, key=key)

    def get_all(self, key: str) -> list[RawPage]:
        """Envelope and body of each page of the object at `key`, in order; none if it was never committed.

        Raises:
            CollectorError: as `get`, but for several pages.
        """
        data = self._objects.get_bytes(key)
        return [] if data is None else decode_pages(data, key=key)

    def keys(self, prefix: str) -> Iterator[StoredObject]:
        """The pages below `prefix` in key order.

        Raises:
            AwsBusy: S3 failed.
            MissingResource: the bucket is absent or may not be listed.
        """
        return self._objects.keys(prefix)


_ENVELOPE: Final = msgspec.json.Decoder(PageEnvelope)


def _corrupt(key: str, what: str) -> CorruptPage:
    return CorruptPage(
        f"The raw page {key} is damaged: {what}; restore an earlier version of the object, or move it away and "
        "run its task again to collect the page anew."
    )
