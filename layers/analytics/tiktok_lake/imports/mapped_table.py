"""One table of a plan: the SQL of its columns, of why a row is not taken, and of which rows say anything for it."""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from tiktok_lake.columns import ColumnType
from tiktok_lake.engine import identifier, quoted
from tiktok_lake.imports.columns import FoundColumns
from tiktok_lake.imports.families.family import Field, Reading, TableMap, fields_of, reading_of
from tiktok_lake.imports.texts import Texts
from tiktok_lake.imports.values.expressions import Conventions, Text, value
from tiktok_lake.tables import PROVENANCE, TABLES

EARLY: Final = ("video_id", "comment_id", "duet_from_video_id")
"""Columns that others are read with, and so are read first."""
COUNTERS: Final = ("view_count", "like_count", "comment_count", "share_count", "favorites_count")
_ALSO_ELSEWHERE: Final = frozenset(
    {
        Reading.TAGS_OF_TEXT,
        Reading.MENTIONS_OF_TEXT,
        Reading.TAGS_OF_EXTRA,
        Reading.MENTIONS_OF_EXTRA,
        Reading.WHOM_OF_EXTRA,
        Reading.ANSWERS_HOW,
        Reading.ANSWERS_WHOM,
        Reading.IF_DUET,
    }
)
"""Readings that take a part of their column: the whole of it is kept elsewhere."""
_CAN_FAIL: Final = frozenset({Reading.COUNT, Reading.SECONDS, Reading.TIME, Reading.ID, Reading.FLAG})
_MADE: Final = frozenset({*(each.name for each in PROVENANCE), "extra", "created_at"})


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """One alternative of a column: how it is read, and from what text."""

    reading: Reading
    text: Text
    columns: tuple[str, ...]
    field: str = ""
    """Of the elements of an exploded list."""
    explicit: bool = False
    """The family says how to read it, since the column has something else for another table's column, too."""


