"""When an endpoint is suspect, when everything is down, and how long throttled threads pause."""

from datetime import UTC, datetime, timedelta

from tiktok_collector.collection.health import SUSPECT_AFTER, ApiHealth

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
ASKED = timedelta(seconds=30)


class Clock:
    def __init__(self) -> None:
        self.time = NOW

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


def test_the_first_failure_of_an_endpoint_that_has_not_answered_is_suspect() -> None:
    health = ApiHealth(Clock())
    assert not health.suspect("video_query")
    health.succeeded("user_info")
    health.failed("video_query")
    assert health.suspect("video_query")
    assert not health.suspect("user_info")


def test_an_endpoint_that_has_answered_is_suspect_after_a_few_failures_in_a_row() -> None:
    health = ApiHealth(Clock())
    health.succeeded("video_query")
    for _ in range(SUSPECT_AFTER - 1):
        health.failed("video_query")
        assert not health.suspect("video_query")
    health.failed("video_query")
    assert health.suspect("video_query")
    health.succeeded("video_query")
    health.failed("video_query")
    assert not health.suspect("video_query")


def test_failures_of_many_endpoints_add_up() -> None:
    health = ApiHealth(Clock())
    names = ["video_query", "user_info", "comment_list", "user_pinned_videos"]
    for name in names:
        health.succeeded(name)
    for name in names * 2:
        health.failed(name)
    assert health.suspect("user_info")


def test_two_endpoints_down_with_no_answer_between_mean_that_all_are() -> None:
    clock = Clock()
    health = ApiHealth(clock)
    until = NOW + timedelta(minutes=10)
    health.succeeded("user_info")
    assert not health.found_down("video_query", until)
    health.succeeded("user_info")
    assert not health.found_down("comment_list", until)
    assert health.found_down("user_info", until)
    assert not health.proven
    assert health.answered
    assert health.down_until("user_info") == until
    assert health.down_until("user_followers") is None
    clock.sleep(600)
    assert health.down_until("user_info") is None
    health.failed("user_info")
    assert health.suspect("user_info")


def test_pauses_of_a_throttled_client_grow_and_threads_of_one_burst_share_one() -> None:
    clock = Clock()
    health = ApiHealth(clock)
    health.succeeded("video_query")
    pauses = []
    for _ in range(9):
        until = health.throttled(ASKED, earlier=0)
        assert health.throttled(ASKED, earlier=0) == until
        assert not health.proven
        pauses.append(until - clock.now())
        clock.time = until
    assert pauses[:3] == [ASKED, 2 * ASKED, 4 * ASKED]
    assert max(pauses) == timedelta(hours=1)
    health.succeeded("video_query")
    assert health.throttled(ASKED, earlier=0) == clock.now() + ASKED
    clock.sleep(60)
    assert health.throttled(ASKED, earlier=3) == clock.now() + 8 * ASKED


def test_where_nothing_but_429_was_had_the_second_pause_outlasts_the_invocation() -> None:
    clock = Clock()
    health = ApiHealth(clock)
    clock.time = health.throttled(ASKED, earlier=0)
    assert clock.time == NOW + ASKED
    assert health.throttled(ASKED, earlier=0) >= clock.now() + timedelta(minutes=10)
