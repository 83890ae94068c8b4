"""Studies of a few accounts and searches, with all kinds of schedules."""

from datetime import date, timedelta

from hypothesis import strategies as st

from tiktok_collector.study.collections import Cohort, Depth, Schedule, Search, Study, Visits

BEGIN = date(2026, 9, 1)
"""The day on which they are planned for the first time."""
NAMES = ("ada", "bo", "cy", "di", "ed", "flo")

ages = st.lists(st.integers(1, 14), min_size=1, max_size=3, unique=True).map(lambda days: tuple(sorted(days)))


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    first = BEGIN + timedelta(days=draw(st.integers(-50, 6)))
    last = draw(st.none() | st.integers(0, 60))
    return Schedule(
        first=first,
        last=None if last is None else first + timedelta(days=last),
        every_days=draw(st.sampled_from([1, 1, 2, 3, 7])),
        passes=draw(ages),
    )


depths = st.sampled_from(
    [Depth(), Depth(), Depth(comments=True), Depth(comments=True, max_comments=50, playlists=True)]
)
visits = st.builds(
    Visits,
    streams=st.sampled_from([(), ("profile",), ("profile", "pinned", "followers")]),
    every_days=st.integers(1, 12),
    max_followers=st.sampled_from([None, 200]),
)
priorities = st.integers(1, 3)


@st.composite
def studies(draw: st.DrawFn, *, shares: bool = False) -> Study:
    count = draw(st.integers(1, 3))
    share = st.sampled_from([None, None, 20, 30]) if shares else st.none()
    cohorts = tuple(
        Cohort(
            name=f"cohort {number}",
            schedule=draw(schedules()),
            depth=draw(depths),
            priority=draw(priorities),
            research_share=draw(share),
            usernames=tuple(draw(st.lists(st.sampled_from(NAMES), min_size=1, unique=True))),
            visits=draw(visits),
        )
        for number in range(count)
    )
    searches = tuple(
        Search(
            name=f"search {number}",
            schedule=draw(schedules()),
            depth=draw(depths),
            priority=draw(priorities),
            research_share=draw(share),
            query={"and": [{"operation": "EQ", "field_name": "keyword", "field_values": [f"word{number}"]}]},
        )
        for number in range(draw(st.integers(0, 2)))
    )
    return Study(name="study", cohorts=cohorts, searches=searches, batch_size=draw(st.integers(1, 4)))
