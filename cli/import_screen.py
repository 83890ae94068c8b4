"""What `import` shows: what a file was taken for, where its columns go, what was taken and what was not."""

from typing import Any, Final, NamedTuple

import msgspec
from rich.table import Table
from rich.text import Text

from cli.words import counted, line_of, printable
from tiktok_lake.engine import EngineLimits, engine, quoted
from tiktok_lake.imports.conversion import Converted
from tiktok_lake.imports.report import ImportReport, PartReport
from tiktok_lake.tables import QUARANTINE

_LONGEST: Final = 100
_MOST_COLUMNS: Final = 12


class Refused(NamedTuple):
    """A row that was not taken."""

    line: int
    reason: str
    row: str


def refused_rows(converted: Converted, most: int) -> list[Refused]:
    """The first rows that were not taken, as the Parquet files have them."""
    paths = [quoted(str(each.path)) for each in converted.files if each.table == QUARANTINE.name]
    if not paths:
        return []
    with engine(EngineLimits(memory=256 * 1024 * 1024)) as connection:
        rows = connection.execute(
            f"SELECT row_number, reason, coalesce(row::VARCHAR, '') FROM read_parquet([{', '.join(paths)}]) "  # noqa: S608 - quoted
            f"ORDER BY row_number LIMIT {most}"
        ).fetchall()
    return [Refused(*row) for row in rows]


def document(report: ImportReport, *, dry_run: bool) -> dict[str, Any]:
    """The report for a script."""
    found: dict[str, Any] = msgspec.to_builtins(report)
    return {"dry_run": dry_run, **found}


def pictures(report: ImportReport, refused: list[Refused], *, dry_run: bool) -> list[Any]:
    """The report for a person."""
    shown: list[Any] = []
    for part in report.parts:
        shown += _part(part)
    if refused:
        shown += [Text("\nQuarantined, the first of them", style="bold"), _refused(refused)]
    if report.known_before and any(report.known_before.values()):
        known = ", ".join(f"{number:,} {table}" for table, number in report.known_before.items() if number)
        shown.append(f"Earlier imports have {known} of it, too.")
    said = f"A dry run, so nothing is written. {report.outcome}" if dry_run else report.outcome
    return [*shown, Text(), Text(printable(said), style="bold")]


def _part(part: PartReport) -> list[Any]:
    place = f"{part.inside}: " if part.inside else ""
    shown: list[Any] = [
        Text(printable(f"{place}{part.title or 'not recognised'}"), style="bold"),
        Text(printable(f"{part.why}")),
        Text(f"{counted(part.rows, 'row')}, {part.form.replace('_', ' ')}, {part.encoding}", style="dim"),
    ]
    if part.mapped:
        shown += [Text(), _mapped(part)]
    for words, columns in (("Kept in extra", part.kept), ("Missing", part.missing)):
        if columns:
            more = len(columns) - _MOST_COLUMNS
            named = ", ".join(columns[:_MOST_COLUMNS]) + (f" and {more} more" if more > 0 else "")
            shown.append(Text(printable(f"{words}: {named}")))
    shown += [Text(printable(f"{number:,} quarantined: {reason}")) for reason, number in part.quarantined.items()]
    if part.duplicates:
        shown.append(f"{counted(part.duplicates, 'duplicate')} left out")
    return [*shown, *(Text(printable(note)) for note in part.notes)]


def _mapped(part: PartReport) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("table", "column", "read from"):
        table.add_column(name)
    for name, columns in part.mapped.items():
        for number, (column, sources) in enumerate(columns.items()):
            rows = f"{name} ({part.taken.get(name, 0):,})" if number == 0 else ""
            table.add_row(rows, column, Text(printable(line_of(", ".join(sources), _LONGEST))))
    return table


def _refused(refused: list[Refused]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("line", justify="right")
    table.add_column("why")
    table.add_column("row", no_wrap=True, overflow="ellipsis")
    for each in refused:
        table.add_row(f"{each.line}", Text(printable(each.reason)), Text(printable(line_of(each.row, _LONGEST))))
    return table
