"""The vectorised search against a plain reading of the documentation, row by row."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.query import EmptyBucketError, InvalidQueryError, parse_query
from sandbox.settings import Settings
from sandbox.world import World

AT = datetime(2025, 6, 1, tzinfo=UTC)
START, END = date(2025, 1, 25), date(2025, 2, 24)


def make_world() -> World:
    world = World.generate(seed=2, accounts=12, videos=500, days=60, end=date(2025, 3, 1), deleted_share=0.1)
    world.bind(world._clock, lambda: Settings(stats_staleness_scale=0))
    return world


WORLD = make_world()
EVERYTHING = {"or": [{"field_name": "create_date", "operation": "GT", "field_values": ["20000101"]}]}
ROWS = WORLD.search(EVERYTHING, START, END, at=AT)


def values_of(field: str) -> st.SearchStrategy[list[str]]:
    def pick(name: str) -> list[str]:
        return sorted({str(row[name]) for row in ROWS if name in row})

    pools = {
        "create_date": [f"202502{day:02d}" for day in range(1, 29)],
        "username": [*pick("username"), "sandbox_carla", "nobody.at.all"],
        "region_code": pick("region_code"),
        "video_id": [*pick("id")[::20], "1"],
        "hashtag_name": sorted({tag for row in ROWS for tag in row["hashtag_names"]}),
        "keyword": ["recipe", "nobody talks about", "fyp", "DAY 12", "#stitch with @", "zzz"],
        "music_id": [*pick("music_id")[::10], "7"],
        "effect_id": [*sorted({e for row in ROWS for e in row.get("effect_ids", ())}), "8"],
        "video_length": ["SHORT", "MID", "LONG", "EXTRA_LONG"],
        "view_count": ["0", "10", "100", "5000"],
        "comment_count": ["0", "1", "20"],
    }
    return st.lists(st.sampled_from(pools[field]), min_size=1, max_size=4)


NUMERIC = ("create_date", "view_count", "comment_count")
FIELDS = (
    "create_date", "username", "region_code", "video_id", "hashtag_name", "keyword", "music_id", "effect_id",
    "video_length", "view_count", "comment_count",
)  # fmt: skip


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    field = draw(st.sampled_from(FIELDS))
    operations = ["EQ", "IN", "GT", "GTE", "LT", "LTE"] if field in NUMERIC else ["EQ", "IN"]
    operation = draw(st.sampled_from(operations))
    values = draw(values_of(field))
    return {"field_name": field, "operation": operation, "field_values": values if operation == "IN" else values[:1]}


@st.composite
def queries(draw: st.DrawFn) -> dict[str, Any]:
    names = draw(st.lists(st.sampled_from(["and", "or", "not"]), min_size=1, unique=True))
    return {name: draw(st.lists(conditions(), min_size=1, max_size=3)) for name in names}


def holds(row: dict[str, Any], condition: dict[str, Any]) -> bool:
    field, operation, wanted = condition["field_name"], condition["operation"], condition["field_values"]
    if field in NUMERIC:
        value = f"{datetime.fromtimestamp(row['create_time'], UTC):%Y%m%d}" if field == "create_date" else row[field]
        number, numbers = int(value), [int(text) for text in wanted]
        return {
            "EQ": number in numbers, "IN": number in numbers, "GT": number > numbers[0], "GTE": number >= numbers[0],
            "LT": number < numbers[0], "LTE": number <= numbers[0],
        }[operation]  # fmt: skip
    if field == "keyword":
        return any(word.lower() in row["video_description"].lower() for word in wanted)
    if field == "video_length":
        seconds = row["video_duration"]
        name = "SHORT" if seconds < 15 else "MID" if seconds <= 60 else "LONG" if seconds <= 300 else "EXTRA_LONG"
        return name in wanted
    source = {"video_id": "id", "hashtag_name": "hashtag_names", "effect_id": "effect_ids"}.get(field, field)
    value = row.get(source, [])
    return any(str(item) in wanted for item in (value if isinstance(value, list) else [value]))


@given(queries())
def test_and_or_not_combine_as_documented(query: dict[str, Any]) -> None:
    expected = [
        row["id"]
        for row in ROWS
        if all(holds(row, c) for c in query.get("and", ()))
        and (not query.get("or") or any(holds(row, c) for c in query["or"]))
        and not any(holds(row, c) for c in query.get("not", ()))
    ]
    assert [row["id"] for row in WORLD.search(query, START, END, at=AT)] == expected


def test_the_rows_of_a_window_are_those_created_on_its_days_both_included() -> None:
    days = {datetime.fromtimestamp(row["create_time"], UTC).date() for row in ROWS}
    assert min(days) == START
    assert max(days) == END


@pytest.mark.parametrize(
    "condition",
    [
        {"field_name": "nonsense", "operation": "EQ", "field_values": ["x"]},
        {"field_name": "username", "operation": "GT", "field_values": ["x"]},
        {"field_name": "username", "operation": "EQ", "field_values": ["x", "y"]},
        {"field_name": "username", "operation": "EQ", "field_values": []},
        {"field_name": "username", "operation": "EQ", "field_values": "x"},
        {"field_name": "username", "operation": "EQ", "field_values": [None]},
        {"field_name": "create_date", "operation": "EQ", "field_values": ["2025-01-01"]},
        {"field_name": "create_date", "operation": "EQ", "field_values": ["20250231"]},
        {"field_name": "view_count", "operation": "GT", "field_values": ["many"]},
        {"field_name": "view_count", "operation": "GT", "field_values": ["9" * 30]},
        {"field_name": "video_length", "operation": "EQ", "field_values": ["TINY"]},
        {"field_name": [], "operation": "EQ", "field_values": ["x"]},
        {"field_name": "username", "operation": {}, "field_values": ["x"]},
        "not an object",
    ],
)
def test_conditions_that_break_the_rules_are_refused(condition: Any) -> None:
    with pytest.raises(InvalidQueryError):
        parse_query({"and": [condition]})


def test_ids_may_be_numbers() -> None:
    query = parse_query({"and": [{"field_name": "video_id", "operation": "IN", "field_values": [2**62 + 1, "7"]}]})
    assert query.all_of[0].numbers == [2**62 + 1, 7]


@pytest.mark.parametrize("query", [None, {}, [], {"and": None}, {"nor": []}, {"and": {}}])
def test_a_query_needs_a_list_of_conditions(query: Any) -> None:
    with pytest.raises(InvalidQueryError):
        parse_query(query)


def test_an_empty_list_is_its_own_kind_of_failure() -> None:
    good = {"field_name": "username", "operation": "EQ", "field_values": ["x"]}
    with pytest.raises(EmptyBucketError):
        parse_query({"and": [good], "or": []})