class MappedTable:
    """The columns of one table, each with where it comes from."""

    def __init__(
        self,
        table: TableMap,
        columns: FoundColumns,
        *,
        beside: Mapping[str, str],
        row: str,
        place: str,
        texts: Texts,
        conventions: Conventions,
        rounded: frozenset[str],
    ) -> None:
        self.map = table
        self.name = table.table
        self._conventions = conventions
        self._columns = columns
        self._beside = beside
        self._row = row
        self._place = place
        self._texts = texts
        self._rounded = rounded
        self.reads: dict[str, tuple[Read, ...]] = {}
        for column, wanted in table.columns.items():
            reads = [self._read(column, each) for each in fields_of(wanted)]
            if found := tuple(each for each in reads if each is not None):
                self.reads[column] = found
        self._infer_references()

    def _read(self, column: str, field: Field) -> Read | None:
        usual = reading_of(self.name, column)
        if not field.is_column:
            text = self._given(field)
            if text is None:
                return None
            reading = usual if field.reading == Reading.BESIDE else field.reading or usual
            return Read(reading=reading, text=self._texts.of(text), columns=())
        found = self._columns.find(field.source)
        if found is None:
            return None
        return Read(
            reading=field.reading or usual,
            text=self._texts.of(found.sql),
            columns=found.columns,
            field=found.field,
            explicit=(field.reading is not None and field.reading != usual) or "|" in field.source,
        )

    def _given(self, field: Field) -> str | None:
        if field.reading == Reading.CONSTANT:
            return quoted(field.source)
        if field.reading == Reading.POSITION:
            return f"({self._place} + {self._rows_before()})"
        if field.reading == Reading.ROW:
            return self._row
        wanted = field.source.casefold()
        for path, text in self._beside.items():
            if path.casefold() == wanted or path.casefold().endswith(f".{wanted}"):
                return quoted(text)
        return None

    def _rows_before(self) -> int:
        """Those of earlier pages, of an answer that says which page it is."""
        ends = {path.rpartition(".")[2]: text for path, text in self._beside.items() if ".pagination." in f".{path}"}
        page, size = ends.get("page", ""), ends.get("size", ends.get("limit", ""))
        return (int(page) - 1) * int(size) if page.isdecimal() and size.isdecimal() and int(page) > 0 else 0

    def _infer_references(self) -> None:
        """Whom a video answers is said in captions, whatever the family."""
        if self.name != "videos":
            return
        captions = [each for each in self.reads.get("video_description", ()) if each.reading == Reading.TEXT]
        for column, reading in (("reference_kind", Reading.ANSWERS_HOW), ("reference_username", Reading.ANSWERS_WHOM)):
            if captions and column not in self.reads and column not in self.map.columns:
                self.reads[column] = tuple(msgspec.structs.replace(each, reading=reading) for each in captions)

    @property
    def taken(self) -> frozenset[str]:
        """The file's columns that are wholly in this table."""
        taken: set[str] = set()
        for reads in self.reads.values():
            first = next((each for each in reads if each.reading not in _ALSO_ELSEWHERE and not each.explicit), None)
            taken.update(first.columns if first is not None else ())
        return frozenset(taken)

    def first_fields(self) -> Iterator[Field]:
        """Where each column's value comes from first."""
        for wanted in self.map.columns.values():
            first = fields_of(wanted)[0]
            if first.is_column and first.reading not in _ALSO_ELSEWHERE:
                yield first

    @property
    def mapped(self) -> dict[str, tuple[str, ...]]:
        """The table's columns and the file's columns, or parts of these, that each is read from."""
        return {
            column: tuple(
                dict.fromkeys(name for each in reads for name in (*each.columns, *self._columns.parts(each.field)))
            )
            for column, reads in self.reads.items()
        }

    def column(self, name: str) -> str:
        """The name of a typed column in the plan's stages."""
        return identifier(f"{self.name}.{name}")

    @property
    def has_extra(self) -> bool:
        """Whether the table keeps what no column of it has."""
        return "extra" in TABLES[self.name].names

    def own_columns(self) -> list[str]:
        """The table's columns that have values of their own, in its order."""
        return [each.name for each in TABLES[self.name].columns if each.name not in _MADE]

    def expression(self, name: str, known: str) -> str:
        """SQL of a column's value."""
        kind = TABLES[self.name].column(name).type
        reads = self.reads.get(name, ())
        if name == "reference_kind" and "duet_from_video_id" in self.reads:
            of_data = f"CASE WHEN {self.column('duet_from_video_id')} IS NOT NULL THEN 'duet' END"
            return f"coalesce({', '.join((of_data, *(self._value(name, each, known) for each in reads)))})"
        if not reads:
            return f"NULL::{kind}"
        found = f"coalesce({', '.join(self._value(name, each, known) for each in reads)})"
        if name == "hashtag_info_list":
            found = f"CASE WHEN contains({reads[0].text.sql}, '{{') THEN {found} END"
        return found if kind != ColumnType.INTEGER else f"TRY_CAST({found} AS INTEGER)"

    def _value(self, name: str, read: Read, known: str) -> str:
        found = value(read.reading, read.text, self._conventions, known)
        if name in EARLY and self._is_rounded(read):
            return f"CASE WHEN NOT tt_ends_rounded({read.text.digits}) THEN {found} END"
        return found

    def _is_rounded(self, read: Read) -> bool:
        return bool(self._rounded.intersection(read.columns))

    def text(self, name: str) -> str:
        """SQL of the text that a column is read from: the first that is given."""
        texts = [f"tt_given({each.text.sql})" for each in self.reads.get(name, ())]
        return f"coalesce({', '.join(texts)})" if texts else "NULL::VARCHAR"

    def lost(self, name: str) -> str:
        """SQL of whether the digits of an id were lost before."""
        reads = [each for each in self.reads.get(name, ()) if self._is_rounded(each)]
        return " OR ".join(f"coalesce(tt_ends_rounded({each.text.digits}), FALSE)" for each in reads) or "FALSE"

    def unread(self) -> list[tuple[str, str, str]]:
        """Of values that may be unreadable: what the file calls them, SQL of the text, SQL of whether that is so."""
        found = []
        for column, reads in self.reads.items():
            read = reads[0]
            names = read.columns or ((read.field,) if read.field else ())
            if column in EARLY[:2] or read.reading not in _CAN_FAIL or len(names) != 1:
                continue
            text = read.text.sql
            failed = f"{self.column(column)} IS NULL AND {text} IS NOT NULL"
            if read.reading == Reading.ID:
                failed += f" AND {read.text.digits} IS DISTINCT FROM 0"
            # Both sides of an AND are worked out for every row, a branch of CASE for the few that come to it.
            test = f"CASE WHEN {failed} THEN tt_given({text}) IS NOT NULL ELSE FALSE END"
            found.append((names[0], text, f"({test})"))
        return found
