"""From a file to Parquet files of the row store's tables and a report, on this disk; nothing leaves it."""

import errno
import time
from collections import Counter
from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path
from typing import Final

import duckdb
import msgspec

from tiktok_collector.clock import iso
from tiktok_lake.engine import EngineLimits, engine, quoted
from tiktok_lake.imports.mapping import plan_of
from tiktok_lake.imports.mapping_file import MappingFile
from tiktok_lake.imports.names import file_name
from tiktok_lake.imports.reading.options import ReadingLimits, ReadingOptions
from tiktok_lake.imports.reading.problems import UnusableFile
from tiktok_lake.imports.reading.read import Opened, opened
from tiktok_lake.imports.reading.source import LINE, SOURCE, Source
from tiktok_lake.imports.recognition import Recognition, Sample, recognise
from tiktok_lake.imports.report import ImportReport, PartReport, outcome_of
from tiktok_lake.imports.rows import Rows
from tiktok_lake.tables import QUARANTINE, TABLES

_SAMPLE: Final = 1_000
_LIMITS: Final = ReadingLimits()

type Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is; 0 if nobody knows."""


class Dataset(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is to be imported.

    Attributes:
        path: Where it lies on this disk.
        name: What its author called it, with its ending.
        key: Where it lies in the bucket, or what stands for that.
        import_id: The `run_id` of its rows.
        imported_at: The `fetched_at` of rows of which nobody says when they were collected; UTC.
        mapping: What its author knows better.
    """

    path: Path
    name: str
    key: str
    import_id: str
    imported_at: datetime
    mapping: MappingFile | None = None


class ConvertedFile(msgspec.Struct, frozen=True):
    """A Parquet file for one day of a table."""

    table: str
    day: str
    path: Path
    rows: int


class Converted(msgspec.Struct, frozen=True):
    """The report so far, and the files to store."""

    report: ImportReport
    files: tuple[ConvertedFile, ...]

    @property
    def has_rows(self) -> bool:
        """Whether any row was taken: quarantined ones are none."""
        return any(each.table != QUARANTINE.name for each in self.files)


def convert(
    dataset: Dataset,
    folder: Path,
    *,
    engine_limits: EngineLimits,
    limits: ReadingLimits = _LIMITS,
    progress: Progress = lambda *_: None,
    look: Callable[[duckdb.DuckDBPyConnection, Collection[str]], None] = lambda *_: None,
) -> Converted:
    """Reads, recognises and maps a file; its Parquet files come below `folder`, which exists.

    A file of which nothing can be taken is a report that says so, not an error.

    Args:
        dataset: The file.
        folder: For the Parquet files and for what is needed on the way.
        engine_limits: What DuckDB may take.
        limits: What the file may take.
        progress: Told how far it is.
        look: Is given the connection while it has the rows, and the names of the tables that have some.
    """
    began = time.monotonic()
    report = ImportReport(file=dataset.key, import_id=dataset.import_id, imported_at=iso(dataset.imported_at))
    files: tuple[ConvertedFile, ...] = ()
    scratch = folder / "scratch"
    scratch.mkdir()
    try:
        with engine(engine_limits) as connection:
            rows = Rows(connection, dataset.key, dataset.name, dataset.import_id, dataset.imported_at)
            progress("reading", 0, 0)
            file = opened(dataset.path, scratch, name=dataset.name, limits=limits, options=_options(dataset.mapping))
            for place in range(len(file.lists)):
                progress(f"mapping {file.lists[place]}".strip(), place, len(file.lists) - 1)
                report.parts.append(_part(connection, file, place, dataset.mapping, rows=rows))
            progress("comparing with earlier imports", 0, 0)
            look(connection, rows.tables)
            files = _written(connection, rows, dataset.import_id, folder, progress)
    except UnusableFile as error:
        report.problem = str(error)
    except duckdb.InterruptException as error:
        raise KeyboardInterrupt from error
    except (duckdb.OutOfMemoryException, MemoryError):
        report.problem = "It needs more memory or disk than there is: split it."
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        report.problem = "It needs more disk than there is: split it."
    except duckdb.Error as error:
        report.problem = f"Its rows could not be mapped ({str(error).splitlines()[0]}); this is a defect, report it."
    if report.problem is not None:
        report.parts = []
    _sum_up(report, files)
    report.seconds = round(time.monotonic() - began, 3)
    return Converted(report, files)


