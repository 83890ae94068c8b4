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
from tiktok_lake.imports.mapped_table import COUNTERS, EARLY, MappedTable
from tiktok_lake.imports.mapping_file import MappingFile
from tiktok_lake.imports.marks import is_marked
from tiktok_lake.imports.notes import notes_of
from tiktok_lake.imports.plan import TYPED, Note, Plan, Target
from tiktok_lake.imports.reading.source import LINE, SOURCE, Source
from tiktok_lake.imports.recognition import Recognition, Sample
from tiktok_lake.imports.refusals import NUMBER, Refusals
from tiktok_lake.imports.rounding import rounded_columns
from tiktok_lake.imports.texts import Texts
from tiktok_lake.imports.told import family_as_told
from tiktok_lake.imports.values.expressions import Conventions, value
from tiktok_lake.imports.values.macros import SETUP
from tiktok_lake.tables import PROVENANCE, TABLES

_EXTRA: Final = "_extra"
_FETCHED: Final = "_fetched_at"
_REASON: Final = "_reason"
_NO_TIME: Final = "NULL::BIGINT"
_PROVENANCE: Final = frozenset(each.name for each in PROVENANCE)


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
    marked = is_marked(family, sample)
    return _Planner(source, renamed, family, settings, refusals=refusals, rounded=rounded, marked=marked).plan()


