"""The query language: what is sent, and one sentence for whatever is wrong before anything is sent."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from sandbox.clock import SandboxClock
from sandbox.query import OPERATIONS as TAKEN
from sandbox.query import parse_query
from sandbox.settings import Settings
from sandbox.world import World
from tests.unit.sandbox.support import Client
from tiktok_collector.study.query import VideoQuery
from tiktok_collector.study.query_fields import RULES, VIDEO_LENGTHS, FieldName, Operation
from tiktok_collector.study.regions import REGIONS

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
START, END = date(2026, 10, 10), date(2026, 11, 9)


def condition(name: str, operation: str, *values: object) -> dict[str, Any]:
    return {"field_name": name, "operation": operation, "field_values": list(values)}


def query(**lists: Any) -> VideoQuery:
    return VideoQuery.model_validate({name.rstrip("_"): conditions for name, conditions in lists.items()})


def refusal(raw: object) -> tuple[str, str]:
    """The path and the reason of the first thing that is wrong."""
    with pytest.raises(ValidationError) as caught:
        VideoQuery.model_validate(raw)
    problem = caught.value.errors()[0]
    return ".".join(str(part) for part in problem["loc"]), problem["msg"].removeprefix("Value error, ")


def accepted(raw: object) -> dict[str, Any] | None:
    """The body that would be sent, if the query is accepted."""
    try:
        return VideoQuery.model_validate(raw).body()
    except ValidationError:
        return None


def test_the_body_has_no_empty_lists_and_text_values() -> None:
    asked = query(
        and_=[condition("region_code", "IN", "US", "gb"), condition("view_count", "GTE", 1000)],
        not_=[condition("video_id", "EQ", 7320768196569599275)],
    )
    assert asked.body() == {
        "and": [
            {"field_name": "region_code", "operation": "IN", "field_values": ["US", "GB"]},
            {"field_name": "view_count", "operation": "GTE", "field_values": ["1000"]},
        ],
        "not": [{"field_name": "video_id", "operation": "EQ", "field_values": ["7320768196569599275"]}],
    }


@pytest.mark.parametrize(
    ("name", "written", "sent"),
    [
        ("username", "https://www.tiktok.com/@SomeOne/video/1", "someone"),
        ("username", "@Some.One", "some.one"),
        ("create_date", "2026-09-01", "20260901"),
        ("create_date", 20260901, "20260901"),
        ("region_code", " de ", "DE"),
        ("hashtag_name", "ABC", "ABC"),
        ("keyword", " hello world ", "hello world"),
        ("music_id", "08978345345214861235"[1:], "8978345345214861235"),
        ("effect_id", 63960564, "63960564"),
        ("video_length", "extra_long", "EXTRA_LONG"),
        ("comment_count", "0", "0"),
    ],
)
def test_values_are_sent_as_the_api_writes_them(name: str, written: object, sent: str) -> None:
    assert query(and_=[condition(name, "EQ", written)]).body()["and"][0]["field_values"] == [sent]


def test_the_fields_and_operations_are_those_that_the_sandbox_takes() -> None:
    assert {name.value: {each.value for each in rule.operations} for name, rule in RULES.items()} == TAKEN


def test_the_regions_are_the_245_of_the_api() -> None:
    assert len(REGIONS) == 245
    assert {"US", "GB", "XK", "TP", "CA"} <= REGIONS
    assert all(re.fullmatch("[A-Z]{2}", code) for code in REGIONS)


ONE = condition("keyword", "EQ", "cats")


@pytest.mark.parametrize(
    ("raw", "path", "sentence"),
    [
        ({}, "", "the query has no condition; put at least one into and, or, not"),
        ({"and": []}, "and", "the list is empty; leave it out or put a condition into it"),
        ({"and": [ONE], "or": []}, "or", "the list is empty; leave it out"),
        ({"and": [ONE], "not": []}, "not", "the list is empty; leave it out"),
        ({"and": ONE}, "and", "Input should be a valid list"),
        ({"nor": [ONE]}, "nor", "Extra inputs are not permitted"),
        ({"and": [ONE, {**ONE, "values": 1}]}, "and.1.values", "Extra inputs are not permitted"),
        ({"and": [{**ONE, "field_name": "likes"}]}, "and.0.field_name", "Input should be 'create_date', "),
        ({"and": [{**ONE, "operation": "LIKE"}]}, "and.0.operation", "Input should be 'EQ', 'IN', 'GT', "),
        ({"or": [ONE, condition("keyword", "GT", "a")]}, "or.1.operation", "GT does not go with keyword; use EQ or IN"),
        ({"and": [condition("keyword", "EQ")]}, "and.0.field_values", "the list is empty; name at least one value"),
        ({"and": [{**ONE, "field_values": "cats"}]}, "and.0.field_values", "Input should be a valid list"),
        (
            {"and": [condition("keyword", "EQ", "a", "b")]},
            "and.0.field_values",
            "EQ takes exactly one value, not 2; use IN for several",
        ),
        ({"and": [condition("view_count", "GT", 1, 2)]}, "and.0.field_values", "GT takes exactly one value, not 2"),
        ({"and": [condition("region_code", "EQ", "UK")]}, "and.0.field_values", "'UK' is not a region code that "),
        (
            {"not": [condition("hashtag_name", "IN", "a", "#b")]},
            "not.0.field_values",
            "'#b' begins with #, which TikTok does not take; write 'b'",
        ),
        ({"and": [condition("hashtag_name", "EQ", "#")]}, "and.0.field_values", "'#' is not a hashtag"),
        ({"and": [condition("hashtag_name", "EQ", "two words")]}, "and.0.field_values", "'two words' is not a hashtag"),
        ({"and": [condition("keyword", "EQ", "  ")]}, "and.0.field_values", "the keyword is empty"),
        ({"and": [condition("username", "EQ", "a b")]}, "and.0.field_values", "'a b' is not a TikTok handle"),
        ({"and": [condition("video_id", "EQ", "7x")]}, "and.0.field_values", "'7x' is not an id; write its digits"),
        ({"and": [condition("video_id", "EQ", 0)]}, "and.0.field_values", "'0' is not an id"),
        ({"and": [condition("music_id", "EQ", 1 << 63)]}, "and.0.field_values", "'9223372036854775808' is not an id"),
        ({"and": [condition("music_id", "EQ", "٣")]}, "and.0.field_values", "'٣' is not an id"),
        (
            {"and": [condition("music_id", "EQ", 7.1e18)]},
            "and.0.field_values.0",
            "7.1e+18 is neither text nor a whole ",
        ),
        ({"and": [condition("music_id", "EQ", True)]}, "and.0.field_values.0", "True is neither text nor a whole "),
        (
            {"and": [condition("create_date", "EQ", "2026-02-30")]},
            "and.0.field_values",
            "'2026-02-30' is not a day of ",
        ),
        ({"and": [condition("create_date", "GT", "soon")]}, "and.0.field_values", "'soon' is not a day; write it as "),
        (
            {"and": [condition("create_date", "LT", "20151231")]},
            "and.0.field_values",
            "'20151231' is before TikTok's first day, 2016-01-01",
        ),
        ({"and": [condition("video_length", "EQ", "TINY")]}, "and.0.field_values", "'TINY' is not a video length; "),
        ({"and": [condition("view_count", "GT", "-1")]}, "and.0.field_values", "'-1' is not a count; write a whole "),
        ({"and": [condition("view_count", "GT", "1e3")]}, "and.0.field_values", "'1e3' is not a count"),
        ({"and": [condition("view_count", "GT", "9" * 5000)]}, "and.0.field_values", "'9999"),
    ],
)
def test_what_is_wrong_is_said_with_its_path(raw: object, path: str, sentence: str) -> None:
    assert refusal(raw)[0] == path
    assert refusal(raw)[1].startswith(sentence)


def test_a_query_that_no_task_could_hold_is_refused() -> None:
    ids = [condition("video_id", "IN", *range(1 << 62, (1 << 62) + count)) for count in (4_000, 5_000)]
    assert query(and_=[ids[0]]).body()
    path, reason = refusal({"and": [ids[1]]})
    assert path == ""
    assert re.fullmatch(r"the query is \d{6} bytes long, and a task has room for 100000; split it into several", reason)


def views(operation: str, number: int) -> dict[str, Any]:
    return condition("view_count", operation, number)


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (
            {"and": [condition("username", "EQ", "a"), ONE, condition("username", "EQ", "@B")]},
            "the conditions and.0 and and.2 on username exclude each other, so no video can be found",
        ),
        (
            {"and": [condition("region_code", "IN", "US", "GB"), condition("region_code", "IN", "DE", "FR")]},
            "the conditions and.0 and and.1 on region_code exclude each other",
        ),
        ({"and": [views("GT", 10), views("LTE", 10)]}, "the conditions and.0 and and.1 on view_count exclude each "),
        ({"and": [views("GT", 10), views("LT", 11)]}, "the conditions and.0 and and.1 on view_count exclude each "),
        ({"and": [views("EQ", 5)], "not": [views("GTE", 5)]}, "the conditions and.0 and not.0 on view_count exclude "),
        ({"and": [views("GTE", 5), views("LT", 7)], "not": [condition("view_count", "IN", 5, 6)]}, "the conditions "),
        ({"and": [views("LT", 0)]}, "the condition and.0 on view_count is one that no video can meet"),
        ({"not": [views("GTE", 0)]}, "the condition not.0 on view_count is one that no video can meet"),
        (
            {"and": [condition("create_date", "GTE", "20260201"), condition("create_date", "LT", "2026-02-01")]},
            "the conditions and.0 and and.1 on create_date exclude each other",
        ),
        ({"and": [ONE], "not": [ONE]}, "the conditions and.0 and not.0 on keyword exclude each other"),
        (
            {"and": [condition("hashtag_name", "EQ", "a")], "not": [condition("hashtag_name", "IN", "b", "a")]},
            "the conditions and.0 and not.0 on hashtag_name exclude each other",
        ),
        (
            {"not": [condition("video_length", "IN", *VIDEO_LENGTHS)]},
            "the condition not.0 on video_length is one that no video can meet",
        ),
        (
            {"and": [views("LT", 5)], "or": [views("GT", 9), condition("view_count", "EQ", 7)]},
            "none of the conditions in or can be met together with those in and and not",
        ),
    ],
)
def test_contradictions_are_said_before_anything_is_sent(raw: object, sentence: str) -> None:
    assert refusal(raw)[0] == ""
    assert refusal(raw)[1].startswith(sentence)


@pytest.mark.parametrize(
    "raw",
    [
        {"and": [condition("hashtag_name", "EQ", "a"), condition("hashtag_name", "EQ", "b")]},
        {"and": [condition("hashtag_name", "IN", "a", "b")], "not": [condition("hashtag_name", "EQ", "a")]},
        {"and": [views("GT", 10), views("LT", 12)]},
        {"and": [condition("username", "IN", "a", "b")], "not": [condition("username", "EQ", "a")]},
        {"and": [views("LT", 5)], "or": [views("GT", 9), views("EQ", 3)]},
        {"or": [condition("username", "EQ", "a"), condition("username", "EQ", "b")]},
        {"not": [condition("region_code", "EQ", "US")]},
        {
            "and": [condition("keyword", "EQ", "cats"), condition("keyword", "EQ", "cats")],
            "not": [views("EQ", 1)],
        },
    ],
)
def test_what_some_video_may_meet_is_accepted(raw: dict[str, Any]) -> None:
    assert set(VideoQuery.model_validate(raw).body()) == set(raw)


def a_world() -> World:
    world = World.generate(seed=5, accounts=12, videos=300, days=45)
    world.bind(SandboxClock(NOW, frozen=True), Settings)
    return world


WORLD = a_world()
ROWS = WORLD.search({"not": [condition("view_count", "LT", 0)]}, START, END)
CLIENT = Client(WORLD, now=NOW, research_quota=1_000_000)


def of_rows(field: str) -> list[str]:
    return sorted({str(row[field]) for row in ROWS})


VALUES: dict[FieldName, st.SearchStrategy[str]] = {
    FieldName.CREATE_DATE: st.dates(START, END).map(lambda day: f"{day:%Y%m%d}"),
    FieldName.USERNAME: st.sampled_from([name for name in of_rows("username") if "\0" not in name]),
    FieldName.REGION_CODE: st.sampled_from(of_rows("region_code")),
    FieldName.VIDEO_ID: st.sampled_from(of_rows("id")),
    FieldName.HASHTAG_NAME: st.sampled_from(sorted({tag for row in ROWS for tag in row["hashtag_names"]})),
    FieldName.KEYWORD: st.sampled_from(["cats", "wait for", "you", "day 12", "travel"]),
    FieldName.MUSIC_ID: st.sampled_from(of_rows("music_id")),
    FieldName.EFFECT_ID: st.sampled_from(["63960500", "63960507", "1"]),
    FieldName.VIDEO_LENGTH: st.sampled_from(VIDEO_LENGTHS),
    FieldName.VIEW_COUNT: st.integers(0, 2_000).map(str),
    FieldName.COMMENT_COUNT: st.integers(0, 20).map(str),
}


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    name = draw(st.sampled_from(FieldName))
    operation = draw(st.sampled_from(RULES[name].operations))
    most = 4 if operation is Operation.IN else 1
    return condition(name, operation, *draw(st.lists(VALUES[name], min_size=1, max_size=most)))


QUERIES = st.dictionaries(
    st.sampled_from(["and", "or", "not"]), st.lists(conditions(), min_size=1, max_size=3), min_size=1, max_size=3
)


@given(raw=QUERIES)
@settings(max_examples=150)
def test_whatever_validates_is_served_and_a_contradiction_finds_nothing(raw: dict[str, Any]) -> None:
    body = accepted(raw)
    if body is None:
        assert "video can" in refusal(raw)[1]
        assert WORLD.search(raw, START, END) == []
        return
    assert body == raw
    truth = [row["id"] for row in WORLD.search(body, START, END)]
    days = {"start_date": f"{START:%Y%m%d}", "end_date": f"{END:%Y%m%d}"}
    found: list[int] = []
    reply = CLIENT.call("video/query", {"query": body, **days, "max_count": 100})
    while True:
        assert reply.code == "ok", reply.message
        found += [row["id"] for row in reply.data["videos"]]
        if not reply.data["has_more"]:
            break
        following = {"cursor": reply.data["cursor"], "search_id": reply.data["search_id"]}
        reply = CLIENT.call("video/query", {"query": body, **days, "max_count": 100, **following})
    assert found == truth


@given(
    raw=st.dictionaries(
        st.sampled_from(["and", "or", "not", "x"]),
        st.none()
        | st.lists(
            st.fixed_dictionaries(
                {
                    "field_name": st.sampled_from([*FieldName, "x"]),
                    "operation": st.sampled_from([*Operation, "x"]),
                    "field_values": st.lists(
                        st.text(max_size=6) | st.integers() | st.floats() | st.booleans(), max_size=2
                    ),
                }
            ),
            max_size=2,
        ),
        max_size=3,
    )
)
def test_what_the_sandbox_refuses_was_never_sent(raw: dict[str, Any]) -> None:
    body = accepted(raw)
    if body is not None:
        parse_query(body)