def _options(mapping: MappingFile | None) -> ReadingOptions:
    if mapping is None:
        return ReadingOptions()
    return ReadingOptions(
        encoding=mapping.encoding,
        delimiter=mapping.delimiter,
        header=None if mapping.header is None else tuple(mapping.header),
        inside=mapping.rows,
    )


def _part(
    connection: duckdb.DuckDBPyConnection, file: Opened, place: int, mapping: MappingFile | None, *, rows: Rows
) -> PartReport:
    try:
        source = file.read(connection, place)
    except UnusableFile as error:
        if len(file.lists) == 1:
            raise
        return PartReport(inside=file.lists[place], form=file.form.value, encoding="utf-8", why=str(error))
    sample = _sample(connection, source)
    recognition = recognise(source, sample, mapping)
    part = _described(source, recognition)
    part.rows += rows.unread()
    if recognition.family is None or recognition.leaves_out:
        return part
    plan = plan_of(source, sample, recognition, mapping, rows.imported_at)
    rows.take(plan, recognition.family, part)
    part.kept = plan.kept
    part.mapped = {
        target.table: {column: columns for column, columns in target.mapped.items() if columns}
        for target in plan.targets
    }
    return part


def _sample(connection: duckdb.DuckDBPyConnection, source: Source) -> Sample:
    found = connection.execute(f"SELECT * EXCLUDE ({LINE}) FROM {SOURCE} ORDER BY {LINE} LIMIT {_SAMPLE}").fetchall()
    return [dict(zip(source.columns, row, strict=True)) for row in found]


def _described(source: Source, recognition: Recognition) -> PartReport:
    return PartReport(
        inside=source.inside,
        form=source.form.value,
        encoding=source.encoding,
        delimiter=source.delimiter,
        header=source.header,
        rows=source.rows,
        family=recognition.family,
        title=recognition.title,
        why=recognition.why,
        nearest=recognition.nearest,
        missing=recognition.missing,
        notes=[*source.notes, *recognition.warnings],
    )


def _written(
    connection: duckdb.DuckDBPyConnection, rows: Rows, import_id: str, folder: Path, progress: Progress
) -> tuple[ConvertedFile, ...]:
    files = []
    days = list(rows.days())
    # Rows have their lines: to keep them in order as well, one thread waits for the other where memory is short.
    connection.execute("SET preserve_insertion_order = false")
    for number, (table, day) in enumerate(days):
        progress("writing", number, len(days))
        path = folder / "curated" / table / f"dt={day}" / f"{file_name(import_id)}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        names = ", ".join(TABLES[table].names)
        connection.execute(
            f"COPY (SELECT {names} FROM {rows.name(table)} WHERE fetched_at >= DATE {quoted(day)} "
            f"AND fetched_at < DATE {quoted(day)} + 1) TO {quoted(str(path))} "
            "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
        )
        (count,) = connection.fetchone() or (0,)
        files.append(ConvertedFile(table, day, path, int(count)))
    return tuple(files)


def _sum_up(report: ImportReport, files: tuple[ConvertedFile, ...]) -> None:
    taken: Counter[str] = Counter()
    for part in report.parts:
        taken.update(part.taken)
        report.quarantined += sum(part.quarantined.values())
        report.duplicates += part.duplicates
    report.taken = dict(taken)
    days = sorted({each.day for each in files})
    report.days = (days[0], days[-1]) if days else None
    report.outcome = outcome_of(report)
