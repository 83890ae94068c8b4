"""`tiktok-collector download`: the stack's data into a folder, only what is new."""

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from cli.commands import about_a_stack
from cli.exit_codes import ExitCode
from cli.failures import Failure
from cli.screen import Screen
from cli.target import Target
from cli.words import counted, visible
from local_cloud.errors import LocalCloudError
from local_cloud.mirror import Mirrored, Wanted, mirror

_INDEX: Final = ".downloaded.json"


class Part(StrEnum):
    """The parts of the bucket, by their prefix."""

    CURATED = "curated"
    EXPORTS = "exports"
    MANIFESTS = "manifests"
    RAW = "raw"
    REPORTS = "reports"
    TRENDS = "trends"
    USAGE = "usage"
    STUDIES = "studies"
    CONFIG = "config"


@about_a_stack
def download(
    screen: Screen,
    target: Target,
    *,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to", help="The folder.", show_default="out/<stack>, or out/ for the local cloud", file_okay=False
        ),
    ] = None,
    since: Annotated[str | None, typer.Option("--since", help="Only what changed on this UTC day or later.")] = None,
    only: Annotated[
        list[Part] | None, typer.Option("--only", help="Only this part; may be given several times.")
    ] = None,
) -> None:
    """Fetches what the folder does not have, or no longer as it was.

    Files of the row store and raw pages that it fetched and that have gone from the bucket, merged or deleted, go here,
    too; nothing else is removed. Each file's SHA-256 is kept, so a file that was changed is fetched again. Broken off,
    it goes on where it was.

    Example: `tiktok-collector download --only exports --since 2026-11-01 --to data`
    """
    folder, index = places_of(target, to)
    wanted = Wanted(tuple(f"{part}/" for part in only) if only else ("",), _first_day(since))
    with Progress(
        TextColumn("    {task.description}"),
        BarColumn(bar_width=28),
        DownloadColumn(),
        TimeRemainingColumn(),
        console=screen.err,
        transient=True,
        disable=screen.as_json or not screen.err.is_terminal,
    ) as progress:
        found = _fetch(target, folder, index, wanted, progress)
    screen.show(
        {"folder": str(folder), "objects": found.objects, "fetched": found.fetched, "removed": found.removed},
        f"{counted(found.objects, 'object')} in {visible(str(folder))}, {found.fetched:,} of them new"
        + (f"; {counted(found.removed, 'file')} gone from the bucket and removed here." if found.removed else "."),
    )


def _fetch(target: Target, folder: Path, index: Path, wanted: Wanted, progress: Progress) -> Mirrored:
    task = progress.add_task("looking", total=None)
    try:
        return mirror(
            target.aws.s3,
            target.stack.bucket,
            folder,
            index,
            wanted,
            begin=lambda count, size: progress.update(task, total=size, description=counted(count, "object")),
            fetched=lambda size: progress.advance(task, size),
        )
    except LocalCloudError as error:
        raise Failure(ExitCode.USAGE, str(error)) from error
    except OSError as error:
        raise Failure(
            ExitCode.USAGE, f"The folder {folder} cannot be written ({error.strerror}): name another with --to."
        ) from error


def places_of(target: Target, to: Path | None) -> tuple[Path, Path]:
    """The folder and its index. The local cloud's own folder is the one that `make run` fills."""
    if to is None and target.layout is not None:
        return target.layout.out, target.layout.file("mirror.json")
    folder = to if to is not None else Path("out") / target.name
    return folder, folder / _INDEX


def _first_day(text: str | None) -> datetime:
    if text is None:
        return Wanted().since
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as error:
        raise Failure(ExitCode.USAGE, f"--since {text} is no day: write it as YYYY-MM-DD.") from error
