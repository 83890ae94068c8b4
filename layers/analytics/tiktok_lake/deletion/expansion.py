"""Finds what derives from accounts: their numbers, videos, comments and playlists, as the row store has them."""

from typing import TYPE_CHECKING, Final

from tiktok_lake.deletion.doomed import Doomed
from tiktok_lake.deletion.rows import columns_of, fetched, groups, source_of
from tiktok_lake.deletion.statements import is_in, load
from tiktok_lake.engine import EngineLimits, engine, identifier
from tiktok_lake.files import LakeFiles
from tiktok_lake.tables import COMMENTS, USERS, VIDEOS, Table

if TYPE_CHECKING:
    import duckdb

_AUTHOR: Final = {"username": "accounts", "author_id": "account_ids"}


class Expansion:
    """Looks through one bucket's row store."""

    def __init__(self, files: LakeFiles, limits: EngineLimits) -> None:
        self._files = files
        self._limits = limits

    def of(self, doomed: Doomed) -> Doomed:
        """`doomed` with what derives from its accounts; the same where it names none.

        Raises:
            MissingResource: the bucket is absent or may not be read.
            AwsBusy: S3 failed.
        """
        if not (doomed.accounts or doomed.account_ids):
            return doomed
        with engine(self._limits) as connection:
            # Numbers first: rows that have no name are found by them.
            for table in (USERS, VIDEOS, COMMENTS):
                doomed = doomed.plus(Doomed(account_ids=self._found(connection, table, "author_id", doomed)))
            videos = self._found(connection, VIDEOS, "video_id", doomed)
            playlists = self._found(connection, VIDEOS, "playlist_id", doomed)
            comments = self._found(connection, COMMENTS, "comment_id", doomed)
        return doomed.plus(Doomed(videos=videos, playlists=playlists, comments=comments))

    def _found(
        self, connection: "duckdb.DuckDBPyConnection", table: Table, column: str, doomed: Doomed
    ) -> frozenset[int]:
        load(connection, doomed)
        found: set[int] = set()
        for group in groups(self._files.of_table(table.name)):
            with fetched(self._files, group, self._limits.scratch) as local:
                present = columns_of(connection, local)
                by = [is_in(each, name) for each, name in _AUTHOR.items() if each in present]
                if column not in present or not by:
                    continue
                found.update(
                    row[0]
                    for row in connection.execute(
                        f"SELECT DISTINCT {identifier(column)} FROM {source_of(local)} "
                        f"WHERE {identifier(column)} IS NOT NULL AND ({' OR '.join(by)})"
                    ).fetchall()
                )
        return frozenset(found)
