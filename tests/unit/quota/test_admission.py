"""Why a reservation is refused, and until when: pure."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok_collector.errors import QuotaExhausted
from tiktok_collector.quota.admission import PROBE_STEPS, Grant, admit, next_probe
from tiktok_collector.quota.budget import Budget
from tiktok_collector.quota.day_usage import DayUsage
from tiktok_collector.quota.families import Family, WorkClass

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TURN = timedelta(minutes=2)


def usage(
    used: int = 0, scheduled: int = 0, paused: datetime | None = None, closed: datetime | None = None
) -> DayUsage:
    by_class = {WorkClass.ADHOC: used - scheduled, WorkClass.SCHEDULED: scheduled}
    return DayUsage("2026-11-20", Family.RESEARCH, 100, used, by_class, paused, closed)


def ask(state: DayUsage, work_class: WorkClass = WorkClass.ADHOC, count: int = 1) -> Grant:
    return admit(state, Budget(100, 10), work_class, count=count, now=NOW, turn_of_day=TURN)


@pytest.mark.parametrize(
    ("state", "work_class", "resume_at", "reason"),
    [
        (usage(100), WorkClass.ADHOC, NOW + timedelta(hours=12, minutes=2), "the limit of 100 requests is used up"),
        (usage(90, 90), WorkClass.SCHEDULED, NOW + timedelta(hours=8), "used its share of 90 requests"),
        (
            usage(paused=NOW + timedelta(seconds=30)),
            WorkClass.ADHOC,
            NOW + timedelta(seconds=30),
            "rate_limit_exceeded",
        ),
        (usage(closed=NOW + TURN), WorkClass.ADHOC, NOW + TURN, "daily_quota_limit_exceeded"),
        # Of several reasons the one that lasts longest counts: coming back earlier would be in vain.
        (
            usage(90, 90, paused=NOW + timedelta(minutes=1), closed=NOW + timedelta(minutes=15)),
            WorkClass.SCHEDULED,
            NOW + timedelta(hours=8),
            "share",
        ),
        (usage(100, 95), WorkClass.SCHEDULED, NOW + timedelta(hours=12, minutes=2), "limit of 100"),
    ],
)
def test_a_refusal_names_its_reason_and_its_end(
    state: DayUsage, work_class: WorkClass, resume_at: datetime, reason: str
) -> None:
    with pytest.raises(QuotaExhausted, match=reason) as caught:
        ask(state, work_class)
    assert caught.value.resume_at == resume_at


def test_a_pause_or_closing_that_is_over_does_not_refuse() -> None:
    assert ask(usage(paused=NOW)) == Grant(1)
    assert ask(usage(closed=NOW), count=5) == Grant(1, probe_of=NOW)


@given(st.integers(0, 100), st.integers(0, 100), st.integers(1, 200), st.sampled_from(WorkClass))
def test_a_grant_fits_the_limit_and_the_share(adhoc: int, scheduled: int, count: int, work_class: WorkClass) -> None:
    state = usage(min(100, adhoc + scheduled), scheduled)
    room = 100 - state.used
    if work_class is WorkClass.SCHEDULED:
        room = min(room, 90 - scheduled)
    if room <= 0:
        with pytest.raises(QuotaExhausted) as caught:
            ask(state, work_class, count)
        assert caught.value.resume_at > NOW
    else:
        assert ask(state, work_class, count) == Grant(min(count, room))


@given(st.integers(0, 40), st.timedeltas(timedelta(0), timedelta(days=40)))
def test_probes_become_rarer_and_wait_for_no_more_than_the_next_day(probes: int, after: timedelta) -> None:
    now = NOW + after
    here, later = next_probe(probes, now, TURN), next_probe(probes + 1, now, TURN)
    assert now < here <= later <= now + PROBE_STEPS[-1]
    opening = datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(days=1) + TURN
    assert later <= opening
