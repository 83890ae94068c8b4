"""What the row store's functions keep account in is read in one way: a document that is damaged stops what needs it."""

from collections.abc import Callable
from typing import Final, Protocol

import msgspec

from tiktok_collector.documents import well_read
from tiktok_collector.errors import Fatal
from tiktok_collector.lake.gzipped import MOST_BYTES, inflated
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.versions import Versioned, decoded

RESTORE: Final = "restore an earlier version of it"


class Keyed(Versioned, Protocol):
    """A document that says of which version it is, and where it lies."""

    @property
    def key(self) -> str:
        """The key of its object."""


def read_document[Document](
    objects: ObjectStore, key: str, decode: Callable[[bytes], Document], *, what: str, remedy: str = RESTORE
) -> Document | None:
    """What `decode` of a JSON decoder makes of an object, unpacked where its key ends in `.gz`; None: there is none.

    Args:
        objects: Where it is.
        key: Its key.
        decode: Raises `DecodeError` for what is no such document.
        what: What it is, for the message, such as "The record of a merge".
        remedy: What a person is to do where it is damaged.

    Raises:
        Fatal: it is damaged.
        MissingResource: the bucket is absent or may not be read.
        AwsBusy: S3 failed.
    """
    data = objects.get_bytes(key)
    if data is None:
        return None
    try:
        return well_read(decode, inflated(data, most=MOST_BYTES) if key.endswith(".gz") else data)
    except ValueError as error:
        raise Fatal(f"{what} {key} is damaged ({error}); {remedy}.") from error


def read_versioned[Document: Versioned](
    objects: ObjectStore,
    key: str,
    decoder: msgspec.json.Decoder[Document],
    *,
    known: int,
    what: str,
    remedy: str = RESTORE,
) -> Document | None:
    """The same of a document that says of which version it is.

    Raises:
        NewerVersion: it is newer than `known`.
        CollectorError: as `read_document`.
    """

    def decode(data: bytes) -> Document:
        return decoded(decoder.decode, data, known=known, what=f"{what} {key}")

    return read_document(objects, key, decode, what=what, remedy=remedy)


def read_record[Record: Keyed](
    objects: ObjectStore, key: str, decoder: msgspec.json.Decoder[Record], *, known: int, what: str
) -> Record | None:
    """The same of a document that says itself where it lies.

    Raises:
        Fatal: it is damaged, or that of another key.
        CollectorError: as `read_versioned`.
    """
    found = read_versioned(objects, key, decoder, known=known, what=what)
    if found is not None and found.key != key:
        raise Fatal(f"{what} {key} is that of another key; {RESTORE}.")
    return found
