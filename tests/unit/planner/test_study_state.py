from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.planner.idealised import days_of
from tiktok_collector.errors import Fatal
from tiktok_collector.planner.coverage import day_number
from tiktok_collector.planner.state import StudyState
from tiktok_collector.planner.unit_history import search_key
from tiktok_collector.study.day_plan import Purpose
from tiktok_collector.study.record import DayFound, Missing, RunRecord, VideoResult, VisitResult
from tiktok_collector.study.windows import Window

DAY = date(2026, 9, 1)
NAMES = ("ada", "bo", "cy")
QUERY = {"and": [{"operation": "EQ", "field_name": "hashtag_name", "field_values": ["cats"]}]}
OTHER_QUERY = {"and": [{"operation": "EQ", "field_name": "hashtag_name", "field_values": ["dogs"]}]}

windows = st.builds(
    lambda ago, days: Window(DAY - timedelta(days=ago), DAY - timedelta(days=ago - days)),
    ago=st.integers(10, 90),
    days=st.integers(0, 8),
)


@st.composite
def results(draw: st.DrawFn) -> VideoResult:
    window = draw(windows)
    is_search = draw(st.booleans())
    usernames = () if is_search else draw(st.lists(st.sampled_from(NAMES), min_size=1, unique=True).map(tuple))
    units = usernames or ("cats",)
    counts = draw(st.lists(st.dictionaries(st.sampled_from(units), st.integers(1, 9), max_size=2), max_size=4))
    found = {
        day: DayFound(sum(each.values()), by_username=each if usernames else {})
        for day, each in zip(days_of(window), counts, strict=False)
        if each
    }
    missing = draw(
        st.lists(
            st.builds(Missing, windows, st.sampled_from(["failed", "day_fails"]), usernames=st.just(usernames[:1])),
            max_size=1,
        )
    )
    return VideoResult(
        collections=draw(st.sampled_from([("one",), ("one", "two")])),
        purpose=draw(st.sampled_from(Purpose)),
        window=window,
        query=draw(st.sampled_from([QUERY, OTHER_QUERY])),
        usernames=usernames,
        search="cats" if is_search else "",
        found=found,
        missing=tuple(missing),
        candidates=draw(st.integers(0, 50)),
        requests=1,
        comment_requests=draw(st.integers(0, 3)),
        bad_usernames=usernames[:1] if draw(st.booleans()) else (),
        bisected=draw(st.sampled_from([0, 0, 25, 50])),
        silent=draw(st.booleans()),
    )


visits = st.builds(
    VisitResult,
    collections=st.just(("one",)),
    username=st.sampled_from(NAMES),
    complete=st.booleans(),
    observation=st.sampled_from([None, "private"]),
    requests=st.just({"user_info": 1}),
    streams=st.sampled_from([("profile",), ("profile", "followers"), ()]),
)


@st.composite
def histories(draw: st.DrawFn) -> list[RunRecord]:
    days = draw(st.lists(st.integers(0, 80), max_size=4))
    return [
        RunRecord(
            study="study",
            run_id=f"run-{number}",
            day=DAY + timedelta(days=day),
            part="accounts",
            videos=tuple(draw(st.lists(results(), max_size=3))),
            visits=tuple(draw(st.lists(visits, max_size=2))),
        )
        for number, day in enumerate(days)
    ]


def folded(records: list[RunRecord]) -> StudyState:
    state = StudyState.empty()
    for record in records:
        state.absorb(record)
    return state


@given(records=histories(), data=st.data())
def test_neither_order_nor_repetition_of_records_matters(records: list[RunRecord], data: st.DataObject) -> None:
    others = data.draw(st.permutations(records + records[:2]))
    assert folded(others).encode() == folded(records).encode()


@given(records=histories(), cut=st.integers(0, 4))
def test_a_snapshot_goes_on_like_the_state_that_it_was_made_of(records: list[RunRecord], cut: int) -> None:
    state = StudyState.decode(folded(records[:cut]).encode())
    assert state.encode() == folded(records[:cut]).encode()
    for record in records:
        state.absorb(record)
    assert state.encode() == folded(records).encode()


def result(**changes: object) -> VideoResult:
    usual = VideoResult(
        collections=("one",),
        purpose=Purpose.FRESH,
        window=Window(date(2026, 8, 20), date(2026, 8, 22)),
        query={},
        usernames=("ada", "bo"),
        candidates=2,
        requests=1,
        found={date(2026, 8, 20): DayFound(2, by_username={"ada": 2})},
    )
    return msgspec.structs.replace(usual, **changes)


def after(*videos: VideoResult) -> StudyState:
    return folded([RunRecord(study="study", run_id="run", day=DAY, part="accounts", videos=videos)])


def had(state: StudyState, unit: str) -> list[int]:
    return [day for day in range(19, 24) if state.units[unit].sure.on(day_number(date(2026, 8, day)))]


def test_days_of_a_window_that_are_missing_are_not_had() -> None:
    gap = Missing(Window(date(2026, 8, 21), date(2026, 8, 21)), "failed")
    assert had(after(result(missing=(gap,))), "bo") == [20, 22]


def test_days_that_are_missing_of_one_account_are_had_of_the_others() -> None:
    gap = Missing(Window(date(2026, 8, 20), date(2026, 8, 22)), "failed", usernames=("ada",))
    state = after(result(missing=(gap,)))
    assert (had(state, "ada"), had(state, "bo")) == ([], [20, 21, 22])


def test_a_control_covers_nothing() -> None:
    assert "ada" not in after(result(purpose=Purpose.CONTROL)).units


def test_a_changed_query_is_another_search() -> None:
    assert search_key("cats", QUERY) != search_key("cats", OTHER_QUERY)
    assert search_key("cats", QUERY) == search_key("cats", dict(QUERY))


def test_a_year_of_1000_accounts_is_small() -> None:
    """Even if all accounts differ, as they do once each has failed on a day of its own."""
    state = StudyState.empty()
    names = tuple(f"some.longer.username.{number:04}" for number in range(1_000))
    first = DAY - timedelta(days=400)
    whole = Window(first, DAY - timedelta(days=1))
    found = {
        day: DayFound(300, by_username={name: 1 for place, name in enumerate(names) if place % 10 < 3})
        for day in days_of(whole)
    }
    for number in range(20):
        batch = names[number * 50 : number * 50 + 50]
        gaps = tuple(
            Missing(Window(day, day), "failed", usernames=(name,))
            for place, name in enumerate(batch)
            for day in [first + timedelta(days=(number * 50 + place) * 7 % 400)]
        )
        part = result(usernames=batch, window=whole, found=found, missing=gaps)
        state.absorb(
            RunRecord(study="study", run_id=f"2026-09-01T00:00:00Z-{number}", day=DAY, part="accounts", videos=(part,))
        )
    assert len(state.encode()) < 2_000_000


@pytest.mark.parametrize("document", [b"", b"{}", b"[1]"])
def test_what_is_no_state_is_refused(document: bytes) -> None:
    with pytest.raises(Fatal, match="delete it, it is made again from records"):
        StudyState.decode(document)


def test_a_state_of_a_later_version_is_refused() -> None:
    later = StudyState.empty().encode().replace(b'"version":1', b'"version":2')
    with pytest.raises(Fatal, match="has version 2, and this code reads 1"):
        StudyState.decode(later)
