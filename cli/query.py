"""`tiktok-collector query`: SQL over the row store, answered on this machine."""

import shutil
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from cli.commands import about_a_stack_or_files
from cli.exit_codes import ExitCode
from cli.failures import Failure
from cli.lake import Reach, file_beside, lake_problems, limits, patiently, source_of
from cli.query_screen import answer_document, answer_screen, tables_document, tables_screen
from cli.screen import Screen
from cli.words import counted, visible
from tiktok_lake.formats import Format
from tiktok_lake.query import Answer, Question, answered, asked, prepared, written
from tiktok_lake.reading import EMPTY, LakeEmpty, OpenLake, opened
from tiktok_lake.sources import Source
from tiktok_lake.tables import TABLES

_ON_SCREEN: Final = 100


class Shape(StrEnum):
    """How an answer is written."""

    TABLE = "table"
    CSV = "csv"
    JSONL = "jsonl"
    JSON = "json"
    PARQUET = "parquet"


@about_a_stack_or_files
def query(
    screen: Screen,
    reach: Reach,
    *,
    sql: Annotated[
        str | None, typer.Argument(metavar="[SQL]", help="One SELECT.", show_default="what tables there are")
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option("--from", help="A folder that `download` filled, or out/.", show_default="the stack's bucket"),
    ] = None,
    shape: Annotated[Shape, typer.Option("--format", help="How to write the answer.")] = Shape.TABLE,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The file to write.", dir_okay=False)] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100_000, help="The most rows on a screen.")] = _ON_SCREEN,
    plain: Annotated[
        bool, typer.Option("--plain", help="Of CSV: without the marks that make it safe in a spreadsheet.")
    ] = False,
    memory: Annotated[int, typer.Option("--memory", min=1, max=1024, help="Gigabytes that DuckDB may take.")] = 2,
) -> None:
    """Answers SQL from the row store with DuckDB, on this machine; only reads.

    docs/queries.md has queries to begin with.

    On a screen, and with --json, at most --limit rows are shown; files and the other formats have all of them.

    Example: `tiktok-collector query "SELECT region_code, count(*) FROM videos_latest GROUP BY 1" --from out`
    """
    _check(shape, output, plain=plain, as_json=screen.as_json)
    with lake_problems():
        question = None if sql is None else asked(sql)
        source = source_of(reach, folder)
        if question is None:
            _show_tables(screen, source)
        elif shape is Shape.TABLE:
            _show_answer(screen, source, question, limit, memory)
        else:
            _write(screen, source, question, memory, form=Format(shape), output=output, plain=plain)


def _check(shape: Shape, output: Path | None, *, plain: bool, as_json: bool) -> None:
    if shape is Shape.TABLE and output is not None:
        raise Failure(ExitCode.USAGE, "Which format shall the file have? Add --format csv, jsonl, json or parquet.")
    if shape is Shape.PARQUET and output is None:
        raise Failure(ExitCode.USAGE, "Parquet is no text: name a file with --output.")
    if plain and shape is not Shape.CSV:
        raise Failure(ExitCode.USAGE, "--plain is about CSV: add --format csv, or leave it out.")
    if as_json and shape is not Shape.TABLE and output is None:
        raise Failure(ExitCode.USAGE, "--json and --format are two ways to write an answer: leave one of them out.")


def _show_tables(screen: Screen, source: Source) -> None:
    listed = {name: source.files(name) for name in TABLES}
    if not any(listed.values()):
        raise LakeEmpty(EMPTY)
    screen.show(tables_document(listed), tables_screen(listed))


def _show_answer(screen: Screen, source: Source, question: Question, limit: int, memory: int) -> None:
    def work(lake: OpenLake) -> Answer:
        prepared(lake, question)
        return answered(lake, question, limit)

    with opened(source, limits(source, memory)) as lake:
        found = patiently(screen, lake.connection, "asking", lambda: work(lake))
    screen.show(answer_document(found), *answer_screen(found))
    if found.more and not screen.as_json:
        screen.say(f"There are more than these {limit:,} rows: --limit shows more, --format csv --output FILE has all.")


def _write(
    screen: Screen, source: Source, question: Question, memory: int, *, form: Format, output: Path | None, plain: bool
) -> None:
    with file_beside(output) as folder, opened(source, limits(source, memory)) as lake:
        path = folder / f"answer.{form}"

        def work() -> int:
            prepared(lake, question, folder)
            return written(lake, question, path, form, plain=plain)

        count = patiently(screen, lake.connection, "asking", work)
        if output is None:
            _print(path, screen)
            return
        path.replace(output)
    document: dict[str, Any] = {"file": str(output), "rows": count, "format": str(form)}
    screen.show(document, f"{counted(count, 'row')} in {visible(str(output))}.")


def _print(path: Path, screen: Screen) -> None:
    try:
        with path.open("rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        screen.out.on_broken_pipe()  # whoever reads has enough, such as `head`
