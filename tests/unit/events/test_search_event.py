"""`video_search`'s event: its name, its query, and the period that it has in common with an extraction."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from tiktok_collector.errors import InvalidRequest
from tiktok_collector.events.extraction import ExtractionEvent
from tiktok_collector.events.parsing import parse_event
from tiktok_collector.events.search import SearchEvent
from tiktok_collector.study.windows import Window

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
CATS = {"and": [{"field_name": "keyword", "operation": "EQ", "field_values": ["cats"]}]}


def event(**fields: Any) -> SearchEvent:
    return parse_event(SearchEvent, {"name": "cats", "query": CATS, **fields})


def refusal(**fields: Any) -> str:
    with pytest.raises(InvalidRequest) as caught:
        event(**fields)
    return str(caught.value)


def test_defaults() -> None:
    parsed = event()
    assert (parsed.name, parsed.query.body()) == ("cats", CATS)
    assert (parsed.max_videos, parsed.comments, parsed.playlists, parsed.run_id, parsed.scheduled_time) == (
        None,
        None,
        False,
        None,
        None,
    )
    assert parsed.period(NOW)[0] == Window(date(2026, 8, 20), date(2026, 11, 17))


@pytest.mark.parametrize(
    "fields",
    [
        {"days_back": 12},
        {"start_date": "20260901", "end_date": "2026-09-30"},
        {"start_date": "2026-11-01", "end_date": "2026-11-20"},
        {},
    ],
)
def test_the_period_is_that_of_an_extraction(fields: dict[str, Any]) -> None:
    assert event(**fields).period(NOW) == parse_event(ExtractionEvent, {"username": "a", **fields}).period(NOW)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "The event's field 'name' is wrong: "),
        ({"name": "a/b"}, "The event's field 'name' is wrong: "),
        ({"name": "../up"}, "The event's field 'name' is wrong: "),
        ({"name": "x" * 65}, "The event's field 'name' is wrong: "),
        (
            {"query": {}},
            "The event's field 'query' is wrong: the query has no condition; put at least one ",
        ),
        ({"query": None}, "The event's field 'query' is wrong: write it as an object {...}."),
        ({"query": {"and": []}}, "The event's field 'query.and' is wrong: the list is empty; leave it out or "),
        ({"query": {"all": []}}, "The event has a field 'query.all' that is not known; known fields are and, not, or."),
        (
            {"query": {"and": [{**CATS["and"][0], "value": 1}]}},
            "The event has a field 'query.and.0.value' that is not known; known fields are field_name, field_values, ",
        ),
        (
            {"query": {"and": [{**CATS["and"][0], "operation": "GT"}]}},
            "The event's field 'query.and.0.operation' is wrong: GT does not go with keyword; use EQ or IN.",
        ),
        (
            {"query": {**CATS, "not": CATS["and"]}},
            "The event's field 'query' is wrong: the conditions and.0 and not.0 on ",
        ),
        (
            {"keyword": "cats"},
            "The event has a field 'keyword' that is not known; known fields are comments, ",
        ),
        ({"max_videos": 0}, "The event's field 'max_videos' is wrong: "),
        (
            {"comments": {"depth": 1}},
            "The event has a field 'comments.depth' that is not known; known fields are ",
        ),
        (
            {"start_date": "2026-09-01"},
            "The event is wrong: give start_date and end_date together, ",
        ),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(fields: dict[str, Any], sentence: str) -> None:
    said = refusal(**fields)
    assert said.startswith(sentence)
    assert said.endswith(".")
    assert "\n" not in said


def test_name_and_query_are_required() -> None:
    for missing in ("name", "query"):
        fields = {name: value for name, value in {"name": "cats", "query": CATS}.items() if name != missing}
        with pytest.raises(InvalidRequest, match=f"The event's field '{missing}' is wrong: Field required."):
            parse_event(SearchEvent, fields)


def test_the_request_is_enough_to_plan_again_and_does_not_depend_on_the_clock() -> None:
    asked = event(
        days_back=30, max_videos=5, comments={"replies": True}, run_id="one", scheduled_time="2026-11-20T00:00Z"
    )
    request = asked.request(asked.period(NOW)[0])
    assert request == {
        "name": "cats",
        "query": CATS,
        "start_date": "2026-10-19",
        "end_date": "2026-11-17",
        "max_videos": 5,
        "comments": {"replies": True},
        "playlists": False,
        "identified": False,
    }
    again = parse_event(SearchEvent, request)
    assert again.request(again.period(NOW)[0]) == request
    assert asked.summary(asked.period(NOW)[0]) == request
