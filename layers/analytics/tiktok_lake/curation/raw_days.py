"""Which raw objects there are, day by day."""

import re
from collections.abc import Iterator
from typing import Final

from tiktok_collector.lake.keys import raw_prefix
from tiktok_collector.lake.objects import StoredObject
from tiktok_lake.files import LakeFiles

_DAY: Final = re.compile(r"dt=([0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01]))/$")


class RawDays:
    """The raw objects of a bucket. Every method raises `MissingResource` and `AwsBusy` as `LakeFiles` does."""

    def __init__(self, files: LakeFiles) -> None:
        self._files = files

    def all(self, only: str | None = None) -> dict[str, list[str]]:
        """The UTC days on which runs with raw objects started, oldest first, and the prefixes of each.

        Args:
            only: The one day to look for.
        """
        found: dict[str, list[str]] = {}
        for entity in self._files.folders(raw_prefix()):
            for prefix in self._files.folders(entity):
                day = _DAY.search(prefix)
                if day and only in {None, day[1]}:
                    found.setdefault(day[1], []).append(prefix)
        return dict(sorted(found.items()))

    def objects(self, prefixes: list[str]) -> Iterator[StoredObject]:
        """The objects below these prefixes."""
        for prefix in prefixes:
            yield from self._files.objects.keys(prefix)
