from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.manifests import RunGap
from cli.retries import retries, why_not
from tiktok_collector.events.extraction import ExtractionEvent
from tiktok_collector.events.parsing import parse_event
from tiktok_collector.events.search import SearchEvent
from tiktok_collector.tasks.task import GapReason

FIRST = date(2026, 1, 1)
EVENT = {
    "usernames": 2,
    "usernames_digest": "ab",
    "include": ["profile", "videos", "followers"],
    "comments": {"max_per_video": 10, "replies": False},
    "playlists": False,
    "max_followers": 500,
    "start_date": "2026-01-01",
    "end_date": "2026-06-30",
}
EXTRACTION = {"run_id": "r", "function": "user_extraction", "event": EVENT}
QUERY = {"and": [{"field_name": "keyword", "operation": "EQ", "field_values": ["pasta"]}]}
SEARCH = {
    "run_id": "r",
    "function": "video_search",
    "event": {"name": "pasta", "query": QUERY, "start_date": "2026-01-01", "end_date": "2026-06-30", "max_videos": 5},
}


def gap(stream: str = "videos", reason: str = "window_fails", **more: Any) -> RunGap:
    usual = {"run_id": "r", "function": "user_extraction", "subject": "ann", "endpoint": "e"}
    return RunGap(stream=stream, reason=reason, **{**usual, **more})


def days(start: int, end: int) -> tuple[str, str]:
    return (FIRST + timedelta(start)).isoformat(), (FIRST + timedelta(end)).isoformat()


def test_windows_that_touch_are_asked_for_together_and_others_alone() -> None:
    found = retries(EXTRACTION, [gap(window=days(*each)) for each in ((0, 3), (10, 12), (4, 6))], possible=False)
    assert [(each.event["start_date"], each.event["end_date"]) for each in found] == [days(0, 6), days(10, 12)]
    assert {tuple(each.event["include"]) for each in found} == {("videos",)}
    assert found[0].event["comments"] == EVENT["comments"]
    assert [len(each.gaps) for each in found] == [2, 1]


@given(st.lists(st.tuples(st.integers(0, 150), st.integers(0, 20)), min_size=1, max_size=12))
def test_every_day_of_every_gap_is_asked_for_once(spans: list[tuple[int, int]]) -> None:
    gaps = [gap(window=days(start, start + length)) for start, length in spans]
    found = retries(EXTRACTION, gaps, possible=False)
    asked = [
        FIRST.fromordinal(day)
        for each in found
        for day in range(
            date.fromisoformat(each.event["start_date"]).toordinal(),
            date.fromisoformat(each.event["end_date"]).toordinal() + 1,
        )
    ]
    missing = {FIRST + timedelta(day) for start, length in spans for day in range(start, start + length + 1)}
    assert len(asked) == len(set(asked))
    assert set(asked) == missing


def test_lists_of_an_account_are_asked_for_in_one_event_with_their_limits() -> None:
    (found,) = retries(EXTRACTION, [gap("followers", "page_fails"), gap("profile", "api_down")], possible=False)
    assert found.event["include"] == ["profile", "followers"]
    assert found.event["max_followers"] == 500
    assert "comments" not in found.event


def test_comments_of_a_video_are_asked_for_with_the_days_of_its_id() -> None:
    made = 1_767_571_200  # 2026-01-05 00:00 UTC
    missing = gap("comments", "page_fails", item=f"video_id={made << 32}")
    (found,) = retries(EXTRACTION, [missing], possible=False)
    assert (found.event["start_date"], found.event["end_date"]) == ("2026-01-05", "2026-01-08")


def test_a_search_is_asked_again_for_the_days_of_its_gap() -> None:
    missing = gap(function="video_search", subject="pasta", window=days(0, 3))
    (found,) = retries(SEARCH, [missing], possible=False)
    assert found.event == {"name": "pasta", "query": QUERY, "start_date": "2026-01-01", "end_date": "2026-01-04"}
    parse_event(SearchEvent, found.event)


def test_events_are_such_that_the_function_takes_them() -> None:
    missing = [gap(window=days(0, 3)), gap("followers", "cursor_loop"), gap("liked", "page_cap")]
    found = retries(EXTRACTION, missing, possible=False)
    for each in found:
        parse_event(ExtractionEvent, {**each.event, "run_id": each.run_id(FIRST)})
    assert len(found) == 2


def test_a_retry_is_one_run_a_day() -> None:
    (one,), (same,) = (retries(EXTRACTION, [gap(window=days(0, 3))], possible=False) for _ in range(2))
    assert one.run_id(FIRST) == same.run_id(FIRST) != one.run_id(FIRST + timedelta(1))


@pytest.mark.parametrize(
    ("missing", "why"),
    [
        (gap(function="study", window=days(0, 1)), "by itself"),
        (gap(reason="comments_capped"), "nothing to ask for again"),
        (gap(reason="observed_private"), "nothing to ask for again"),
        (gap(reason="refused"), "does not take"),
        (gap(possible=True, window=days(0, 1)), "--possible"),
        (gap("playlists", "page_fails"), "playlists"),
        (gap("export", "failed"), "another run_id"),
        (gap("unreadable", "failed"), "another run_id"),
        (gap("comments", "page_fails"), "no days"),
        (gap(function="video_refresh", window=days(0, 1)), "ids of the videos"),
        (gap(window=days(0, 1)), ""),
    ],
)
def test_what_is_not_asked_for_again_says_why(missing: RunGap, why: str) -> None:
    said = why_not(missing, possible=False)
    assert why in said
    assert bool(said) == bool(why)


def test_every_reason_is_known() -> None:
    # A reason that were forgotten would silently not be asked for again.
    assert {reason: bool(why_not(gap(reason=reason, window=days(0, 1)), possible=True)) for reason in GapReason} == {
        reason: reason in {"same_moment", "bad_username", "empty_page", "comments_capped", "refused"}
        or reason.startswith("observed_")
        for reason in GapReason
    }
