"""Versions of what is stored (docs/upgrades.md): older ones are read, a newer one is refused and never misread.

What has no version is of version 1. A version rises only where code that knows the one before would misread the
document; a field that such code may ignore needs none.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

import msgspec

from tiktok_collector.documents import well_read
from tiktok_collector.errors import NewerVersion

MANIFEST_VERSION: Final = 1
"""Of manifests of runs and of a study's days, which more than one package reads."""


class Versioned(Protocol):
    """A document that says of which version it is."""

    @property
    def version(self) -> int:
        """From 1."""


class _AnyDocument(msgspec.Struct, frozen=True):
    version: int = 1


_ANY: Final = msgspec.json.Decoder(_AnyDocument)


def refuse_newer(version: int, known: int, what: str) -> None:
    """Does nothing for a version that this code knows.

    Args:
        version: What is stored has it.
        known: The newest that this code reads.
        what: What is stored, for the message, such as "The raw page raw/…".

    Raises:
        NewerVersion: this code does not know it.
    """
    if version > known:
        raise NewerVersion(
            f"{what} has version {version}, and this code reads {known} at most: deploy the version of the collector "
            "that wrote it, or a newer one."
        )


def refuse_newer_item(item: Mapping[str, Any], known: int, what: str) -> None:
    """The same for an item of a table, by its attribute `version`; what that holds besides a number is damage."""
    version = str(item.get("version", {}).get("N", ""))
    if version.isdecimal():
        refuse_newer(int(version), known, what)


def decoded[Document: Versioned](
    decode: Callable[[bytes], Document], data: bytes, *, known: int, what: str
) -> Document:
    """What `decode` makes of `data`.

    Raises:
        DecodeError: they are no such document (`documents.well_read`).
        NewerVersion: the document is newer, whether `decode` can make something of it or not.
    """
    try:
        found = well_read(decode, data)
    except msgspec.DecodeError:
        refuse_newer(_version_of(data), known, what)
        raise
    refuse_newer(found.version, known, what)
    return found


def _version_of(data: bytes) -> int:
    try:
        return well_read(_ANY.decode, data).version
    except msgspec.DecodeError:
        return 1
