"""What is due: of each kind, the ids that were last seen too long ago, found partition by partition.

A partition is read where something in it may be due: its day is long enough ago, and what was noted of it (when the one
was last seen that was not seen for longest) is too, or its files have changed. Of newer partitions only that is read
which says that one of these ids was seen since.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Final, NamedTuple

import duckdb
import msgspec

from tiktok_collector.clock import from_iso, iso
from tiktok_collector.errors import AwsBusy
from tiktok_lake.engine import EngineLimits, engine, identifier, quoted
from tiktok_lake.refresh.checks import Checks
from tiktok_lake.refresh.kinds import PLACES, TYPES, Kind, Place
from tiktok_lake.refresh.state import PartitionNote
from tiktok_lake.refresh.terms import Terms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_lake.sources import LakeFile, Source

MOST_IDS: Final = 500_000
"""Of one kind in one round: fifty files of Batch Compliance."""


class Found(NamedTuple):
    """What one survey found of a kind.

    Attributes:
        chosen: What is to be asked now, the one first that was not seen for longest.
        due: How many are due, those under way among them.
        late: How many of these are late.
        days: How many of the chosen are in the partitions of each UTC day.
        notes: What is to be remembered of the partitions that exist.
        next_due: When the next falls due that is not due yet; None where there is none.
        urgent: How many are due only because their account is gone.
    """

    chosen: list[int | str]
    due: int
    late: int
    days: dict[str, int]
    notes: dict[str, PartitionNote]
    next_due: datetime | None
    urgent: int = 0


type _Files = Mapping[Place, Sequence["LakeFile"]]


class Survey:
    """Looks for what is due in one row store."""

    def __init__(self, source: "Source", checks: Checks, limits: EngineLimits) -> None:
        self._source = source
        self._checks = checks
        self._limits = limits

    def of(
        self,
        kind: Kind,
        terms: Terms,
        now: datetime,
        *,
        notes: Mapping[str, PartitionNote],
        under_way: Iterable[int | str] = (),
        urgent: Mapping[str, str] | None = None,
        choose: Callable[[list[int | str]], list[int | str]] = lambda due: due,
    ) -> Found:
        """What of a kind is due at `now`.

        Args:
            kind: Videos, comments or accounts.
            terms: When something is due.
            now: UTC.
            notes: What was remembered of its partitions.
            under_way: What open rounds ask for already.
            urgent: Accounts whose videos must have been seen since a time.
            choose: Takes of what is due what can be asked for now.

        Raises:
            AwsBusy: the row store could not be read, or changed meanwhile.
            MissingResource: the bucket is absent or may not be read.
        """
        files = {place: self._source.files(place.table) for place in PLACES[kind]}
        prints = _fingerprints(each for those in files.values() for each in those)
        cutoff = terms.due_before(now)
        suspects = {day for day in prints if _may_be_due(day, prints[day], notes.get(day), cutoff)}
        if not suspects and not urgent:
            return Found([], 0, 0, {}, _kept(prints, notes), _next_due(prints, notes, terms))
        with engine(self._limits) as connection, reading():
            self._source.attach(connection)
            self._read(connection, kind, files, suspects)
            self._read_urgent(connection, kind, urgent or {})
            self._read_newer(connection, kind, files, suspects, cutoff)
            _compare(connection, cutoff)
            load(connection, "under_way", kind, under_way)
            new = {**_kept(prints, notes), **_noted(connection, suspects, prints, notes)}
            ids = choose(_waiting(connection))
            due_now, late_now, urgent_now = _counted(connection, terms.late_before(now), cutoff)
            load(connection, "chosen", kind, ids)
            days = connection.execute(
                "SELECT day, count(DISTINCT id) FROM seen SEMI JOIN chosen USING (id) GROUP BY day ORDER BY day"
            )
            by_day = dict(days.fetchall())
        next_due = _next_due(prints, new, terms, after=cutoff)
        return Found(ids, due_now, late_now, by_day, new, next_due, urgent_now)

    def _read(self, connection: duckdb.DuckDBPyConnection, kind: Kind, files: _Files, suspects: set[str]) -> None:
        """Makes the table `seen` of the partitions in which something may be due."""
        connection.execute(f"CREATE TEMP TABLE seen (id {TYPES[kind]}, day VARCHAR, seen_at TIMESTAMP)")
        for place, those in files.items():
            _insert(connection, [each for each in those if each.day in suspects], place.column, place.where)

    def _read_urgent(self, connection: duckdb.DuckDBPyConnection, kind: Kind, urgent: Mapping[str, str]) -> None:
        """Adds the videos of accounts that are gone, wherever they are."""
        connection.execute(f"CREATE TEMP TABLE urgent (id {TYPES[kind]}, since TIMESTAMP)")
        place = PLACES[Kind.VIDEOS][0]
        files = self._source.files(place.table) if urgent else []
        if not files:
            return
        connection.execute(
            "CREATE TEMP TABLE accounts AS SELECT unnest(?::VARCHAR[]) AS username, unnest(?::TIMESTAMP[]) AS since",
            [list(urgent), [from_iso(each).replace(tzinfo=None) for each in urgent.values()]],
        )
        connection.execute(
            f"INSERT INTO urgent SELECT video_id, max(since) FROM {as_table(files)} JOIN accounts USING (username) "
            f"WHERE {place.where} GROUP BY video_id"
        )
        _insert(connection, files, place.column, f"{place.where} AND video_id IN (SELECT id FROM urgent)")

    def _read_newer(
        self,
        connection: duckdb.DuckDBPyConnection,
        kind: Kind,
        files: _Files,
        suspects: set[str],
        cutoff: datetime,
    ) -> None:
        """Adds what was received since the cutoff, and was checked, of the same ids."""
        since = cutoff.date().isoformat()
        for place, those in files.items():
            newer = [each for each in those if each.day not in suspects and each.day >= since]
            _insert(connection, newer, place.column, f"{place.where} AND {place.column} IN (SELECT id FROM seen)")
        self._insert_checks(connection, kind)

    def _insert_checks(self, connection: duckdb.DuckDBPyConnection, kind: Kind) -> None:
        connection.execute(f"CREATE TEMP TABLE checked (id {TYPES[kind]}, seen_at TIMESTAMP)")
        for found in self._checks.of_kind(kind):
            load(connection, "once", kind, found.ids)
            at = as_time(from_iso(found.checked_at))
            connection.execute(f"INSERT INTO checked SELECT id, {at} FROM once SEMI JOIN seen USING (id)")


def load(connection: duckdb.DuckDBPyConnection, name: str, kind: Kind, ids: Iterable[int | str]) -> None:
    """Makes a table `name` with the one column `id`."""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT DISTINCT unnest(?::{TYPES[kind]}[]) AS id", [list(ids)]
    )


def _compare(connection: duckdb.DuckDBPyConnection, cutoff: datetime) -> None:
    """Makes the tables `evidence` (id, seen_at) and `due` (id, seen_at, since)."""
    connection.execute(
        "CREATE TEMP TABLE evidence AS SELECT id, max(seen_at) AS seen_at FROM "
        "(SELECT id, seen_at FROM seen UNION ALL SELECT id, seen_at FROM checked) GROUP BY id"
    )
    connection.execute(
        f"CREATE TEMP TABLE due AS SELECT evidence.id, seen_at, since FROM evidence LEFT JOIN urgent USING (id) "
        f"WHERE seen_at < {as_time(cutoff)} OR seen_at < since"
    )


@contextmanager
def reading() -> "Iterator[None]":
    """While the row store is read. Raises `AwsBusy` where that cannot be."""
    try:
        yield
    except duckdb.IOException as error:
        raise AwsBusy(f"The row store could not be read ({error}); it is tried again.") from error


def _waiting(connection: duckdb.DuckDBPyConnection) -> list[int | str]:
    """What is due and not under way, the most urgent first."""
    found = connection.execute(
        "SELECT id FROM due ANTI JOIN under_way USING (id) "
        f"ORDER BY since IS NOT NULL AND seen_at < since DESC, seen_at, id LIMIT {MOST_IDS}"
    )
    return [row[0] for row in found.fetchall()]


def _counted(connection: duckdb.DuckDBPyConnection, late: datetime, cutoff: datetime) -> tuple[int, int, int]:
    """How many are due, how many of these are late, and how many are due only because their account is gone."""
    found = connection.execute(
        f"SELECT count(*), count(*) FILTER (seen_at < {as_time(late)}), "
        f"count(*) FILTER (seen_at >= {as_time(cutoff)}) FROM due"
    ).fetchone()
    return found or (0, 0, 0)


def as_table(files: Sequence["LakeFile"]) -> str:
    """The files as a table of SQL; columns that one lacks are null."""
    return f"read_parquet([{', '.join(quoted(each.path) for each in files)}], union_by_name=true)"


def _insert(connection: duckdb.DuckDBPyConnection, files: Sequence["LakeFile"], column: str, where: str) -> None:
    if files:
        connection.execute(
            f"INSERT INTO seen SELECT {identifier(column)} AS id, strftime(fetched_at, '%Y-%m-%d') AS day, "
            f"max(fetched_at) FROM {as_table(files)} WHERE {where} AND {identifier(column)} IS NOT NULL GROUP BY ALL"
        )


def _noted(
    connection: duckdb.DuckDBPyConnection,
    suspects: set[str],
    prints: Mapping[str, str],
    notes: Mapping[str, PartitionNote],
) -> dict[str, PartitionNote]:
    """What is to be remembered of the partitions that were read in full."""
    found = connection.execute(
        "SELECT day, count(DISTINCT id), min(evidence.seen_at) FROM seen JOIN evidence USING (id) GROUP BY day"
    ).fetchall()
    known = {day: (ids, iso(oldest.replace(tzinfo=UTC))) for day, ids, oldest in found}
    noted = {}
    for day in suspects:
        ids, oldest = known.get(day, (0, ""))
        before = notes.get(day, PartitionNote())
        noted[day] = msgspec.structs.replace(before, fingerprint=prints[day], ids=ids, oldest=oldest)
    return noted


def _may_be_due(day: str, fingerprint: str, note: PartitionNote | None, cutoff: datetime) -> bool:
    if _beginning(day) >= cutoff:
        return False
    if note is None or note.fingerprint != fingerprint:
        return True
    return bool(note.oldest) and from_iso(note.oldest) < cutoff


def _fingerprints(files: Iterable["LakeFile"]) -> dict[str, str]:
    """Of the files of each UTC day: it changes when one is added, replaced or removed."""
    lines: dict[str, list[str]] = {}
    for each in files:
        lines.setdefault(each.day, []).append(f"{each.path} {each.size} {each.written.isoformat()}")
    return {day: hashlib.sha256("\n".join(sorted(each)).encode()).hexdigest()[:16] for day, each in lines.items()}


def _kept(prints: Mapping[str, str], notes: Mapping[str, PartitionNote]) -> dict[str, PartitionNote]:
    return {day: note for day, note in notes.items() if day in prints}


def _next_due(
    prints: Mapping[str, str], notes: Mapping[str, PartitionNote], terms: Terms, after: datetime | None = None
) -> datetime | None:
    """When the next partition falls due; one that was never read by the beginning of its day."""
    seen = []
    for day in prints:
        note = notes.get(day)
        if note is None:
            seen.append(_beginning(day))
        elif note.oldest:
            seen.append(from_iso(note.oldest))
    later = [each for each in seen if after is None or each >= after]
    return terms.due_at(min(later)) if later else None


def _beginning(day: str) -> datetime:
    return datetime.combine(datetime.fromisoformat(day), time(), UTC)


def as_time(at: datetime) -> str:
    """The moment in SQL."""
    return f"TIMESTAMP {quoted(at.astimezone(UTC).replace(tzinfo=None).isoformat(sep=' '))}"
