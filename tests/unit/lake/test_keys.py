"""Keys of the bucket."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok_collector.errors import InvalidRequest
from tiktok_collector.lake import keys

WHEN = datetime(2026, 11, 20, 16, 0, 5, tzinfo=UTC)
SAFE = st.from_regex(r"[A-Za-z0-9_-]{1,20}(\.[A-Za-z0-9_-]{1,5})?", fullmatch=True)
DAYS = st.dates().map(str)
ANY_TEXT = st.text(st.characters(codec=None))


def raw_key(**changed: object) -> str:
    parts = {"entity": "videos", "dt": "2026-11-20", "run_id": "r1", "task_id": "t1", "generation": 0, "page": 1}
    return keys.raw_page_key(**(parts | changed))  # type: ignore[arg-type]


def test_the_key_of_a_raw_page() -> None:
    assert raw_key() == "raw/source=tiktok_research_api/entity=videos/dt=2026-11-20/run=r1/t1-g0-000001.json.gz"


def test_the_other_keys() -> None:
    assert keys.manifest_key("r1") == "manifests/run=r1.json"
    assert keys.usage_log_key("2026-11-20") == "usage/dt=2026-11-20/tiktok_api_usage_log.json"
    assert keys.export_key("some.one_1", WHEN) == "exports/some.one_1_FULL_DATA_20261120_160005.json"
    assert keys.search_export_key("cats-de", WHEN) == "exports/cats-de_SEARCH_20261120_160005.json"


def test_an_export_is_named_in_utc() -> None:
    there = WHEN.astimezone(timezone(timedelta(hours=9)))
    assert keys.export_key("a", there) == keys.export_key("a", WHEN)


@pytest.mark.parametrize(
    ("username", "name"),
    [("a/b", "a%2Fb"), ("..", "%2E%2E"), ("a\x00b", "a%00b"), ("é", "%C3%A9"), ("a b", "a%20b"), ("50%", "50%25")],
)
def test_unsafe_characters_of_a_username_are_percent_encoded(username: str, name: str) -> None:
    assert keys.export_key(username, WHEN) == f"exports/{name}_FULL_DATA_20261120_160005.json"


@given(ANY_TEXT.filter(bool))
def test_an_export_key_stays_in_its_prefix_and_is_plain(username: str) -> None:
    key = keys.export_key(username, WHEN)
    assert re.fullmatch(r"exports/[A-Za-z0-9._~%-]+_FULL_DATA_20261120_160005\.json", key)
    assert ".." not in key
    assert len(key.encode()) <= 1024


def test_long_usernames_keep_different_keys() -> None:
    assert keys.export_key("é" * 500 + "a", WHEN) != keys.export_key("é" * 500 + "b", WHEN)


def test_an_export_needs_a_username() -> None:
    with pytest.raises(InvalidRequest, match="needs a username"):
        keys.export_key("", WHEN)
    with pytest.raises(InvalidRequest, match="the search's name"):
        keys.search_export_key("", WHEN)


PLACES = st.fixed_dictionaries({"source": SAFE, "entity": SAFE, "dt": DAYS, "run_id": SAFE})


@given(PLACES, SAFE, st.integers(0, 10**6), st.integers(0, 999_999))
def test_a_raw_key_says_what_it_was_made_of(place: dict[str, str], task_id: str, generation: int, page: int) -> None:
    key = keys.raw_page_key(**place, task_id=task_id, generation=generation, page=page)
    folder, _, name = key.rpartition("/")
    assert folder == "raw/source={source}/entity={entity}/dt={dt}/run={run_id}".format(**place)
    assert name == f"{task_id}-g{generation}-{page:06d}.json.gz"
    assert key.startswith(keys.raw_prefix(**place))


@given(ANY_TEXT, st.sampled_from(["entity", "dt", "run_id", "task_id", "source"]))
def test_no_part_leads_out_of_its_place(value: str, part: str) -> None:
    try:
        key = raw_key(**{part: value})
    except InvalidRequest:
        return
    assert ".." not in key
    assert key.count("/") == raw_key().count("/")
    assert value in key


@pytest.mark.parametrize("value", ["", "..", "a/b", "a..b", "a b", "r1\n", "2026-11-20T16:00:00Z", "x" * 129, "é"])
@pytest.mark.parametrize("part", ["run_id", "task_id", "entity", "source"])
def test_an_unsafe_part_is_refused_by_name(part: str, value: str) -> None:
    with pytest.raises(InvalidRequest, match=f"The {part.removesuffix('_id')}.* cannot be part of a key"):
        raw_key(**{part: value})


@pytest.mark.parametrize("value", ["..", "a/b", ""])
def test_a_manifest_key_is_as_strict(value: str) -> None:
    with pytest.raises(InvalidRequest, match="run id"):
        keys.manifest_key(value)


@pytest.mark.parametrize("day", ["20261120", "2026-11-20/", "../../etc", ""])
def test_a_day_is_a_day(day: str) -> None:
    with pytest.raises(InvalidRequest, match="UTC day"):
        keys.usage_log_key(day)


@pytest.mark.parametrize(("generation", "page"), [(-1, 1), (0, -1), (0, 1_000_000)])
def test_numbers_that_would_break_the_order_are_refused(generation: int, page: int) -> None:
    with pytest.raises(InvalidRequest, match="cannot be stored"):
        raw_key(generation=generation, page=page)


def test_pages_sort_in_the_order_of_their_numbers() -> None:
    made = [raw_key(page=page) for page in (0, 1, 2, 9, 10, 99, 100, 999_999)]
    assert made == sorted(made)


def test_prefixes_narrow_step_by_step() -> None:
    assert keys.raw_prefix() == "raw/source=tiktok_research_api/"
    assert keys.raw_prefix(entity="videos", dt="2026-11-20") == (
        "raw/source=tiktok_research_api/entity=videos/dt=2026-11-20/"
    )
    with pytest.raises(InvalidRequest, match="the entity before the day"):
        keys.raw_prefix(dt="2026-11-20")


def test_picks_of_a_search_lie_together_by_day() -> None:
    key = keys.trend_pick_key("hot", "0123", "2026-11-20")
    assert key == "studies/trends/search=hot/pick=0123/dt=2026-11-20.json.gz"
    assert key.startswith(keys.trend_picks_prefix("hot", "0123"))
    with pytest.raises(InvalidRequest, match="The search"):
        keys.trend_picks_prefix("a/b", "0123")
