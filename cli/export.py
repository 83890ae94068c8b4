"""`tiktok-collector export`: a table of the row store as a file, for analysis or for sharing."""

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from cli.commands import about_a_stack_or_files
from cli.exit_codes import ExitCode
from cli.export_naming import default_is_identified, pseudonyms
from cli.failures import Failure
from cli.lake import Reach, file_beside, lake_problems, limits, patiently, source_of
from cli.screen import Screen
from cli.words import counted, visible
from tiktok_collector.clock import Clock, SystemClock
from tiktok_collector.errors import InvalidRequest
from tiktok_collector.pseudonyms.people import Pseudonyms
from tiktok_lake.formats import Format
from tiktok_lake.reading import Days, OpenLake, opened
from tiktok_lake.sharing.about import about_columns, about_path, statement, write_about
from tiktok_lake.sharing.aggregate import AggregateOrder, aggregate
from tiktok_lake.sharing.cells import Smallest
from tiktok_lake.sharing.export import EXPORTED, ExportOrder, export_ids, export_rows

_FILE: Final = "export"


class Shape(StrEnum):
    """What is exported, and how."""

    PARQUET = "parquet"
    CSV = "csv"
    JSONL = "jsonl"
    IDS = "ids"
    AGGREGATE = "aggregate"


_SUFFIX: Final = {Shape.IDS: "txt", Shape.AGGREGATE: "csv"}
_NAMES_NOBODY: Final = frozenset({Shape.IDS, Shape.AGGREGATE})


