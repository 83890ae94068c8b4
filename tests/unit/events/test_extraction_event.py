"""`user_extraction`'s event: every field, default and bound; and one sentence for whatever is wrong with it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tiktok_collector.errors import InvalidRequest
from tiktok_collector.events.extraction import DEFAULT_STREAMS, MAX_ACCOUNTS, ExtractionEvent, Stream
from tiktok_collector.events.parsing import parse_event
from tiktok_collector.study.days import FIRST_DAY
from tiktok_collector.study.windows import Window

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
EVERY_STREAM = [stream.value for stream in Stream]


def event(**fields: Any) -> ExtractionEvent:
    return parse_event(ExtractionEvent, {"username": "someone", **fields})


def refusal(fields: object) -> str:
    with pytest.raises(InvalidRequest) as caught:
        parse_event(ExtractionEvent, fields)
    return str(caught.value)


def test_defaults() -> None:
    parsed = event()
    assert parsed.include == list(DEFAULT_STREAMS)
    assert parsed.streams == {*DEFAULT_STREAMS, Stream.PLAYLISTS}
    assert set(DEFAULT_STREAMS) == {Stream.PROFILE, Stream.VIDEOS, Stream.PINNED, Stream.LIKED, Stream.REPOSTED}
    assert (parsed.max_videos, parsed.max_followers, parsed.max_following, parsed.comments) == (None,) * 4
    assert parsed.run_id is None
    assert parsed.scheduled_time is None
    period, warnings = parsed.period(NOW)
    assert (period.days, warnings) == (90, [])


def test_one_account_or_a_list_each_account_once_in_the_order_given() -> None:
    assert event(username="https://www.tiktok.com/@SomeOne").accounts == ["someone"]
    many = parse_event(ExtractionEvent, {"usernames": ["@b", "A", "b", "https://tiktok.com/@a/video/1", "c"]})
    assert many.accounts == ["b", "a", "c"]


@pytest.mark.parametrize(
    ("fields", "streams"),
    [
        ({"include": ["profile"]}, {"profile"}),
        ({"include": ["followers", "following"]}, {"followers", "following"}),
        ({"include": ["videos"]}, {"videos", "playlists"}),
        ({"include": ["videos"], "playlists": False}, {"videos"}),
        ({"include": ["videos", "comments"], "playlists": False}, {"videos", "comments"}),
        ({"include": ["videos"], "comments": {}, "playlists": False}, {"videos", "comments"}),
        ({"include": EVERY_STREAM}, set(EVERY_STREAM)),
    ],
)
def test_what_is_collected(fields: dict[str, Any], streams: set[str]) -> None:
    assert event(**fields).streams == streams


@pytest.mark.parametrize("written", ["2026-09-01", "20260901", 20260901])
def test_days_may_be_written_in_two_ways(written: object) -> None:
    period, _ = event(start_date=written, end_date="20260930").period(NOW)
    assert period == Window(date(2026, 9, 1), date(2026, 9, 30))


@given(days_back=st.integers(1, 5_000), now=st.datetimes(datetime(2026, 1, 1), datetime(2035, 1, 1)))  # noqa: DTZ001 - hypothesis takes naive bounds
def test_days_back_ends_with_the_newest_day_that_ended_48_hours_ago(days_back: int, now: datetime) -> None:
    now = now.replace(tzinfo=UTC)
    period, warnings = event(days_back=days_back).period(now)
    end_of_period = datetime(period.end.year, period.end.month, period.end.day, tzinfo=UTC) + timedelta(days=1)
    assert timedelta(hours=48) <= now - end_of_period < timedelta(hours=72)
    assert period.days == days_back or period.start == FIRST_DAY
    assert warnings == []


@pytest.mark.parametrize(("end", "warns"), [("2026-11-17", 0), ("2026-11-18", 1), ("2026-11-19", 1), ("2026-11-20", 1)])
def test_days_within_the_last_48_hours_are_asked_for_with_a_warning(end: str, warns: int) -> None:
    period, warnings = event(start_date="2026-11-01", end_date=end).period(NOW)
    assert period.end.isoformat() == end
    assert len(warnings) == warns
    for warning in warnings:
        assert warning.startswith(f"end_date {end} is within the last 48 hours: videos of the days after 2026-11-17 ")


@pytest.mark.parametrize(
    ("start", "end", "sentence"),
    [
        ("2026-11-01", "2026-11-21", "end_date 2026-11-21 is in the future; the newest day .* is 2026-11-20"),
        ("2027-01-01", "2027-01-02", "end_date 2027-01-02 is in the future"),
        ("2015-12-31", "2016-10-01", "start_date 2015-12-31 is before TikTok's first day, 2016-01-01; start there"),
    ],
)
def test_a_period_that_cannot_have_videos_is_refused(start: str, end: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        event(start_date=start, end_date=end).period(NOW)


LIMITS = [
    ("max_videos", 1, 1_000_000, {}),
    ("days_back", 1, 5_000, {}),
    ("max_followers", 1, 100_000_000, {"include": ["followers"]}),
    ("max_following", 1, 100_000_000, {"include": ["following"]}),
]


@pytest.mark.parametrize(("field", "least", "most", "more"), LIMITS)
def test_limits_have_bounds(field: str, least: int, most: int, more: dict[str, Any]) -> None:
    for value in (least, most):
        assert getattr(event(**{field: value}, **more), field) == value
    for value, side in ((0, "greater"), (-1, "greater"), (least - 1, "greater"), (most + 1, "less")):
        sentence = refusal({"username": "someone", field: value, **more})
        assert sentence.startswith(f"The event's field {field!r} is wrong: Input should be {side} than or equal to ")


@pytest.mark.parametrize("value", [0, -5, 100_001])
def test_comments_per_video_have_bounds(value: int) -> None:
    assert "'comments.max_per_video' is wrong" in refusal({"username": "a", "comments": {"max_per_video": value}})


def test_twenty_thousand_accounts_are_accepted_and_one_more_is_not() -> None:
    names = [f"user{number}" for number in range(MAX_ACCOUNTS + 1)]
    assert len(parse_event(ExtractionEvent, {"usernames": names[:MAX_ACCOUNTS]}).accounts) == MAX_ACCOUNTS
    sentence = refusal({"usernames": names})
    assert sentence == (
        "The event's field 'usernames' is wrong: List should have at most 20000 items after validation, not 20001."
    )


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ([], "The event is a list, not a JSON object: send {...} with its fields."),
        ("someone", "The event is a str, not a JSON object: send {...} with its fields."),
        (None, "The event is a NoneType, not a JSON object: send {...} with its fields."),
        ({}, "The event is wrong: give either username (one account) or usernames (a list), not both and not neither."),
        ({"usernames": []}, "The event is wrong: give either username (one account) or usernames (a list)"),
        ({"username": "a", "usernames": ["b"]}, "not both and not neither."),
        ({"username": ""}, "The event's field 'username' is wrong: the account name is empty"),
        ({"username": "two names"}, "The event's field 'username' is wrong: 'two names' is not a TikTok handle"),
        ({"username": 7}, "The event's field 'username' is wrong: Input should be a valid string."),
        ({"usernames": "a,b"}, "The event's field 'usernames' is wrong: Input should be a valid list."),
        ({"usernames": ["a", "b c"]}, "The event's field 'usernames' is wrong: entry 2: 'b c' is not a TikTok handle"),
        ({"usernames": ["a", None]}, "The event's field 'usernames.1' is wrong: Input should be a valid string."),
        ({"username": "a", "maxvideos": 3}, "The event has a field 'maxvideos' that is not known; known fields are "),
        ({"username": "a", "comments": {"depth": 1}}, "known fields are max_per_video, replies."),
        ({"username": "a", "comments": True}, "The event's field 'comments' is wrong: write it as an object {...}."),
        ({"username": "a", "include": []}, "The event's field 'include' is wrong: List should have at least 1 item"),
        (
            {"username": "a", "include": ["likes"]},
            "The event's field 'include.0' is wrong: Input should be 'profile', ",
        ),
        ({"username": "a", "include": ["comments"]}, "add videos to include."),
        ({"username": "a", "include": ["profile"], "comments": {}}, "add videos to include."),
        ({"username": "a", "include": ["playlists"]}, "add videos to include."),
        ({"username": "a", "max_followers": 5}, "max_followers is given, but followers are not asked for: add "),
        ({"username": "a", "max_following": 5}, "max_following is given, but following are not asked for: add "),
        ({"username": "a", "include": ["profile"], "max_videos": 5}, "max_videos is given, but videos are not asked"),
        ({"username": "a", "max_videos": "many"}, "The event's field 'max_videos' is wrong: Input should be a valid "),
        ({"username": "a", "max_videos": 1.5}, "The event's field 'max_videos' is wrong: Input should be a valid "),
        ({"username": "a", "start_date": "2026-09-01"}, "give start_date and end_date together, or days_back instead."),
        ({"username": "a", "end_date": "2026-09-01"}, "give start_date and end_date together, or days_back instead."),
        (
            {"username": "a", "start_date": "2026-09-02", "end_date": "2026-09-01"},
            "The event is wrong: end_date 2026-09-01 is before start_date 2026-09-02; swap them.",
        ),
        (
            {"username": "a", "start_date": "2026-09-01", "end_date": "2026-09-02", "days_back": 3},
            "give either days_back or start_date with end_date, not both.",
        ),
        ({"username": "a", "start_date": "01.09.2026"}, "'01.09.2026' is not a day; write it as YYYY-MM-DD or "),
        ({"username": "a", "start_date": "2026-02-30"}, "The event's field 'start_date' is wrong: "),
        ({"username": "a", "start_date": 86_400}, "86400 is not a day; write it as YYYY-MM-DD or YYYYMMDD."),
        ({"username": "a", "start_date": "2026-0901"}, "'2026-0901' is not a day; write it as YYYY-MM-DD or "),
        ({"username": "a", "run_id": "a/b"}, "The event's field 'run_id' is wrong: "),
        ({"username": "a", "run_id": ""}, "The event's field 'run_id' is wrong: "),
        ({"username": "a", "run_id": "x" * 81}, "The event's field 'run_id' is wrong: "),
        ({"username": "a", "scheduled_time": "soon"}, "The event's field 'scheduled_time' is wrong: "),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(fields: object, sentence: str) -> None:
    said = refusal(fields)
    assert sentence in said
    assert said.startswith("The event")
    assert said.endswith(".")
    assert "\n" not in said


@given(
    fields=st.dictionaries(
        st.sampled_from([*ExtractionEvent.model_fields, "other"]),
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False)
        | st.text(max_size=20)
        | st.lists(st.text(max_size=5) | st.integers(), max_size=3)
        | st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
        max_size=6,
    )
)
def test_whatever_is_sent_is_an_event_or_one_sentence(fields: dict[str, Any]) -> None:
    said = "The event is good"
    try:
        assert parse_event(ExtractionEvent, fields).accounts
    except InvalidRequest as error:
        said = str(error)
    assert said.startswith("The event")


def test_an_event_cannot_be_changed() -> None:
    parsed = event()
    with pytest.raises(ValidationError):
        parsed.max_videos = 3  # type: ignore[misc] # that is the point
