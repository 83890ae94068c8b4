"""The files in `events/` are ready to send: each is read by the model of the function that its name begins with."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.events import MODELS, model_of
from tiktok_collector.events.collection import CollectionEvent
from tiktok_collector.events.extraction import ExtractionEvent, Stream
from tiktok_collector.events.parsing import parse_event
from tiktok_collector.events.search import SearchEvent

ROOT = Path(__file__).resolve().parents[3]
FILES = sorted((ROOT / "events").glob("*"))
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
SAMPLE = "sample"
"""Files that `make run` sends to `user_extraction`."""


def function_of(file: Path) -> str | None:
    if file.stem.startswith(f"{SAMPLE}_"):
        return "user_extraction"
    return next((name for name in MODELS if file.stem == name or file.stem.startswith(f"{name}_")), None)


def content(name: str) -> dict[str, Any]:
    return dict(json.loads((ROOT / "events" / f"{name}.json").read_text()))


def extraction(name: str) -> ExtractionEvent:
    return parse_event(ExtractionEvent, content(name))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_file_is_an_event_of_the_function_that_it_is_named_after(file: Path) -> None:
    function = function_of(file)
    assert file.suffix == ".json"
    assert function, f"{file.name} begins with no function's name"
    raw = json.loads(file.read_text())
    event = parse_event(model_of(function, raw), raw)
    if isinstance(event, CollectionEvent):
        _, warnings = event.period(NOW)
        assert warnings == []


def test_every_function_has_a_model_and_an_event() -> None:
    functions = {folder.name for folder in (ROOT / "functions").iterdir() if (folder / "app.py").is_file()}
    assert functions | {"study"} == set(MODELS)
    assert {function_of(file) for file in FILES} == set(MODELS)


def test_the_ad_hoc_extraction_takes_ten_videos_of_ninety_days_with_their_comments() -> None:
    event = extraction("user_extraction_ad_hoc")
    period, _ = event.period(NOW)
    assert (event.max_videos, period.days, len(event.accounts)) == (10, 90, 1)
    assert Stream.COMMENTS in event.streams
    assert event.comments
    assert not event.comments.replies


def test_each_use_has_its_file() -> None:
    assert len(extraction("user_extraction_many_accounts").accounts) == 3
    assert extraction("user_extraction_date_range").start_date
    assert extraction("user_extraction_follow_lists").streams == {Stream.FOLLOWERS, Stream.FOLLOWING}
    assert extraction("user_extraction_profile_only").streams == {Stream.PROFILE}
    replies = extraction("user_extraction_replies").comments
    assert replies
    assert replies.replies


def test_the_searches_are_for_a_keyword_for_hashtags_in_two_regions_and_with_comments() -> None:
    keyword, hashtags, comments = (
        parse_event(SearchEvent, content(f"video_search{name}"))
        for name in ("", "_hashtags_in_two_regions", "_with_comments")
    )
    assert [each.field_name for each in keyword.query.all_of] == ["keyword"]
    assert [each.field_name for each in hashtags.query.all_of] == ["hashtag_name", "region_code"]
    assert hashtags.query.all_of[1].field_values == ["DE", "FR"]
    assert comments.comments


@pytest.mark.parametrize("function", sorted(set(MODELS) - {"user_extraction", "video_search"}))
def test_a_schedules_placeholder_comes_through_where_nothing_replaces_it(function: str) -> None:
    raw = content(f"{function}_schedule")
    assert raw["scheduled_time"] == "<aws.scheduler.scheduled-time>"
    model = model_of(function, raw)
    assert parse_event(model, raw).model_dump()["scheduled_time"] is None
    delivered = parse_event(model, {**raw, "scheduled_time": "2026-11-20T00:15:00Z"})
    assert delivered.model_dump()["scheduled_time"] == datetime(2026, 11, 20, 0, 15, tzinfo=UTC)
