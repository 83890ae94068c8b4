"""The event that asks for known videos again: which ids it takes, and which days follow from them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok_collector.errors import InvalidRequest
from tiktok_collector.events.parsing import parse_event
from tiktok_collector.events.refresh import MAX_IDS, VideoRefreshEvent, asks_for_refresh
from tiktok_collector.study.windows import Window

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def id_of(moment: datetime, number: int = 1) -> int:
    return (int(moment.timestamp()) << 32) + number


IN_MAY = id_of(datetime(2026, 5, 1, 23, 59, tzinfo=UTC))
IN_JUNE = id_of(datetime(2026, 6, 1, tzinfo=UTC))


def event(*ids: Any, **fields: Any) -> VideoRefreshEvent:
    return parse_event(VideoRefreshEvent, {"name": "again", "video_ids": list(ids), **fields})


def refusal(*ids: Any, **fields: Any) -> str:
    with pytest.raises(InvalidRequest) as caught:
        event(*ids, **fields)
    return str(caught.value)


@given(
    numbers=st.lists(st.integers(IN_MAY, IN_JUNE), min_size=1, max_size=20),
    as_text=st.lists(st.booleans(), min_size=20),
)
def test_ids_are_exact_as_text_or_as_numbers(numbers: list[int], as_text: list[bool]) -> None:
    written = [str(each) if text else each for each, text in zip(numbers, as_text, strict=False)]
    assert event(*written).ids == sorted(set(numbers))


def test_the_days_are_those_on_which_the_videos_may_have_been_published() -> None:
    period, warnings = event(IN_JUNE, IN_MAY).period(NOW)
    assert period == Window(date(2026, 5, 1), date(2026, 6, 4))
    assert warnings == []


def test_no_day_lies_after_today() -> None:
    yesterday, ahead = id_of(NOW - timedelta(days=1)), id_of(NOW + timedelta(days=3))
    assert event(yesterday).period(NOW)[0] == Window(date(2026, 11, 19), date(2026, 11, 20))
    assert event(ahead).period(NOW)[0] == Window(date(2026, 11, 20), date(2026, 11, 20))


def test_repeated_ids_are_asked_for_once_and_said() -> None:
    parsed = event(IN_MAY, str(IN_MAY), IN_JUNE, IN_MAY)
    assert parsed.ids == [IN_MAY, IN_JUNE]
    assert parsed.period(NOW)[1] == ["2 of the video_ids repeat others; each video is asked for once."]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("7320768196569599275.0", "is not a video's id"),
        (7.320768196569599e18, "is not a video's id"),
        ("", "is not a video's id"),
        ("٧٣٢٠٧٦٨١٩٦٥٦٩٥٩٩٢٧٥", "is not a video's id"),
        (-IN_MAY, "is not a video's id"),
        (True, "is not a video's id"),
        (None, "is not a video's id"),
        ("9" * 5_000, "is not a video's id"),
        ("9223372036854775808", "is larger than any id"),
        (123, "before TikTok's first day"),
        (id_of(datetime(2015, 12, 31, 23, 59, 59, tzinfo=UTC)), "before TikTok's first day"),
    ],
)
def test_what_is_no_id_is_refused_with_its_position(wrong: Any, why: str) -> None:
    sentence = refusal(IN_MAY, wrong, IN_JUNE)
    assert sentence.startswith("The event's field 'video_ids' is wrong: entry 2: ")
    assert why in sentence
    assert len(sentence) < 200


def test_an_id_of_a_time_to_come_is_refused_with_its_position() -> None:
    parsed = event(IN_MAY, id_of(NOW + timedelta(days=3, seconds=1)))
    with pytest.raises(ValueError, match="entry 2 of video_ids"):
        parsed.period(NOW)


def test_there_is_a_first_and_a_last_number_of_ids() -> None:
    assert "'video_ids' is wrong" in refusal()
    assert f"{MAX_IDS + 1} ids are too many" in refusal(*[IN_MAY] * (MAX_IDS + 1))
    assert len(event(*[IN_MAY] * MAX_IDS).ids) == 1
    with pytest.raises(InvalidRequest, match="write the ids as a list"):
        parse_event(VideoRefreshEvent, {"name": "again", "video_ids": str(IN_MAY)})


@pytest.mark.parametrize("fields", [{"comments": {}}, {"max_videos": 5}, {"days_back": 7}])
def test_fields_of_a_search_are_refused(fields: dict[str, Any]) -> None:
    assert "asks for the videos in video_ids and nothing else" in refusal(IN_MAY, **fields)
    assert "'query' that is not known" in refusal(IN_MAY, query={})
    with pytest.raises(ValueError, match="leave start_date and end_date out"):
        event(IN_MAY, start_date="2026-05-01", end_date="2026-05-04").period(NOW)


def test_a_manifest_has_the_ids_and_a_run_their_digest() -> None:
    parsed = event(IN_JUNE, IN_MAY)
    period, _ = parsed.period(NOW)
    asked = parsed.request(period)
    assert asked["video_ids"] == [str(IN_MAY), str(IN_JUNE)]
    assert parse_event(VideoRefreshEvent, asked).request(period) == asked
    kept = parsed.summary(period)
    assert kept["video_ids"] == 2
    assert kept == event(IN_MAY, IN_JUNE).summary(period) != event(IN_MAY, IN_JUNE + 1).summary(period)


def test_an_event_that_names_videos_is_known_by_it() -> None:
    assert asks_for_refresh({"video_ids": "wrong"})
    assert not asks_for_refresh({"query": {}})
    assert not asks_for_refresh("video_ids")
