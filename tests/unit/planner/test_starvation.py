"""After days on which the quota ran out, a day costs what it did before."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.planner.idealised import Engine, a_day
from tiktok_collector.study.collections import Cohort, Schedule, Search, Study

TODAY = date(2026, 9, 1)
NAMES = tuple(f"user{number:03}" for number in range(180))
SCHEDULE = Schedule(first=TODAY - timedelta(days=40), passes=(2, 10))
QUERY = {"and": [{"operation": "EQ", "field_name": "keyword", "field_values": ["cats"]}]}
STUDY = Study(
    name="study",
    cohorts=(
        Cohort(name="one", usernames=NAMES[:110], schedule=SCHEDULE),
        Cohort(name="two", usernames=NAMES[90:], schedule=SCHEDULE),
    ),
    searches=(Search(name="cats", query=QUERY, schedule=SCHEDULE),),
    batch_size=20,
)
QUOTA = 40


@settings(max_examples=15, deadline=None)
@given(starved=st.lists(st.integers(0, 12), min_size=1, max_size=5), volume=st.sampled_from([0.05, 0.3, 1.0]))
def test_four_days_after_a_starvation_a_day_costs_what_it_did(starved: list[int], volume: float) -> None:
    engine = Engine(a_day(volume))
    engine.days(STUDY, TODAY, 5)
    before = _cost(engine, TODAY + timedelta(days=5), 10)
    first = TODAY + timedelta(days=15)
    for number, left in enumerate(starved):
        engine.day(STUDY, first + timedelta(days=number), {"research": left})
    end = first + timedelta(days=len(starved))
    plans = engine.days(STUDY, end, 4, {"research": QUOTA})
    assert not plans[-1].estimate.backlog
    assert _cost(engine, end + timedelta(days=4), 10) <= 1.1 * before


def _cost(engine: Engine, first: date, days: int) -> int:
    """Requests of so many days."""
    spent = engine.requests
    engine.days(STUDY, first, days, {"research": QUOTA})
    return engine.requests - spent
