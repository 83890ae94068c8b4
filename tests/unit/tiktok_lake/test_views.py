from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.lake_rows import FETCHED, create
from tiktok_lake.engine import engine
from tiktok_lake.tables import MANIFESTS, TABLES, USERS, VIDEO_STATS, VIDEOS
from tiktok_lake.views import VIEWS, columns_of

HOUR = timedelta(hours=1)
type Rows = Sequence[Mapping[str, Any]]


def seen(view: str, **rows: Rows) -> list[dict[str, Any]]:
    with engine() as connection:
        for table in TABLES.values():
            create(connection, table, rows.get(table.name, ()), table.name)
        return selected(connection, VIEWS[view])


def selected(connection: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    result = connection.execute(sql)
    names = [each[0] for each in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


@pytest.fixture(scope="module")
def empty() -> Iterator[duckdb.DuckDBPyConnection]:
    with engine() as connection:
        for table in TABLES.values():
            create(connection, table, (), table.name)
        yield connection


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_over_tables_without_rows_has_its_columns_and_no_rows(
    view: str, empty: duckdb.DuckDBPyConnection
) -> None:
    result = empty.execute(VIEWS[view])

    assert tuple(each[0] for each in result.description) == columns_of(view)
    assert result.fetchall() == []


def test_the_newest_fetch_of_each_video_is_the_latest() -> None:
    rows = seen(
        "videos_latest",
        videos=[
            {"video_id": 1, "view_count": 10, "fetched_at": FETCHED},
            {"video_id": 1, "view_count": 30, "fetched_at": FETCHED + 2 * HOUR},
            {"video_id": 1, "view_count": 20, "fetched_at": FETCHED + HOUR},
            {"video_id": 2, "view_count": 5},
        ],
    )

    assert sorted((row["video_id"], row["view_count"]) for row in rows) == [(1, 30), (2, 5)]


def test_of_rows_of_one_moment_the_last_is_the_latest_even_where_imports_leave_their_place_empty() -> None:
    rows = seen(
        "videos_latest",
        videos=[
            {"video_id": 1, "view_count": 1, "run_id": "import-a", "page": None, "generation": None, "row_number": 9},
            {"video_id": 1, "view_count": 2, "run_id": "import-b", "page": None, "generation": None, "row_number": 3},
            {"video_id": 1, "view_count": 3, "run_id": "import-b", "page": None, "generation": None, "row_number": 4},
        ],
    )

    assert [row["view_count"] for row in rows] == [3]


@settings(max_examples=25)
@given(
    fetches=st.lists(
        st.tuples(st.integers(1, 4), st.integers(0, 2), st.sampled_from("ab"), st.integers(0, 1)), max_size=12
    )
)
def test_each_video_is_there_once_with_a_row_of_its_newest_moment(fetches: list[tuple[int, int, str, int]]) -> None:
    rows = seen(
        "videos_latest",
        videos=[
            {"video_id": video, "fetched_at": FETCHED + hour * HOUR, "run_id": run, "page": page}
            for video, hour, run, page in fetches
        ],
    )

    newest = {
        video: max((hour, run, page) for one, hour, run, page in fetches if one == video) for video, *_ in fetches
    }
    assert {
        row["video_id"]: ((row["fetched_at"] - FETCHED.replace(tzinfo=None)) // HOUR, row["run_id"], row["page"])
        for row in rows
    } == newest
    assert len(rows) == len(newest)


def test_the_newest_profile_of_each_account_is_the_latest() -> None:
    rows = seen(
        "accounts_latest",
        users=[
            {"username": "amber", "follower_count": 1},
            {"username": "amber", "follower_count": 2, "fetched_at": FETCHED + HOUR},
            {"username": "birch", "follower_count": 7},
        ],
    )

    assert sorted((row["username"], row["follower_count"]) for row in rows) == [("amber", 2), ("birch", 7)]


def test_growth_is_told_between_one_fetch_and_the_next_and_per_day() -> None:
    rows = seen(
        "video_growth",
        video_stats=[
            {"video_id": 1, "view_count": 100, "like_count": 10},
            {"video_id": 1, "view_count": 160, "like_count": 8, "fetched_at": FETCHED + 12 * HOUR},
            {"video_id": 1, "view_count": 160, "like_count": None, "fetched_at": FETCHED + 36 * HOUR},
            {"video_id": 2, "view_count": 7},
        ],
    )

    told = {
        (row["video_id"], row["view_count"], row["days"]): (
            row["view_count_gained"],
            row["view_count_per_day"],
            row["like_count_gained"],
            row["like_count_per_day"],
        )
        for row in rows
    }
    assert told == {
        (1, 100, None): (None, None, None, None),
        (1, 160, 0.5): (60, 120.0, -2, -4.0),
        (1, 160, 1.0): (0, 0.0, None, None),
        (2, 7, None): (None, None, None, None),
    }


def test_a_video_that_came_twice_at_one_moment_is_one_fetch_of_its_growth() -> None:
    rows = seen(
        "video_growth",
        video_stats=[{"video_id": 1, "view_count": 100}, {"video_id": 1, "view_count": 100, "entity": "liked_videos"}],
    )

    assert [(row["view_count"], row["view_count_gained"]) for row in rows] == [(100, None)]


def test_coverage_holds_the_rows_of_a_run_against_its_manifest() -> None:
    rows = seen(
        "coverage",
        videos=[{"video_id": 1}, {"video_id": 2}, {"video_id": 3, "entity": "liked_videos"}],
        relations=[
            {"kind": "liked", "video_id": 3, "entity": "liked_videos"},
            {"kind": "follower", "other_username": "birch", "entity": "followers"},
        ],
        quarantine=[{"entity": "videos"}],
        comments=[{"comment_id": 5, "entity": "comments", "run_id": "under-way"}],
        manifests=[
            {"task_id": "t1", "task_rows": 2, "fetched_at": FETCHED},
            {"task_id": "t1", "task_rows": 2, "fetched_at": FETCHED + HOUR},
            {"task_id": "t2", "task_rows": 1},
            {"task_id": "t3", "task_rows": 1, "entity": "liked_videos"},
            {"task_id": "t4", "task_rows": 4, "entity": "followers"},
        ],
    )

    told = {
        (row["run_id"], row["entity"]): (
            row["rows_collected"],
            row["rows_stored"],
            row["rows_quarantined"],
            row["rows_absent"],
        )
        for row in rows
    }
    assert told == {
        ("run-1", "videos"): (3, 2, 1, 0),
        ("run-1", "liked_videos"): (1, 1, 0, 0),
        ("run-1", "followers"): (4, 1, 0, 3),
        ("under-way", "comments"): (None, 1, 0, None),
    }


def test_rows_of_imports_are_no_part_of_coverage() -> None:
    assert seen("coverage", videos=[{"video_id": 1, "source": "import"}]) == []


def test_views_keep_the_columns_of_the_tables_that_they_choose_from() -> None:
    assert columns_of("videos_latest")[:-1] == VIDEOS.names
    assert columns_of("accounts_latest")[:-1] == USERS.names
    assert set(columns_of("video_growth")) >= {"video_id", *(n for n in VIDEO_STATS.names if n.endswith("_count"))}
    assert MANIFESTS.name in VIEWS["coverage"]
