"""What was checked and found valid: one small Parquet file for each round and kind, kept while it says anything."""

from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from tiktok_collector.clock import from_iso
from tiktok_lake.engine import EngineLimits, engine, quoted
from tiktok_lake.files import LakeFiles
from tiktok_lake.keys import REFRESHES
from tiktok_lake.refresh.kinds import TYPES, Kind

if TYPE_CHECKING:
    from datetime import datetime

    import duckdb

    from tiktok_collector.lake.objects import StoredObject

CHECKS: Final = f"{REFRESHES}checks/"


class Checks:
    """The checks of one bucket."""

    def __init__(self, files: LakeFiles, limits: EngineLimits) -> None:
        self._files = files
        self._limits = limits

    def of_kind(self, kind: Kind) -> list["StoredObject"]:
        """The files of a kind; each has the columns `id` and `checked_at`."""
        return list(self._files.objects.keys(f"{CHECKS}{kind}/"))

    def put(self, kind: Kind, run_id: str, ids: Iterable[int | str], checked_at: str) -> None:
        """Stores that these were valid; the same again replaces it. Nothing is stored for none."""
        valid = sorted(ids, key=str)
        if not valid:
            return
        with engine(self._limits) as connection, TemporaryDirectory(dir=self._limits.scratch) as folder:
            path = Path(folder) / "checks.parquet"
            load(connection, "valid", kind, valid)
            moment = quoted(from_iso(checked_at).replace(tzinfo=None).isoformat(sep=" "))
            connection.execute(
                f"COPY (SELECT id, TIMESTAMP {moment} AS checked_at FROM valid) "
                f"TO {quoted(str(path))} (FORMAT parquet, COMPRESSION zstd)"
            )
            self._files.put(_key(kind, run_id), path)

    def forget_before(self, moment: "datetime") -> None:
        """Removes what was stored before `moment`: it says nothing any more."""
        old = [each.key for kind in Kind for each in self.of_kind(kind) if each.last_modified < moment]
        self._files.remove(old)

    def forget(self, kind: Kind, gone: Iterable[int | str]) -> None:
        """Takes ids out of all files, with the old versions."""
        doomed, stored = list(gone), self.of_kind(kind)
        if not doomed or not stored:
            return
        with engine(self._limits) as connection, TemporaryDirectory(dir=self._limits.scratch) as folder:
            load(connection, "gone", kind, doomed)
            for each in stored:
                path, new = Path(folder) / "old.parquet", Path(folder) / "new.parquet"
                self._files.fetch(each.key, path)
                old = f"read_parquet({quoted(str(path))})"
                found = connection.execute(f"SELECT count(*) FROM {old} WHERE id IN (FROM gone)").fetchone()
                if found and found[0]:
                    connection.execute(
                        f"COPY (SELECT * FROM {old} WHERE id NOT IN (FROM gone)) "
                        f"TO {quoted(str(new))} (FORMAT parquet, COMPRESSION zstd)"
                    )
                    self._files.put(each.key, new)
                    self._files.forget_old_versions(each.key)


def load(connection: "duckdb.DuckDBPyConnection", name: str, kind: Kind, ids: Iterable[int | str]) -> None:
    """Makes a table `name` with the one column `id`."""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT DISTINCT unnest(?::{TYPES[kind]}[]) AS id", [list(ids)]
    )


def _key(kind: Kind, run_id: str) -> str:
    return f"{CHECKS}{kind}/{run_id}.parquet"
