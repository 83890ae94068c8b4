"""The row store as commands read it: the stack's bucket, or a folder that mirrors one; and long work with Ctrl-C."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from os import cpu_count
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Final

import duckdb
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from cli.exit_codes import ExitCode
from cli.failures import Failure
from cli.screen import Screen
from cli.target import Target
from tiktok_collector.errors import InvalidRequest
from tiktok_lake.engine import EngineLimits
from tiktok_lake.query import WrongQuery
from tiktok_lake.reading import LakeEmpty
from tiktok_lake.sources import BucketSource, FolderSource, LakeChanged, Source

type Reach = Callable[[], Target]

_GIGABYTE: Final = 1024**3
_REQUESTS_AT_ONCE: Final = 16
"""Over the network a thread mostly waits."""
_MOST_WORDS: Final = 300
_LOOKED_AT_EVERY: Final = 0.1
"""Seconds."""


def source_of(reach: Reach, folder: Path | None) -> Source:
    """Where to read from.

    Raises:
        Failure: the folder holds no row store, or the stack cannot be found.
    """
    if folder is None:
        target = reach()
        return BucketSource(target.aws.s3, target.stack.bucket)
    if not folder.is_dir():
        raise Failure(ExitCode.NOT_FOUND, f"There is no folder {folder}: name one that `download` has filled.")
    return FolderSource(folder)


def limits(source: Source, memory: int) -> EngineLimits:
    """What DuckDB may take: so many gigabytes, and a thread for each core, or more where it waits for S3."""
    cores = cpu_count() or 1
    threads = cores if isinstance(source, FolderSource) else max(cores, _REQUESTS_AT_ONCE)
    return EngineLimits(memory=memory * _GIGABYTE, threads=threads)


@contextmanager
def lake_problems(wrong: type[InvalidRequest] = WrongQuery) -> Iterator[None]:
    """What is wrong with what was asked (`wrong`), or with the row store, with their exit codes."""
    try:
        yield
    except LakeChanged as error:
        raise Failure(ExitCode.NO_ANSWER, str(error)) from error
    except LakeEmpty as error:
        raise Failure(ExitCode.NOT_FOUND, str(error)) from error
    except wrong as error:
        raise Failure(ExitCode.USAGE, str(error)) from error
    except duckdb.OutOfMemoryException as error:
        raise Failure(
            ExitCode.USAGE, "That takes more memory than DuckDB was given: give it more with --memory."
        ) from error
    except duckdb.Error as error:
        said = " ".join(str(error).split())[:_MOST_WORDS]
        raise Failure(ExitCode.INVALID, f"The row store cannot be read ({said}).") from error


@contextmanager
def file_beside(output: Path | None) -> Iterator[Path]:
    """A folder for a file on its way to `output`: on the same disk, so that it appears there whole or not at all."""
    parent = None if output is None else output.absolute().parent
    if parent is not None and not parent.is_dir():
        raise Failure(ExitCode.USAGE, f"There is no folder {parent}: make it, or name another with --output.")
    try:
        made = TemporaryDirectory(dir=parent, prefix=".tiktok-collector-")
    except OSError as error:
        raise Failure(
            ExitCode.USAGE, f"The folder {parent} cannot be written ({error.strerror}): name another with --output."
        ) from error
    with made as folder:
        yield Path(folder)


def patiently[T](screen: Screen, connection: duckdb.DuckDBPyConnection, doing: str, work: Callable[[], T]) -> T:
    """What `work` returns, with a bar of DuckDB's progress on a terminal; Ctrl-C ends the query."""
    done: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except BaseException as error:  # noqa: BLE001 # raised again in the thread that waits
            failed.append(error)

    thread = Thread(target=run, name="query", daemon=True)
    with Progress(
        TextColumn("    {task.description}"),
        BarColumn(bar_width=28),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=screen.err,
        transient=True,
        disable=screen.as_json or not screen.err.is_terminal,
    ) as progress:
        task = progress.add_task(doing, total=100)
        thread.start()
        try:
            while thread.is_alive():
                thread.join(_LOOKED_AT_EVERY)
                progress.update(task, completed=max(0.0, connection.query_progress()))
        except KeyboardInterrupt:
            connection.interrupt()
            thread.join()
            raise
    if failed:
        raise failed[0]
    return done[0]
