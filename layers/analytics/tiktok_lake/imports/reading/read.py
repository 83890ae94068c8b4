"""A file of any form becomes the table `source`; a document with several lists, one list after the other."""

from pathlib import Path
from typing import Final

import duckdb
import msgspec

from tiktok_lake.imports.reading.delimited import read_delimited
from tiktok_lake.imports.reading.documents import Lists, as_lines
from tiktok_lake.imports.reading.forms import form_of
from tiktok_lake.imports.reading.json_rows import read_json_lines
from tiktok_lake.imports.reading.options import ReadingLimits, ReadingOptions
from tiktok_lake.imports.reading.source import REJECTED, Form, Source
from tiktok_lake.imports.reading.text import Text, as_text

_LIMITS: Final = ReadingLimits()
_FOUND_OUT: Final = ReadingOptions()


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A file whose form is known; `lists` are the paths of a document's lists, with dots, else one empty path."""

    form: Form
    lists: tuple[str, ...]
    texts: tuple[Text, ...]
    beside: dict[str, str]
    scratch: Path
    limits: ReadingLimits
    options: ReadingOptions

    def read(self, connection: duckdb.DuckDBPyConnection, place: int = 0) -> Source:
        """Fills the tables `source` and `source_rejected` (see `source.py`) with one of the lists; each but once.

        Raises:
            UnusableFile: nothing can be taken from it.
        """
        connection.execute(f"CREATE OR REPLACE TABLE {REJECTED} (line BIGINT, reason VARCHAR, text VARCHAR)")
        text = self.texts[place]
        if self.form is Form.DELIMITED:
            source = read_delimited(connection, text, self.scratch, self.limits, self.options)
        else:
            inside = self.lists[place] if self.form is Form.JSON_DOCUMENT else None
            source = read_json_lines(connection, text, self.limits, inside=inside, beside=self.beside)
        _make_room(text.path, self.scratch)
        return source


def opened(
    path: Path,
    scratch: Path,
    *,
    name: str | None = None,
    limits: ReadingLimits = _LIMITS,
    options: ReadingOptions = _FOUND_OUT,
) -> Opened:
    """A file as text, and what is in it.

    Args:
        path: The file: CSV and its relatives, JSON, JSON lines; plain, gzip or zstd; in any encoding.
        scratch: An existing folder for the file's text, decompressed; what lies there is left to the caller.
        name: What the person called the file, if that is not the name of `path`.
        limits: What it may take.
        options: How to read it, where a person says so.

    Raises:
        UnusableFile: nothing can be taken from it.
    """
    text = as_text(path, scratch, limits, options)
    form = form_of(text.path, name or path.name)
    found = Lists({"": text.path}, {})
    if form is Form.JSON_DOCUMENT:
        found = as_lines(text.path, scratch, options.inside)
        _make_room(text.path, scratch)
    return Opened(
        form=form,
        lists=tuple(found.files),
        texts=tuple(msgspec.structs.replace(text, path=each) for each in found.files.values()),
        beside=found.beside,
        scratch=scratch,
        limits=limits,
        options=options,
    )


def _make_room(path: Path, scratch: Path) -> None:
    """Removes a file of ours that is needed no more: on the disk of a function they would not all fit."""
    if path.parent == scratch:
        path.unlink()
