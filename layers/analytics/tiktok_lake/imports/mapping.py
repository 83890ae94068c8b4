"""From a recognised file to the SQL that takes its rows.

The SQL has stages, each over the one before: the columns as they are read; ids; the other values, some of which are
read with the time that the id carries; and what is said of the row as a whole.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from tiktok_lake.engine import identifier, quoted
from tiktok_lake.imports.columns import ITEM, FoundColumns
from tiktok_lake.imports.comment_ids import comment_columns
from tiktok_lake.imports.families.family import Family, Reading
from tiktok_lake.imports.mapped_table import EARLY, MappedTable
from tiktok_lake.imports.mapping_file import MappingFile
from tiktok_lake.imports.marks import is_marked
from tiktok_lake.imports.notes import notes_of
from tiktok_lake.imports.plan import Note, Plan
from tiktok_lake.imports.reading.source import LINE, SOURCE, Source
from tiktok_lake.imports.recognition import Recognition, Sample
from tiktok_lake.imports.refusals import NUMBER, Refusals
from tiktok_lake.imports.rounding import rounded_columns
from tiktok_lake.imports.targets import EXTRA, FETCHED, REASON, RECEIVED, targets_of
from tiktok_lake.imports.texts import Texts
from tiktok_lake.imports.told import family_as_told
from tiktok_lake.imports.values.expressions import Conventions, value
from tiktok_lake.imports.values.macros import SETUP

_PLACE: Final = "_place"
"""Of an element in its list."""
_NO_TIME: Final = "NULL::BIGINT"


def plan_of(
    source: Source,
    sample: Sample,
    recognition: Recognition,
    mapping: MappingFile | None = None,
    imported_at: datetime | None = None,
) -> Plan:
    """How the rows of a file whose family is known become rows of the row store.

    Args:
        source: The file.
        sample: Some of its first rows.
        recognition: What it is.
        mapping: What its author knows better.
        imported_at: Ids that carry a later time are refused; None: that is not looked at.
    """
    family = family_as_told(recognition.family or "", mapping)
    renamed = recognition.names or source.columns
    rounded = rounded_columns(
        [dict(zip(renamed, (row.get(each) for each in source.columns), strict=True)) for row in sample]
    )
    settings = mapping or MappingFile()
    refusals = Refusals(any_id=settings.ids == "any", imported_at=imported_at)
    marked = is_marked(family, source.encoding, sample)
    columns = FoundColumns(renamed, explode=family.explode, sample=sample)
    return _Planner(source, columns, family, settings, refusals=refusals, rounded=rounded, marked=marked).plan()


class _Planner:
    """Puts the stages together."""

    def __init__(
        self,
        source: Source,
        columns: FoundColumns,
        family: Family,
        mapping: MappingFile,
        *,
        refusals: Refusals,
        rounded: frozenset[str],
        marked: bool,
    ) -> None:
        self._source = source
        self._columns = columns
        self._names = columns.names
        self._exploded = columns.exploded
        self._family = family
        self._mapping = mapping
        self._refusals = refusals
        self._marked = marked
        self._texts = Texts()
        self._tables = [
            MappedTable(
                each,
                self._columns,
                beside=source.beside,
                row=self._row_for_tables(),
                place=_PLACE if self._exploded is not None else LINE,
                texts=self._texts,
                conventions=Conventions(time_zone=mapping.time_zone, dates=mapping.dates, decimals=mapping.decimals),
                rounded=rounded,
            )
            for each in family.tables
        ]
        self._main = self._tables[0]
        taken = frozenset[str]().union(*(each.taken for each in self._tables), family.repeats)
        self._kept = [each for each in self._names if each not in taken] if self._main.has_extra else []
        self._emptied = {each.source.partition("[]")[0] for each in self._main.first_fields()}
        """Of the elements of an exploded list, the fields that are wholly in the table."""

    def plan(self) -> Plan:
        """Everything that is to be done with the file."""
        notes = notes_of(self._tables, self._mapping, self._refusals)
        taken = f"{self._main.column(REASON)} IS NULL"
        said = [f"{condition} AS {identifier(f'_note_{place}')}" for place, (_, condition) in enumerate(notes)]
        # Before the stages are written: they have every text that is asked for.
        last = [LINE, f"{self._fetched()} AS {FETCHED}", f"{self._extra()} AS {EXTRA}", *self._typed(), *said]
        if self._exploded is not None:
            refused = " OR ".join(f"{table.column(REASON)} IS NOT NULL" for table in self._tables)
            last.append(f"CASE WHEN {refused} THEN {self._row_for_tables()} END AS {RECEIVED}")
        return Plan(
            setup=SETUP,
            typed=f"SELECT {', '.join(last)} FROM ({self._stages()})",
            row=None if self._exploded is not None else self._as_received(),
            targets=tuple(targets_of(self._tables, self._refusals, received=self._exploded is not None)),
            notes=tuple(
                Note(sentence=sentence, condition=f"{identifier(f'_note_{place}')} AND {taken}")
                for place, (sentence, _) in enumerate(notes)
            ),
            kept=self._kept_names(),
        )

    def _as_received(self) -> str:
        return _as_json({each: identifier(each) for each in self._source.columns})

    def _kept_names(self) -> tuple[str, ...]:
        if self._exploded is None or not self._kept:
            return tuple(self._kept)
        return self._columns.parts(*(each for each in self._columns.fields if each not in self._emptied))

    def _stages(self) -> str:
        stage = f"SELECT {self._as_named()} FROM {SOURCE}"
        if self._exploded is not None:
            stage = f"SELECT *, tt_elements({self._exploded.sql}) AS _items FROM ({stage})"
            stage = f"SELECT *, unnest(_items) AS {ITEM}, generate_subscripts(_items, 1) AS {_PLACE} FROM ({stage})"
        for columns in self._texts.stages():
            stage = _with(stage, columns)
        stage = _with(stage, [each for table in self._tables for each in self._ids(table)])
        stage = _with(stage, [each for table in self._tables for each in self._values(table)])
        return _with(
            stage,
            [
                each
                for table in self._tables
                if table.name == "comments"
                for each in comment_columns(table, self._refusals)
            ],
        )

    def _as_named(self) -> str:
        read = "tt_unmarked({})" if self._marked else "{}"
        named = (f"{read.format(identifier(was))} AS {self._columns.sql(name)}" for was, name in self._pairs())
        return ", ".join((LINE, *named))

    def _pairs(self) -> Iterator[tuple[str, str]]:
        return zip(self._source.columns, self._names, strict=True)

    def _ids(self, table: MappedTable) -> Iterator[str]:
        for name in table.own_columns():
            if name in EARLY:
                kept_as = NUMBER if (table.name, name) == ("comments", "comment_id") else name
                yield f"{table.expression(name, _NO_TIME)} AS {table.column(kept_as)}"

    def _values(self, table: MappedTable) -> Iterator[str]:
        known = _NO_TIME
        if table.name in {"videos", "comments"}:
            known = f"tt_time_of_id({table.column(NUMBER if table.name == 'comments' else 'video_id')})"
        for name in table.own_columns():
            if name not in EARLY and (table.name, name) != ("comments", "parent_comment_id"):
                yield f"{table.expression(name, known)} AS {table.column(name)}"

    def _typed(self) -> Iterator[str]:
        for table in self._tables:
            yield from (table.column(name) for name in table.own_columns())
            yield f"{self._refusals.of(table)} AS {table.column(REASON)}"

    def _fetched(self) -> str:
        found = [each for name in self._family.fetched_at if (each := self._columns.find(name)) is not None]
        read = [value(Reading.STAMP, self._texts.of(each.sql), Conventions()) for each in found]
        if (collected := self._mapping.collected) is not None:
            read.append(f"TIMESTAMP {quoted(f'{collected:%Y-%m-%d %H:%M:%S.%f}')}")
        return f"coalesce({', '.join(read)})" if read else "NULL::TIMESTAMP"

    def _extra(self) -> str:
        """The columns that no table has, and texts that cannot be read, as a JSON object of texts; null if none."""
        if not self._main.has_extra:
            return "NULL"
        base = _as_json(self._named_columns(self._kept))
        if self._exploded is not None:
            nulls = msgspec.json.encode(dict.fromkeys(sorted(self._emptied))).decode()
            base = f"json_merge_patch({ITEM}, {quoted(nulls)})"
        unread = [each for table in self._tables for each in table.unread()]
        unread += [each for table in self._tables if table.name == "comments" for each in self._counters(table)]
        if unread:
            texts = ", ".join(f"{quoted(name)}, CASE WHEN {test} THEN {text} END" for name, text, test in unread)
            any_test = " OR ".join(test for _, _, test in unread)
            base = f"CASE WHEN {any_test} THEN json_merge_patch({base}, json_object({texts})) ELSE {base} END"
        return f"nullif(({base})::VARCHAR, '{{}}')"

    @staticmethod
    def _counters(table: MappedTable) -> Iterator[tuple[str, str, str]]:
        for read in table.reads.get("comment_id", ()):
            own, given = table.column("comment_id"), table.column(NUMBER)
            test = f"({own} < 0 AND {given} IS DISTINCT FROM {own} AND tt_given({read.text.sql}) IS NOT NULL)"
            yield from ((name, read.text.sql, test) for name in read.columns[:1])

    def _row_for_tables(self) -> str:
        if self._exploded is None:
            return _as_json(self._named_columns(self._names))
        around = [each for each in self._names if each not in self._exploded.columns]
        return f"json_merge_patch({_as_json(self._named_columns(around))}, {ITEM})"

    def _named_columns(self, names: Sequence[str]) -> dict[str, str]:
        return {each: self._columns.sql(each) for each in names}


def _with(stage: str, columns: Sequence[str]) -> str:
    return f"SELECT *, {', '.join(columns)} FROM ({stage})" if columns else stage


def _as_json(columns: Mapping[str, str]) -> str:
    """SQL of a JSON object of the columns that have a text: their names, and SQL of each."""
    if not columns:
        return "'{}'::JSON"
    whole = f"json_object({', '.join(f'{quoted(name)}, {sql}' for name, sql in columns.items())})"
    gaps = " OR ".join(f"{sql} IS NULL" for sql in columns.values())
    return f"CASE WHEN {gaps} THEN json_merge_patch('{{}}'::JSON, {whole}) ELSE {whole} END"
