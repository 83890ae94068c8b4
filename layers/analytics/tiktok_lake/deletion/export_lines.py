"""Pure: an export without the rows that are doomed. It has a row a line, so that one of any size can be streamed."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from tiktok_lake.deletion.scrubbing import Scrubber, encoded

_SECTION: Final = re.compile(rb'"(\w+)":\[(\],?)?\s*$')
_PEOPLE: Final = frozenset({"followers", "following"})
_LISTS: Final = frozenset({"pinned_videos", "liked_videos", "reposted_videos", *_PEOPLE})


class UnknownForm(Exception):
    """The export has another form than exports of this version."""


def head_of(line: bytes) -> dict[str, Any]:
    """What an export says first.

    Raises:
        UnknownForm: it is none.
    """
    try:
        head = json.loads(line.rstrip().removesuffix(b",") + b"}")
    except ValueError as error:
        raise UnknownForm from error
    if not isinstance(head, dict) or not str(head.get("format", "")).endswith("/export"):
        raise UnknownForm
    return head


class ExportLines:
    """Goes through one export.

    Args:
        scrubber: Takes out what is doomed, and counts it.
        profiles: Names of which the profile and the relations go.
        subject_goes: Whether the account that the export is about is one of them.
    """

    def __init__(self, scrubber: Scrubber, profiles: frozenset[str], *, subject_goes: bool) -> None:
        self._scrubber = scrubber
        self._profiles = profiles
        self._subject_goes = subject_goes
        self.relations = 0
        """Rows of relations and profiles that are left out."""

    def without(self, lines: Iterable[bytes]) -> Iterator[bytes]:
        """The export's pieces.

        Raises:
            UnknownForm: a line is none of an export.
        """
        parts = iter(lines)
        head = head_of(next(parts, b""))
        if self._subject_goes and head.get("profile") is not None:
            head["profile"] = None
            self.relations += 1
        yield encoded(self._scrubber.without(head)).removesuffix(b"}")
        section, rows = "", 0
        for line in parts:
            text = line.rstrip(b"\n")
            if found := _SECTION.match(text):
                section, rows = found[1].decode(), 0
                yield b',\n"' + found[1] + b'":[' + (b"]" if found[2] else b"")
            elif text.startswith(b'"streams":'):
                yield b",\n" + self._streams(text)
            else:
                ends = text.endswith((b"]", b"],"))
                row = self._row(
                    text.removesuffix(b",").removesuffix(b"]") if ends else text.removesuffix(b","), section
                )
                if row is not None:
                    yield (b",\n" if rows else b"\n") + row
                    rows += 1
                if ends:
                    yield b"]"

    def _row(self, text: bytes, section: str) -> bytes | None:
        if self._subject_goes and section in _LISTS:
            self.relations += 1
            return None
        of_people = section in _PEOPLE and bool(self._profiles)
        if not of_people and not self._scrubber.may_touch(text):
            return text
        row = _loaded(json.loads, text)
        if of_people and row.get("username") in self._profiles:
            self.relations += 1
            return None
        if self._scrubber.is_about(row):
            self._scrubber.deleted += 1
            return None
        return encoded(self._scrubber.without(row)) if self._scrubber.touches(row) else text

    def _streams(self, text: bytes) -> bytes:
        reports = _loaded(json.loads, b"{" + text)
        return encoded(self._scrubber.without(reports)).removeprefix(b"{") + b"\n"


def _loaded(load: Callable[[bytes], Any], text: bytes) -> dict[str, Any]:
    try:
        value = load(text)
    except ValueError as error:
        raise UnknownForm from error
    if not isinstance(value, dict):
        raise UnknownForm
    return value
