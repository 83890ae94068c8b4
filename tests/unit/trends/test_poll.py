from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok_collector.trend_lists.kinds import TrendKind, TrendList, TrendSource
from tiktok_collector.trends.poll import (
    OF_CREDENTIALS,
    TRIED_AGAIN,
    TRIES,
    UNLIMITED,
    Gap,
    GapReason,
    ListOutcome,
    poll_of,
)

LIST = TrendList(source=TrendSource.BUSINESS_API, kind=TrendKind.HASHTAG, country="US", period=7)


def outcome(reason: GapReason, tries: int = 1) -> ListOutcome:
    return ListOutcome(asked=LIST, tries=tries, gap=Gap(reason=reason, message="So it is."))


@given(st.integers(1, 4), st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)))  # noqa: DTZ001 - UTC is added
def test_a_day_is_divided_into_polls_of_equal_length(polls: int, naive: datetime) -> None:
    now = naive.replace(tzinfo=UTC)
    day, name = poll_of(now, polls)
    assert day == now.date().isoformat()
    number = int(name.removeprefix("p"))
    begins = datetime.combine(now.date(), datetime.min.time(), UTC) + timedelta(days=1) * (number - 1) / polls
    assert begins <= now < begins + timedelta(days=1) / polls


def test_what_is_complete_is_never_asked_for_again() -> None:
    assert not ListOutcome(asked=LIST, tries=1).is_open(new_credentials=True)


@pytest.mark.parametrize("reason", GapReason)
def test_whether_a_list_is_asked_for_again_depends_on_the_reason(reason: GapReason) -> None:
    assert outcome(reason, tries=TRIES).is_open(new_credentials=False) == (reason in UNLIMITED)
    assert outcome(reason, tries=1).is_open(new_credentials=False) == (reason in UNLIMITED | TRIED_AGAIN)
    assert outcome(reason, tries=TRIES).is_open(new_credentials=True) == (reason in UNLIMITED | OF_CREDENTIALS)
