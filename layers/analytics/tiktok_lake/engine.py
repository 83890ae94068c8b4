"""DuckDB connections: in memory, bounded, and without a way to the network."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Self

import duckdb

_MIB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class EngineLimits:
    """What one connection may take.

    Attributes:
        memory: Bytes of DuckDB's own; what Python holds comes on top.
        threads: Of DuckDB.
        scratch: The folder for what does not fit into memory; a new one below it is made and removed.
    """

    memory: int = 1024 * 1024 * 1024
    threads: int = 2
    scratch: Path | None = None

    @classmethod
    def of_function(cls, megabytes: int) -> Self:
        """Those of a function with so much memory: half of it.

        The other half is Python's (pages that are read ahead, elements of a document, libraries), and what DuckDB does
        not count.
        """
        return cls(memory=megabytes * _MIB // 2)


@contextmanager
def engine(limits: EngineLimits = EngineLimits()) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of one's own, closed at the end; its sessions are in UTC."""
    with (
        TemporaryDirectory(dir=limits.scratch) as scratch,
        duckdb.connect(
            ":memory:",
            config={
                "memory_limit": f"{limits.memory // 1024}KiB",
                "threads": limits.threads,
                "temp_directory": scratch,
                "home_directory": scratch,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "preserve_insertion_order": True,
            },
        ) as connection,
    ):
        connection.execute("SET TimeZone = 'UTC'")
        # Known to whoever asks for it, and printed nowhere.
        connection.execute("SET enable_progress_bar = true")
        connection.execute("SET enable_progress_bar_print = false")
        yield connection


def quoted(text: str) -> str:
    """`text` as a string of SQL."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """`name` as an identifier of SQL."""
    return '"' + name.replace('"', '""') + '"'
