"""What was checked and found valid: one object for each round and kind, kept while it says anything.

They are JSON like all documents of the bucket, so that a deletion takes out of them what it takes out of others.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

import msgspec

from tiktok_collector.clock import from_iso
from tiktok_collector.lake.gzipped import gzipped
from tiktok_collector.lake.objects import GZIP
from tiktok_lake.bookkeeping import read_versioned
from tiktok_lake.files import LakeFiles
from tiktok_lake.keys import REFRESHES
from tiktok_lake.refresh.kinds import Kind

if TYPE_CHECKING:
    from datetime import datetime

CHECKS: Final = f"{REFRESHES}checks/"
_VERSION: Final = 1


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What was valid at a time, UTC."""

    version: int = _VERSION
    checked_at: str
    ids: list[int | str]


_CHECKED: Final = msgspec.json.Decoder(Checked)


class Checks:
    """The checks of one bucket."""

    def __init__(self, files: LakeFiles) -> None:
        self._files = files

    def of_kind(self, kind: Kind) -> Iterator[Checked]:
        """The checks of a kind."""
        for key in self._keys(kind):
            if found := self._read(key):
                yield found

    def put(self, kind: Kind, run_id: str, ids: Iterable[int | str], checked_at: str) -> None:
        """Stores that these were valid; the same again replaces it. Nothing is stored for none."""
        if valid := list(ids):
            self._write(f"{CHECKS}{kind}/{run_id}.json.gz", Checked(checked_at=checked_at, ids=valid))

    def forget_before(self, moment: "datetime") -> None:
        """Removes what was checked before `moment`: it says nothing any more."""
        for key in [each for kind in Kind for each in self._keys(kind)]:
            found = self._read(key)
            if found and from_iso(found.checked_at) < moment:
                self._files.remove([key])

    def forget(self, kind: Kind, gone: Iterable[int | str]) -> None:
        """Takes ids out of all of a kind, with the old versions."""
        doomed = frozenset(gone)
        for key in self._keys(kind) if doomed else ():
            found = self._read(key)
            if found and not doomed.isdisjoint(found.ids):
                kept = [each for each in found.ids if each not in doomed]
                self._write(key, msgspec.structs.replace(found, ids=kept))

    def _keys(self, kind: Kind) -> list[str]:
        return [each.key for each in self._files.objects.keys(f"{CHECKS}{kind}/")]

    def _read(self, key: str) -> Checked | None:
        what, remedy = "The record of checks", "remove it: what it names is checked again"
        return read_versioned(self._files.objects, key, _CHECKED, known=_VERSION, what=what, remedy=remedy)

    def _write(self, key: str, found: Checked) -> None:
        self._files.objects.put_bytes(key, gzipped(msgspec.json.encode(found)), content_type=GZIP)
        self._files.forget_old_versions(key)