@about_a_stack_or_files
def export(
    screen: Screen,
    reach: Reach,
    *,
    table: Annotated[str, typer.Option("--table", help="The table; or videos_latest, accounts_latest.")],
    shape: Annotated[Shape, typer.Option("--format", help="Rows, ids alone, or counts.")] = Shape.PARQUET,
    since: Annotated[str | None, typer.Option("--since", help="The first UTC day of fetching, YYYY-MM-DD.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="The last one.")] = None,
    identified: Annotated[
        bool | None,
        typer.Option("--identified/--pseudonymous", help="Whether it names people.", show_default="as the study says"),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The file.", show_default="named after the table, here", dir_okay=False),
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--from", help="A folder that `download` filled.", show_default="the stack's bucket")
    ] = None,
    by: Annotated[
        str | None, typer.Option("--by", help="Of aggregate: the dimensions, such as region_code,created_day.")
    ] = None,
    min_cell: Annotated[
        int, typer.Option("--min-cell", min=1, help="Of aggregate: the fewest rows of a cell that is shown.")
    ] = 10,
    min_accounts: Annotated[
        int, typer.Option("--min-accounts", min=1, help="Of aggregate: the fewest accounts of such a cell.")
    ] = 3,
    plain: Annotated[
        bool, typer.Option("--plain", help="Of CSV: without the marks that make it safe in a spreadsheet.")
    ] = False,
    memory: Annotated[int, typer.Option("--memory", min=1, max=1024, help="Gigabytes that DuckDB may take.")] = 2,
) -> None:
    """Writes rows of the row store into a file, with pseudonyms in place of names unless you ask otherwise.

    A small JSON file beside it says what it is. `--format ids` writes ids alone; `--format aggregate` counts, without
    small cells.

    Example: `tiktok-collector export --table videos_latest --format csv --since 2026-11-01 --output videos.csv`
    """
    days = Days(_day("--since", since), _day("--until", until))
    if days.first and days.last and days.first > days.last:
        raise Failure(ExitCode.USAGE, f"--since {days.first} is after --until {days.last}: no day is between them.")
    _check(table, shape, by=by, identified=identified, plain=plain)
    if identified is None:
        identified = shape not in _NAMES_NOBODY and default_is_identified(reach, folder)
    clock = SystemClock()
    target = output or Path(f"{table}_{shape}_{clock.now():%Y%m%d_%H%M%S}.{_SUFFIX.get(shape, shape)}")
    with lake_problems(wrong=InvalidRequest), file_beside(target) as beside:
        people = None if identified or shape in _NAMES_NOBODY else pseudonyms(reach)
        source = source_of(reach, folder)
        path = beside / _FILE
        with opened(source, limits(source, memory)) as lake:
            lake.check_rows()
            work = _Work(lake, path, table, days, clock, plain=plain)
            said = patiently(
                screen,
                lake.connection,
                "exporting",
                {
                    Shape.IDS: work.ids,
                    Shape.AGGREGATE: lambda: work.cells((by or "").split(","), Smallest(min_cell, min_accounts)),
                }.get(shape, lambda: work.rows(shape, people)),
            )
        _put(path, target, said)
    screen.show({"file": str(target), **said}, _told(target, said))


class _Work:
    """One export, of whichever shape; each method writes the file and returns what it says of itself."""

    def __init__(self, lake: OpenLake, path: Path, table: str, days: Days, clock: Clock, *, plain: bool) -> None:
        self._lake = lake
        self._path = path
        self._table = table
        self._days = days
        self._clock = clock
        self._plain = plain

    def rows(self, shape: Shape, people: Pseudonyms | None) -> dict[str, Any]:
        order = ExportOrder(table=self._table, form=Format(shape), days=self._days, people=people, plain=self._plain)
        count = export_rows(self._lake, order, self._path)
        said = self._said(shape, count, people, names_people=people is None)
        return said | about_columns(order.base, order.columns, identified=people is None)

    def ids(self) -> dict[str, Any]:
        return self._said(Shape.IDS, export_ids(self._lake, self._table, self._days, self._path))

    def cells(self, by: list[str], smallest: Smallest) -> dict[str, Any]:
        dimensions = tuple(each.strip() for each in by if each.strip())
        order = AggregateOrder(table=self._table, by=dimensions, smallest=smallest, days=self._days, plain=self._plain)
        found = aggregate(self._lake, order, self._path)
        return {
            **self._said(Shape.AGGREGATE, found.shown),
            "by": list(dimensions),
            "min_cell": smallest.rows,
            "min_accounts": smallest.accounts,
            "cells_held_back": found.held_back,
        }

    def _said(
        self, shape: Shape, rows: int, people: Pseudonyms | None = None, *, names_people: bool = False
    ) -> dict[str, Any]:
        return statement(
            table=self._table,
            form=shape,
            days=self._days,
            rows=rows,
            people=people,
            names_people=names_people,
            clock=self._clock,
        )


def _check(table: str, shape: Shape, *, by: str | None, identified: bool | None, plain: bool) -> None:
    if table not in EXPORTED:
        raise Failure(ExitCode.USAGE, f"There is no table {table} to export: there are {', '.join(EXPORTED)}.")
    if (by is None) is (shape is Shape.AGGREGATE):
        raise Failure(
            ExitCode.USAGE,
            "By what shall be counted? Add --by, such as --by region_code,created_month."
            if by is None
            else "--by is about counts: add --format aggregate, or leave it out.",
        )
    if identified is not None and shape in _NAMES_NOBODY:
        raise Failure(ExitCode.USAGE, f"--format {shape} names nobody: leave --identified and --pseudonymous out.")
    if plain and shape not in {Shape.CSV, Shape.AGGREGATE}:
        raise Failure(ExitCode.USAGE, "--plain is about CSV: add --format csv, or leave it out.")


def _day(option: str, text: str | None) -> str | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise Failure(ExitCode.USAGE, f"{option} {text} is no day: write it as YYYY-MM-DD.") from error


def _put(path: Path, target: Path, said: dict[str, Any]) -> None:
    """The file and what it says of itself, the latter first: no export lies about without it."""
    write_about(path, said)
    about_path(path).replace(about_path(target))
    path.replace(target)


def _told(target: Path, said: dict[str, Any]) -> str:
    what = "cell" if said["format"] == Shape.AGGREGATE else "id" if said["format"] == Shape.IDS else "row"
    names = (
        "it names people"
        if said["identified"]
        else f"pseudonyms of the key {said['pseudonyms']['key']}"
        if said["pseudonyms"]
        else f"{said['cells_held_back']:,} held back"
        if "cells_held_back" in said
        else "nobody is named"
    )
    about = visible(about_path(target).name)
    return f"{counted(said['rows'], what)} in {visible(str(target))} ({names}); {about} says what it is."
