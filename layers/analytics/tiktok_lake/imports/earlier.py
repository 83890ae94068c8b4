"""What earlier imports of other files have told of the same videos and comments."""

from collections.abc import Collection
from pathlib import Path
from typing import Final

import duckdb

from tiktok_lake.engine import quoted
from tiktok_lake.files import LakeFiles
from tiktok_lake.imports.rows import Rows
from tiktok_lake.keys import IMPORTED

_IDS: Final = (("videos", "video_id"), ("comments", "comment_id"))
_MOST_BYTES: Final = 512 * 1024 * 1024
"""Of files that are fetched for this; with more, nobody looks."""


class EarlierImports:
    """Compares an import with the files of others; its own, of whatever content, are not among these."""

    def __init__(self, files: LakeFiles, own: Collection[str], scratch: Path) -> None:
        self._files = files
        self._own = frozenset(own)
        self._scratch = scratch
        self.known: dict[str, int] | None = {}
        """How many ids of this import an earlier one has, by table; None where there was too much to look through."""

    def look(self, connection: duckdb.DuckDBPyConnection, tables: Collection[str]) -> None:
        """Counts the ids; `connection` has this import's rows, of the `tables` named.

        Raises:
            CollectorError: as `LakeFiles` says.
        """
        for table, column in _IDS:
            if table not in tables or self.known is None:
                continue
            others = [each for each in self._files.of_table(table) if self._is_other(each.key)]
            if sum(each.size for each in others) > _MOST_BYTES:
                self.known = None
                return
            self.known[table] = self._known(connection, table, column, [each.key for each in others])

    def _is_other(self, key: str) -> bool:
        return key.rpartition("/")[2].startswith(IMPORTED) and key not in self._own

    def _known(self, connection: duckdb.DuckDBPyConnection, table: str, column: str, keys: list[str]) -> int:
        known: set[Path] = set()
        for number, key in enumerate(keys):
            path = self._scratch / f"earlier-{table}-{number}"
            self._files.fetch(key, path)
            known.add(path)
        if not known:
            return 0
        paths = ", ".join(quoted(str(path)) for path in known)
        (count,) = connection.execute(
            f"SELECT count(DISTINCT {column}) FROM {Rows.name(table)} "
            f"WHERE {column} IN (SELECT {column} FROM read_parquet([{paths}], union_by_name = true))"
        ).fetchone() or (0,)
        for path in known:
            path.unlink()
        return int(count)
