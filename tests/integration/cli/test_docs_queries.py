"""The queries of docs/queries.md, each on rows in a folder and in a bucket."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import pytest

from tests.integration.cli.conftest import made
from tests.integration.cli.moto_stack import NAME, REGION, run
from tests.support.docs import DOCS
from tests.support.lake_rows import FETCHED, write
from tiktok_lake.keys import file_key
from tiktok_lake.tables import TABLES

_BLOCK: Final = re.compile(r"^### (.+?)\n\n```sql\n(.+?)\n```", re.MULTILINE | re.DOTALL)
QUERIES: Final = dict(_BLOCK.findall((DOCS / "queries.md").read_text()))
DAY: Final = timedelta(days=1)

_AMBER: Final = {
    "video_id": 1,
    "username": "amber",
    "region_code": "DE",
    "hashtag_names": ["fyp", "cats"],
    "created_at": FETCHED - 3 * DAY,
    "view_count": 100,
    "like_count": 10,
    "comment_count": 5,
    "share_count": 5,
}
_BIRCH: Final = {
    "video_id": 2,
    "username": "birch",
    "region_code": "FR",
    "hashtag_names": ["fyp"],
    "created_at": FETCHED - 40 * DAY,
    "view_count": 50,
    "like_count": 5,
    "comment_count": 0,
    "share_count": 0,
}
ROWS: Final[Mapping[str, Sequence[Mapping[str, Any]]]] = {
    "videos": [
        _AMBER | {"view_count": 20},
        _BIRCH,
        _AMBER | {"fetched_at": FETCHED + DAY, "hashtag_names": ["fyp", "cats", "cats"]},
        _BIRCH | {"source": "import", "run_id": "import-1", "view_count": 1, "fetched_at": FETCHED - DAY},
    ],
    "video_stats": [
        {"video_id": 1, "view_count": 20},
        {"video_id": 1, "view_count": 100, "fetched_at": FETCHED + 2 * DAY},
        {"video_id": 1, "view_count": 900, "fetched_at": FETCHED + 2 * DAY + DAY / 24},
    ],
    "users": [
        {"username": "amber", "follower_count": 7, "entity": "users"},
        {"username": "amber", "follower_count": 8, "entity": "users", "fetched_at": FETCHED + DAY},
    ],
    "comments": [
        {"comment_id": 11, "video_id": 1, "parent_comment_id": 1, "entity": "comments"},
        {"comment_id": 12, "video_id": 1, "parent_comment_id": 11, "entity": "comments"},
        {"comment_id": 12, "video_id": 1, "parent_comment_id": 11, "entity": "comments"},
    ],
    "relations": [
        {"kind": "follower", "username": "amber", "other_username": "cedar", "entity": "followers"},
        {"kind": "follower", "username": "birch", "other_username": "cedar", "entity": "followers"},
        {"kind": "follower", "username": "birch", "other_username": "dogwood", "entity": "followers"},
        {"kind": "following", "username": "amber", "other_username": "dogwood", "entity": "following"},
    ],
    "trends": [
        {"kind": "hashtag", "country": "DE", "name": "cats", "rank": 2, "source": "creative_center"},
        {"kind": "hashtag", "country": "DE", "name": " Cats\u3000", "rank": 5, "source": "creative_center"},
        {"kind": "hashtag", "country": "DE", "name": "#\uff26\uff39\uff30 ", "rank": 3, "source": "creative_center"},
        {"kind": "hashtag", "country": "FR", "name": "dogs", "rank": 1, "source": "creative_center"},
        {"kind": "sound", "country": "FR", "name": "fyp", "rank": 1, "source": "creative_center"},
    ],
    "quarantine": [{"target": "videos", "reason": "create_time: expected int", "entity": "videos"}],
    "manifests": [
        {"task_id": "t1", "task_rows": 4, "entity": "videos"},
        {"task_id": "t2", "task_rows": 5, "entity": "comments"},
        {"task_id": "t3", "task_rows": 2, "entity": "users"},
    ],
}
EXPECTED: Final[Mapping[str, Sequence[tuple[Any, ...]]]] = {
    "Rows and videos by day of fetch": [("2026-11-19", 1, 1), ("2026-11-20", 2, 2), ("2026-11-21", 1, 1)],
    "Videos and views by country": [("DE", 1, 100), ("FR", 1, 50)],
    "The most viewed videos of a month": [("1", "amber", 100, "2026-11-17T06:00:00.000Z")],
    "What grows fastest": [("1", 40.0)],
    "Hashtags": [("fyp", 2, 150), ("cats", 1, 200)],
    "Hashtags that stand together": [("cats", "fyp", 1)],
    "Accounts: how much they publish, and what comes back": [("amber", 8, 1, 0.2), ("birch", None, 1, 0.1)],
    "Comments of a video, and how many of them are replies": [("1", 2, 1)],
    "Who follows several of the accounts": [("cedar", 2)],
    "Hashtags of trend lists, and what was collected with them": [
        ("FR", "dogs", 1, 0),
        ("DE", "cats", 2, 1),
        ("DE", "fyp", 3, 2),
    ],
    "One's own rows and those of imports": [("both", 1), ("collected", 1)],
    "What a run counted and the row store does not have": [
        ("run-1", "comments", 5, 3, 0, 2),
        ("run-1", "followers", None, 3, 0, None),
        ("run-1", "following", None, 1, 0, None),
    ],
    "Rows that broke their model, by reason": [("videos", "create_time: expected int", 1)],
}


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[str, ...]]]:
    """Options that name the same rows in a folder and in a bucket."""
    folder = tmp_path_factory.mktemp("filled")
    with made() as stack:
        for table, rows in ROWS.items():
            for number, row in enumerate(rows):
                day = row.get("fetched_at", FETCHED).date().isoformat()
                key = file_key(table, day, f"f{number}")
                stack.put(key, write(folder / key, TABLES[table], [row]).read_bytes())
        yield {"folder": ("--from", str(folder)), "bucket": ("--stack", NAME, "--region", REGION)}


@pytest.mark.parametrize("place", ["folder", "bucket"])
@pytest.mark.parametrize("name", QUERIES)
def test_a_query_of_the_page_answers(name: str, place: str, places: Mapping[str, tuple[str, ...]]) -> None:
    result = run("query", QUERIES[name], *places[place], "--json")

    assert result.exit_code == 0, result.stderr
    assert [tuple(row.values()) for row in json.loads(result.stdout)["rows"]] == EXPECTED[name]


def test_the_page_has_the_queries_that_are_expected() -> None:
    assert list(QUERIES) == list(EXPECTED)
