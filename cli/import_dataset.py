"""`tiktok-collector import FILE`: somebody's dataset into the row store, converted on this machine."""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Final

import msgspec
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli.commands import about_a_stack_or_files
from cli.exit_codes import ExitCode
from cli.failures import Failure
from cli.import_screen import document, pictures, refused_rows
from cli.screen import Screen
from cli.target import Target
from cli.words import visible
from tiktok_collector.clock import from_iso
from tiktok_lake.engine import EngineLimits
from tiktok_lake.files import LakeFiles
from tiktok_lake.imports.conversion import Converted, Dataset, convert
from tiktok_lake.imports.earlier import EarlierImports
from tiktok_lake.imports.mapping_file import InvalidMapping, MappingFile, read_mapping
from tiktok_lake.imports.names import REPORT, digest, import_id, mapping_key
from tiktok_lake.imports.report import ImportReport
from tiktok_lake.imports.storing import AlreadyImported, ImportStore, holds_rows
from tiktok_lake.keys import CURATED, IMPORTED, IMPORTS

_GIGABYTE: Final = 1024**3
_SHOWN: Final = 10
"""Quarantined rows on the screen."""

type _Step = Callable[[str, int, int], None]


@about_a_stack_or_files
def import_dataset(
    screen: Screen,
    reach: Callable[[], Target],
    *,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, JSON or JSON lines; plain, gz or zst.")],
    mapping: Annotated[
        Path | None,
        typer.Option("--mapping", help="What its columns are.", show_default="FILE.mapping.yaml", dir_okay=False),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be taken.")] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="A folder for the Parquet files, in place of a stack.", file_okay=False),
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Even if the row store has this very file.")] = False,
    memory: Annotated[int, typer.Option("--memory", min=1, max=1024, help="Gigabytes that DuckDB may take.")] = 2,
) -> ExitCode:
    """Takes a dataset of somebody into the row store: recognised by its columns, mapped to its tables.

    The file itself stays here. What became of it is in FILE.report.json; the same file again doubles nothing.

    Example: `tiktok-collector import videos.csv --dry-run`
    """
    if not file.is_file():
        raise Failure(ExitCode.NOT_FOUND, f"There is no file {file}.")
    dataset = _dataset(file, mapping)
    target = None if dry_run or output is not None else reach()
    limits = EngineLimits(memory=memory * _GIGABYTE)
    with TemporaryDirectory(prefix="tiktok-collector-") as scratch, _bar(screen) as step:
        if target is None:
            before = None if output is None else _earlier(output, file)
            if before is not None and before.import_id == dataset.import_id:
                dataset = msgspec.structs.replace(dataset, imported_at=from_iso(before.imported_at))
            converted = convert(dataset, Path(scratch), engine_limits=limits, progress=step)
            report = converted.report
            if output is not None and not dry_run:
                report = _moved(converted, output, before, step)
        else:
            converted, report = _stored(dataset, target, Path(scratch), limits, step, again=again)
        refused = refused_rows(converted, _SHOWN)
    if not dry_run:
        _write_report(screen, _report_path(file, output), report)
    screen.show(document(report, dry_run=dry_run), *pictures(report, refused, dry_run=dry_run))
    return ExitCode.DONE if any(report.taken.values()) else ExitCode.INVALID


def _dataset(file: Path, mapping: Path | None) -> Dataset:
    """The file with what its mapping file says."""
    beside = mapping or file.with_name(mapping_key(file.name))
    content = b""
    told: MappingFile | None = None
    if mapping is not None or beside.is_file():
        try:
            content = beside.read_bytes()
            told = read_mapping(content, beside.name)
        except OSError as error:
            raise Failure(ExitCode.NOT_FOUND, f"The mapping file {beside} cannot be read: {error.strerror}.") from error
        except InvalidMapping as error:
            raise Failure(ExitCode.INVALID, *map(str, error.problems)) from error
    key = f"{IMPORTS}{file.name}"
    return Dataset(
        path=file,
        name=file.name,
        key=key,
        import_id=import_id(key, _digest_of(file), digest(content) if content else ""),
        imported_at=datetime.now(UTC),
        mapping=told,
    )


def _digest_of(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise Failure(ExitCode.NOT_FOUND, f"The file {file} cannot be read: {error.strerror}.") from error


def _stored(
    dataset: Dataset, target: Target, folder: Path, limits: EngineLimits, step: _Step, *, again: bool
) -> tuple[Converted, ImportReport]:
    files = LakeFiles(target.aws.s3, target.stack.bucket)
    store = ImportStore(files, target.aws.dynamodb, target.stack.tasks_table, target.clock)
    if store.has(dataset.key, dataset.import_id) and not again:
        raise Failure(
            ExitCode.USAGE, f"The row store has this very file as {dataset.key}; --again writes its rows once more."
        )
    begun = from_iso(store.imported_at(dataset.key, dataset.import_id))
    dataset = msgspec.structs.replace(dataset, imported_at=begun)
    earlier = EarlierImports(files, store.files_of(dataset.key), folder)
    converted = convert(dataset, folder, engine_limits=limits, progress=step, look=earlier.look)
    converted.report.known_before = earlier.known
    count = 0

    def one_more(_: str) -> None:
        nonlocal count
        count += 1
        step("storing", count, len(converted.files))

    step("storing", 0, len(converted.files))
    try:
        return converted, store.store(dataset, converted, again=again, stored=one_more)
    except AlreadyImported as error:
        raise Failure(ExitCode.USAGE, str(error)) from error


def _report_path(file: Path, output: Path | None) -> Path:
    return (file if output is None else output / file.name).with_name(file.name + REPORT)


def _earlier(output: Path, file: Path) -> ImportReport | None:
    """The report of this file's last import into the folder, which names what that has written."""
    try:
        return msgspec.json.decode(_report_path(file, output).read_bytes(), type=ImportReport)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def _moved(converted: Converted, output: Path, before: ImportReport | None, step: _Step) -> ImportReport:
    """Puts the Parquet files where a mirror of the bucket has them, in place of those of the file's last import."""
    earlier = [each for each in before.files if _is_ours(each)] if before is not None else []
    if not converted.has_rows and holds_rows(earlier):
        # What the last import has written stays, and the report is what remembers it.
        return msgspec.structs.replace(converted.report, files=earlier)
    names: list[str] = []
    try:
        for number, each in enumerate(converted.files):
            step("writing", number, len(converted.files))
            place = Path("curated", each.table, f"dt={each.day}", each.path.name)
            (output / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(each.path, output / place)
            names.append(place.as_posix())
        for name in {*earlier} - {*names}:
            (output / name).unlink(missing_ok=True)
    except OSError as error:
        raise Failure(
            ExitCode.USAGE, f"The folder {output} cannot be written ({error.strerror}): name another with --output."
        ) from error
    return msgspec.structs.replace(converted.report, files=names)


def _is_ours(name: str) -> bool:
    """Whether an import can have written it; a report may have been edited."""
    parts = Path(name).parts
    return parts[:1] == (CURATED.rstrip("/"),) and ".." not in parts and parts[-1].startswith(IMPORTED)


def _write_report(screen: Screen, path: Path, report: ImportReport) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n")
    except OSError as error:
        screen.say(f"The report could not be written to {path} ({error.strerror}); --json prints it.")


@contextmanager
def _bar(screen: Screen) -> Iterator[_Step]:
    with Progress(
        TextColumn("    {task.description}"),
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=screen.err,
        transient=True,
        disable=screen.as_json or not screen.err.is_terminal,
    ) as progress:
        task = progress.add_task("reading", total=None)

        def step(doing: str, done: int, of: int) -> None:
            progress.update(task, description=visible(doing), completed=done, total=of or None)

        yield step
