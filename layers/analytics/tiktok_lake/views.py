"""Views over the row store's tables, in SQL that DuckDB and Athena both take; the template holds the same text."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tiktok_lake.tables import MANIFESTS, USERS, VIDEO_STATS, VIDEOS, Table

PARTITION: Final = "dt"
"""The column of every table that its files do not hold: the UTC day of `fetched_at`, as text."""

_ORDER: Final = ("run_id", "entity", "task_id", "generation", "page", "row_number")
_COUNTERS: Final = ("view_count", "like_count", "comment_count", "share_count", "favorites_count")


def columns_of(view: str) -> tuple[str, ...]:
    """The columns of a view, in order.

    Raises:
        KeyError: there is no such view.
    """
    return _COLUMNS[view]


def tables_of(view: str) -> tuple[str, ...]:
    """The tables that a view reads.

    Raises:
        KeyError: there is no such view.
    """
    return _TABLES[view]


def _listed(names: tuple[str, ...], alias: str = "") -> str:
    return ", ".join(f"{alias}{name}" for name in names)


def latest(table: Table, key: str) -> str:
    """A SELECT of the newest fetch of each thing that the column `key` tells apart.

    Sorting whole rows would take the memory of whole rows. So the newest moments are found in two columns, the table is
    read past them, and only things that came twice at one moment are sorted.
    """
    names = (*table.names, PARTITION)
    order = ", ".join(f"v.{name} DESC" for name in _ORDER)
    return f"""\
WITH newest AS (
  SELECT {key}, max(fetched_at) AS fetched_at FROM {table.name} GROUP BY {key}
), twice AS (
  SELECT v.{key}, v.fetched_at
  FROM {table.name} v JOIN newest n ON v.{key} = n.{key} AND v.fetched_at = n.fetched_at
  GROUP BY v.{key}, v.fetched_at HAVING count(*) > 1
)
SELECT {_listed(names, "v.")}
FROM {table.name} v JOIN newest n ON v.{key} = n.{key} AND v.fetched_at = n.fetched_at
LEFT JOIN twice t ON v.{key} = t.{key}
WHERE t.{key} IS NULL
UNION ALL
SELECT {_listed(names)}
FROM (
  SELECT {_listed(names, "v.")}, row_number() OVER (PARTITION BY v.{key} ORDER BY {order}) AS place
  FROM {table.name} v JOIN twice t ON v.{key} = t.{key} AND v.fetched_at = t.fetched_at
) ranked
WHERE place = 1"""


def _growth() -> str:
    """Each counter of each fetch, what it has gained since the fetch before, and that per day."""
    highest = ", ".join(f"max({name}) AS {name}" for name in _COUNTERS)
    fetches = "OVER (PARTITION BY video_id ORDER BY fetched_at)"
    before = ", ".join(f"lag({name}) {fetches} AS {name}_before" for name in _COUNTERS)
    gained = ",\n  ".join(f"{name} - {name}_before AS {name}_gained" for name in _COUNTERS)
    rates = ",\n  ".join(
        f"CAST({name} - {name}_before AS DOUBLE) / nullif(days, 0) AS {name}_per_day" for name in _COUNTERS
    )
    return f"""\
WITH moments AS (
  SELECT video_id, fetched_at, max(created_at) AS created_at, max(dt) AS dt, {highest}
  FROM {VIDEO_STATS.name} GROUP BY video_id, fetched_at
), pairs AS (
  SELECT video_id, created_at, fetched_at, dt, {_listed(_COUNTERS)},
    lag(fetched_at) {fetches} AS fetched_before, {before}
  FROM moments
), spans AS (
  SELECT *, CAST(date_diff('millisecond', fetched_before, fetched_at) AS DOUBLE) / 86400000 AS days FROM pairs
)
SELECT video_id, created_at, fetched_at, fetched_before, days, {_listed(_COUNTERS)},
  {gained},
  {rates},
  dt
