"""The newest manifests of runs, and the gaps in them (docs/manifest.md)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from cli.manifest_shape import well_shaped
from tiktok_collector.collection.kinds import kind_of
from tiktok_collector.errors import Fatal, NewerVersion
from tiktok_collector.lake.keys import RUN_MANIFESTS, manifest_key
from tiktok_collector.lake.objects import ObjectStore, StoredObject

_LARGEST: Final = 50_000_000
"""Bytes of a manifest that is still read as a whole; one of 20,000 accounts has some 20 million."""


@dataclass(frozen=True)
class RunGap:
    """A gap with what it is a gap of: `subject` is an account, a search, or the collections of a study."""

    run_id: str
    function: str
    subject: str
    stream: str
    endpoint: str
    reason: str
    detail: str = ""
    window: tuple[str, str] | None = None
    item: str | None = None
    possible: bool = False


def newest(objects: ObjectStore, most: int, prefix: str = RUN_MANIFESTS) -> list[StoredObject]:
    """The manifests that were written last, newest first."""
    return sorted(objects.keys(prefix), key=lambda each: (each.last_modified, each.key), reverse=True)[:most]


def read(objects: ObjectStore, stored: StoredObject) -> dict[str, Any] | None:
    """The manifest; None where it is too large to be read here, damaged, of a newer version, or gone."""
    if stored.size > _LARGEST:
        return None
    try:
        return _decoded(objects.get_bytes(stored.key), stored.key)
    except NewerVersion:
        return None


def of_run(objects: ObjectStore, run_id: str) -> dict[str, Any] | None:
    """The manifest of one run; None if there is none.

    Raises:
        Fatal: it is damaged, or too large to be read here.
        NewerVersion: newer code wrote it.
    """
    key = manifest_key(run_id)
    data = objects.get_bytes(key, first=_LARGEST + 1)
    if data is not None and len(data) > _LARGEST:
        raise Fatal(f"The manifest {key} is too large to be read here: `tiktok-collector download` brings it.")
    found = _decoded(data, key)
    if found is None and data is not None:
        raise Fatal(f"The manifest {key} is damaged: put back an older version of that object.")
    return found


def _decoded(data: bytes | None, key: str) -> dict[str, Any] | None:
    try:
        return well_shaped(data, key) if data else None
    except msgspec.DecodeError:
        return None


def subjects(manifest: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The entries of accounts, searches or works; none while the run is under way."""
    try:
        name = kind_of(manifest["function"]).subjects
    except Fatal:  # a run of a later version
        return ()
    found: Sequence[Mapping[str, Any]] = manifest.get(name, ())
    return found


def subject_name(entry: Mapping[str, Any]) -> str:
    """What an entry is about, in a word."""
    return str(entry.get("username") or entry.get("search") or ", ".join(entry.get("collections", ())))


def gaps(manifest: Mapping[str, Any]) -> Iterator[RunGap]:
    """Every gap of a finished run, subject by subject."""
    for entry in subjects(manifest):
        for stream in entry.get("streams", ()):
            for gap in stream.get("gaps", ()):
                yield RunGap(
                    run_id=manifest["run_id"],
                    function=manifest["function"],
                    subject=subject_name(entry),
                    stream=stream["stream"],
                    endpoint=stream["endpoint"],
                    reason=gap["reason"],
                    detail=gap.get("detail", ""),
                    window=_window(gap.get("window")),
                    item=gap.get("item"),
                    possible=gap.get("possible", False),
                )


def _window(found: Mapping[str, str] | None) -> tuple[str, str] | None:
    return (found["start"], found["end"]) if found else None
