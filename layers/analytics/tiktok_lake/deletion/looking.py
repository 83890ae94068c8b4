"""Looks into files of the row store for doomed rows, reading only the columns that name something."""

from collections.abc import Iterator
from itertools import batched
from typing import Final

import duckdb

from tiktok_collector.deadline import Deadline
from tiktok_collector.errors import AwsBusy
from tiktok_lake.deletion.doomed import IN_ORDER, Doomed
from tiktok_lake.deletion.mentions import Mentions
from tiktok_lake.deletion.statements import load, statements
from tiktok_lake.engine import EngineLimits, engine, quoted
from tiktok_lake.files import LakeFiles
from tiktok_lake.sources import BucketSource, LakeChanged

_AT_ONCE: Final = 200
_THREADS: Final = 16
"""Over the network a thread mostly waits."""


class Looking:
    """Looks through one bucket's row store, range by range: of a wide table that is a small part of its bytes."""

    def __init__(self, files: LakeFiles, limits: EngineLimits) -> None:
        self._files = files
        self._limits = EngineLimits(memory=limits.memory, threads=_THREADS, scratch=limits.scratch)

    def clean(self, doomed: Doomed, known: frozenset[str], deadline: Deadline) -> Iterator[str]:
        """The keys of files without a doomed row; those that there was no time for are left out.

        Names in texts are not looked for, and whole days are not told apart.

        Args:
            doomed: What is looked for.
            known: Files that are not looked into.
            deadline: When to stop.

        Raises:
            AwsBusy: S3 failed, or a file was changed meanwhile.
            MissingResource: the bucket is absent or may not be read.
        """
        source = BucketSource(self._files.s3, self._files.bucket)
        with engine(self._limits) as connection:
            source.attach(connection)
            connection.execute("SET parquet_metadata_cache = true")
            load(connection, doomed)
            for table in IN_ORDER:
                paths = {each.path: each.path.removeprefix(source.where) for each in source.files(table.name)}
                wanted = [path for path, key in paths.items() if key not in known]
                for group in batched(wanted, _AT_ONCE, strict=False):
                    if deadline.passed:
                        return
                    files = f"read_parquet([{', '.join(map(quoted, group))}], union_by_name=true, filename=true)"
                    try:
                        present = {row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {files}").fetchall()}
                        what = statements(table, present, doomed, Mentions(()))
                        hit = connection.execute(
                            f"SELECT DISTINCT filename FROM {files} WHERE {what.goes} OR {what.changes}"
                        ).fetchall()
                    except duckdb.Error as error:
                        raise _explained(source, error) from error
                    dirty = {row[0] for row in hit}
                    yield from (paths[path] for path in group if path not in dirty)


def _explained(source: BucketSource, error: duckdb.Error) -> Exception:
    """What went wrong while DuckDB read; the error itself where nothing did."""
    try:
        source.explain(error)
    except LakeChanged as changed:
        return AwsBusy(f"The row store was changed while it was searched ({changed}); it is searched again.")
    return error