FROM spans"""


def _counted(table: str, condition: str = "", *, stored: str = "count(*)", quarantined: str = "0") -> str:
    return (
        f"SELECT run_id, entity, {stored} AS stored, {quarantined} AS quarantined FROM {table}\n"
        f"  WHERE source = 'tiktok_research_api'{condition} GROUP BY run_id, entity"
    )


def _coverage() -> str:
    """Of each run and entity: rows that its manifest counts, and rows that are in the row store."""
    parts = "\n  UNION ALL\n  ".join(
        [
            *(_counted(table) for table in ("videos", "users", "comments", "playlists")),
            # Of a list of videos the rows are in `videos`, too, and are counted there.
            _counted("relations", " AND kind IN ('follower', 'following')"),
            _counted("quarantine", stored="0", quarantined="count(*)"),
        ]
    )
    return f"""\
WITH ended AS (
  SELECT run_id, entity, task_id, max(task_rows) AS task_rows, max(fetched_at) AS finished_at
  FROM {MANIFESTS.name} GROUP BY run_id, entity, task_id
), collected AS (
  SELECT run_id, entity, count(*) AS tasks, sum(task_rows) AS collected, max(finished_at) AS finished_at
  FROM ended GROUP BY run_id, entity
), parts AS (
  {parts}
), held AS (
  SELECT run_id, entity, sum(stored) AS stored, sum(quarantined) AS quarantined FROM parts GROUP BY run_id, entity
)
SELECT coalesce(c.run_id, h.run_id) AS run_id, coalesce(c.entity, h.entity) AS entity, c.finished_at, c.tasks,
  CAST(c.collected AS BIGINT) AS rows_collected,
  CAST(coalesce(h.stored, 0) AS BIGINT) AS rows_stored,
  CAST(coalesce(h.quarantined, 0) AS BIGINT) AS rows_quarantined,
  CAST(c.collected - coalesce(h.stored, 0) - coalesce(h.quarantined, 0) AS BIGINT) AS rows_absent
FROM collected c FULL OUTER JOIN held h ON c.run_id = h.run_id AND c.entity = h.entity"""


_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "videos_latest": (*VIDEOS.names, PARTITION),
        "video_growth": (
            *("video_id", "created_at", "fetched_at", "fetched_before", "days"),
            *_COUNTERS,
            *(f"{name}_gained" for name in _COUNTERS),
            *(f"{name}_per_day" for name in _COUNTERS),
            PARTITION,
        ),
        "accounts_latest": (*USERS.names, PARTITION),
        "coverage": (
            *("run_id", "entity", "finished_at", "tasks"),
            *("rows_collected", "rows_stored", "rows_quarantined", "rows_absent"),
        ),
    }
)

ABOUT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "videos_latest": "Of each video the row of its newest fetch, with all columns of `videos`.",
        "video_growth": "Each fetch of a video: its counters, what each has gained since the fetch before it, and that "
        "for each day (`…_per_day`). `days` lie between both; of a first fetch they are null. A counter can lose.",
        "accounts_latest": "Of each account the row of its newest profile, with all columns of `users`.",
        "coverage": "Of each run and entity: the rows that its manifest counts, those in the row store, those in "
        "`quarantine`, and the difference. Without a manifest (the run is under way) `rows_collected` is null; what "
        "was deleted since is absent, too. Imports have no manifest and are not there.",
    }
)
"""What each view is."""

_TABLES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "videos_latest": (VIDEOS.name,),
        "video_growth": (VIDEO_STATS.name,),
        "accounts_latest": (USERS.name,),
        "coverage": ("videos", "users", "comments", "playlists", "relations", "quarantine", MANIFESTS.name),
    }
)

VIEWS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "videos_latest": latest(VIDEOS, "video_id"),
        "video_growth": _growth(),
        "accounts_latest": latest(USERS, "username"),
        "coverage": _coverage(),
    }
)
"""The text of each view by its name."""
