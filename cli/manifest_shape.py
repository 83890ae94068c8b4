"""What the commands take from a run's manifest, in the shape that they rely on (docs/manifest.md)."""

from datetime import date
from typing import Any, Final

import msgspec

from tiktok_collector.documents import well_read
from tiktok_collector.versions import MANIFEST_VERSION, decoded


class _Window(msgspec.Struct, frozen=True):
    start: date
    end: date


class _Gap(msgspec.Struct, frozen=True):
    reason: str
    detail: str = ""
    window: _Window | None = None
    item: str | None = None
    possible: bool = False


class _Stream(msgspec.Struct, frozen=True):
    stream: str
    endpoint: str
    state: str = ""
    rows: int = 0
    observation: str | None = None
    gaps: tuple[_Gap, ...] = ()


class _Subject(msgspec.Struct, frozen=True):
    requests: int = 0
    complete: bool = False
    username: str | None = None
    search: str | None = None
    collections: tuple[str, ...] = ()
    export: str | None = None
    rows: dict[str, int] | None = None
    observation: str | None = None
    streams: tuple[_Stream, ...] = ()


class _Event(msgspec.Struct, frozen=True):
    usernames: int | tuple[str, ...] = 0
    name: str | None = None
    query: dict[str, Any] | None = None


class _Manifest(msgspec.Struct, frozen=True):
    run_id: str
    function: str
    status: str
    event: _Event
    started_at: str
    finished_at: str | None = None
    accounts: tuple[_Subject, ...] = ()
    searches: tuple[_Subject, ...] = ()
    works: tuple[_Subject, ...] = ()
    version: int = MANIFEST_VERSION

    def __post_init__(self) -> None:
        """A search that lacks something is asked for again by its name and query."""
        named = self.event.name is not None and self.event.query is not None
        lacks = any(stream.gaps for search in self.searches for stream in search.streams)
        if self.function == "video_search" and lacks and not named:
            raise ValueError("its event has no name or no query")


_SHAPE: Final = msgspec.json.Decoder(_Manifest)
_WHOLE: Final = msgspec.json.Decoder(dict[str, Any])


def well_shaped(data: bytes, key: str) -> dict[str, Any]:
    """The manifest with all that it has, once what the commands rely on is as it should be.

    Raises:
        DecodeError: it is damaged.
        NewerVersion: newer code wrote it.
    """
    decoded(_SHAPE.decode, data, known=MANIFEST_VERSION, what=f"The manifest {key}")
    return well_read(_WHOLE.decode, data)