class _Planner:
    """Puts the stages together."""

    def __init__(
        self,
        source: Source,
        names: tuple[str, ...],
        family: Family,
        mapping: MappingFile,
        *,
        refusals: Refusals,
        rounded: frozenset[str],
        marked: bool,
    ) -> None:
        self._source = source
        self._names = names
        self._family = family
        self._mapping = mapping
        self._columns = FoundColumns(self._names, explode=family.explode)
        self._refusals = refusals
        self._marked = marked
        self._texts = Texts()
        self._tables = [
            MappedTable(
                each,
                self._columns,
                beside=source.beside,
                row=self._row_for_tables(),
                texts=self._texts,
                conventions=Conventions(time_zone=mapping.time_zone, dates=mapping.dates, decimals=mapping.decimals),
                rounded=rounded,
            )
            for each in family.tables
        ]
        self._main = self._tables[0]
        taken = frozenset[str]().union(*(each.taken for each in self._tables), family.repeats)
        self._kept = [each for each in self._names if each not in taken] if self._has_extra(self._main) else []

    @staticmethod
    def _has_extra(table: MappedTable) -> bool:
        return "extra" in TABLES[table.name].names

    def plan(self) -> Plan:
        """Everything that is to be done with the file."""
        notes = notes_of(self._tables, self._mapping, self._refusals)
        said = [f"{condition} AS {identifier(f'_note_{place}')}" for place, (_, condition) in enumerate(notes)]
        # Before the stages are written: they have every text that is asked for.
        last = [LINE, f"{self._fetched()} AS {_FETCHED}", f"{self._extra()} AS {_EXTRA}", *self._typed(), *said]
        return Plan(
            setup=SETUP,
            typed=f"SELECT {', '.join(last)} FROM ({self._stages()})",
            row=_as_json({each: identifier(each) for each in self._source.columns}),
            targets=tuple(self._targets()),
            notes=tuple(
                Note(sentence=sentence, condition=identifier(f"_note_{place}"))
                for place, (sentence, _) in enumerate(notes)
            ),
            kept=tuple(self._kept),
        )

    def _stages(self) -> str:
        stage = f"SELECT {self._as_named()} FROM {SOURCE}"
        if self._family.explode is not None and (found := self._columns.find(f"{self._family.explode}[]")) is not None:
            stage = f"SELECT *, unnest(from_json({found.sql}, '[\"JSON\"]')) AS {ITEM} FROM ({stage})"
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
            yield f"{self._refusals.of(table)} AS {table.column(_REASON)}"

    def _fetched(self) -> str:
        found = [each for name in self._family.fetched_at if (each := self._columns.find(name)) is not None]
        read = [value(Reading.STAMP, self._texts.of(each.sql), Conventions()) for each in found]
        if (collected := self._mapping.collected) is not None:
            read.append(f"TIMESTAMP {quoted(f'{collected:%Y-%m-%d %H:%M:%S.%f}')}")
        return f"coalesce({', '.join(read)})" if read else "NULL::TIMESTAMP"

    def _extra(self) -> str:
        """The columns that no table has, and texts that cannot be read, as a JSON object of texts; null if none."""
        if not self._has_extra(self._main):
            return "NULL"
        base = _as_json(self._named_columns(self._kept))
        if self._family.explode is not None:
            mapped = {each.source.partition("[]")[0] for each in self._main.first_fields()}
            base = f"json_merge_patch({ITEM}, {quoted(msgspec.json.encode(dict.fromkeys(sorted(mapped))).decode())})"
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
        if self._family.explode is None:
            return _as_json(self._named_columns(self._names))
        found = self._columns.find(f"{self._family.explode}[]")
        around = [each for each in self._names if found is None or each not in found.columns]
        return f"json_merge_patch({_as_json(self._named_columns(around))}, {ITEM})"

    def _named_columns(self, names: Sequence[str]) -> dict[str, str]:
        return {each: self._columns.sql(each) for each in names}

    def _targets(self) -> Iterator[Target]:
        for table in self._tables:
            if table is not self._main and not table.reads:
                continue
            yield self._target(table, table.name, derived=table.map.derived)
            if table.name == "videos" and any(each in table.reads for each in COUNTERS):
                yield self._target(table, "video_stats", derived=True)

    def _target(self, table: MappedTable, name: str, *, derived: bool) -> Target:
        taken = self._says_something(table, name, derived=derived)
        mapped = {column: names for column, names in table.mapped.items() if column in TABLES[name].names}
        return Target(
            table=name,
            select=f"SELECT {LINE}, {_FETCHED} AS fetched_at, {', '.join(self._columns_of(table, name))} "
            f"FROM {TYPED} WHERE {taken}",
            rejected=f"SELECT {LINE}, {table.column(_REASON)} AS reason, {', '.join(self._named(table))} "
            f"FROM {TYPED} WHERE {table.column(_REASON)} IS NOT NULL",
            key=(*TABLES[name].key, *(each for each in table.map.more_key if name == table.name)),
            derived=derived,
            mapped=mapped,
        )

    def _columns_of(self, table: MappedTable, name: str) -> Iterator[str]:
        for column in TABLES[name].columns:
            if column.name in _PROVENANCE:
                continue
            if column.name == "extra":
                yield f"{_EXTRA if table is self._main else 'NULL'}::JSON AS extra"
            elif column.name == "created_at":
                yield f"make_timestamp({table.column('create_time')} * 1000000) AS created_at"
            else:
                yield f"{table.column(column.name)} AS {identifier(column.name)}"

    def _named(self, table: MappedTable) -> Iterator[str]:
        own = table.own_columns()
        for column in ("video_id", "comment_id"):
            held = table.column(column)
            yield (
                f"CASE WHEN {self._refusals.likely(held)} THEN {held} END AS {column}"
                if column in own
                else (f"NULL::BIGINT AS {column}")
            )
        yield f"{table.column('username')} AS username" if "username" in own else "NULL::VARCHAR AS username"

    def _says_something(self, table: MappedTable, name: str, *, derived: bool) -> str:
        """SQL of whether a row belongs into the table."""
        tests = [f"{self._main.column(_REASON)} IS NULL"]
        if table is not self._main:
            tests.append(f"{table.column(_REASON)} IS NULL")
        if name == "video_stats":
            tests.append(f"({_any_given(table, COUNTERS)})")
        elif derived:
            told = [each for each in table.reads if each not in TABLES[name].key and each != "author_id"]
            tests += [f"({_any_given(table, told)})"] if told else []
        return " AND ".join(tests)


def _any_given(table: MappedTable, columns: Sequence[str]) -> str:
    return " OR ".join(f"{table.column(each)} IS NOT NULL" for each in columns)


def _with(stage: str, columns: Sequence[str]) -> str:
    return f"SELECT *, {', '.join(columns)} FROM ({stage})" if columns else stage


def _as_json(columns: Mapping[str, str]) -> str:
    """SQL of a JSON object of the columns that have a text: their names, and SQL of each."""
    if not columns:
        return "'{}'::JSON"
    whole = f"json_object({', '.join(f'{quoted(name)}, {sql}' for name, sql in columns.items())})"
    gaps = " OR ".join(f"{sql} IS NULL" for sql in columns.values())
    return f"CASE WHEN {gaps} THEN json_merge_patch('{{}}'::JSON, {whole}) ELSE {whole} END"
