from datetime import UTC, datetime
from typing import Any

import pytest

from sandbox.clock import SandboxClock
from sandbox.settings import Settings, changed

START = datetime(2025, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"quota": 5}, "no setting called 'quota'"),
        ({"research_quota": "many"}, "wrong value: .*research_quota"),
        ({"research_quota": -1}, "research_quota cannot be negative"),
        ({"drop_rate": 1.5}, "drop_rate is a share between 0 and 1"),
        ({"user_500_probability": 2}, "user_500_probability is a share"),
        ({"unauthorized_endpoints": ["user/likes"]}, "'user/likes'"),
        ({"latency_seconds": {"everything": 1}}, "'everything'"),
        ({"retired_trends": ["video/query"]}, "'video/query'"),
        ({"trend_rate_limit_requests": -1}, "trend_rate_limit_requests cannot be negative"),
        ({"broken_days": ["2025-01-01"]}, "not a day in the form YYYYMMDD"),
        ({"no_pinned": "maybe"}, "wrong value"),
    ],
)
def test_a_wrong_setting_is_refused_in_a_sentence(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        changed(Settings(), changes)


def test_a_change_leaves_the_rest_and_the_old_settings_alone() -> None:
    before = changed(Settings(), {"comment_cap": None})
    after = changed(before, {"research_quota": 7})
    assert (after.comment_cap, after.research_quota, before.research_quota) == (None, 7, 1000)


def test_a_frozen_clock_stands_exactly_where_it_was_set() -> None:
    clock = SandboxClock(START, frozen=True)
    assert clock.now() == START
    clock.advance(0.5)
    assert clock.seconds() == START.timestamp() + 0.5
    clock.set(START)
    assert clock.now() == START


def test_a_running_clock_ticks_from_where_it_was_set() -> None:
    clock = SandboxClock(START)
    assert 0 <= (clock.now() - START).total_seconds() < 5
    states = [clock.frozen]
    clock.freeze()
    states.append(clock.frozen)
    assert clock.now() == clock.now()
    clock.resume()
    assert [*states, clock.frozen] == [False, True, False]
    assert 0 <= (clock.now() - START).total_seconds() < 10


def test_an_offset_is_against_the_real_time() -> None:
    clock = SandboxClock(START, frozen=True)
    clock.offset(86_400)
    assert 86_390 < (clock.now() - datetime.now(UTC)).total_seconds() < 86_410


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a time with a zone"):
        SandboxClock().set(datetime(2025, 1, 1))  # noqa: DTZ001 - what is refused
