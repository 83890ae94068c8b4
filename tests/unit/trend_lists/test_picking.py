"""The hashtags that a search takes from a summary."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.trend_lists.trend_rows import US, answer, numbered
from tiktok_collector.study.trends import TrendPick
from tiktok_collector.trend_lists.between_days import summarise
from tiktok_collector.trend_lists.kinds import TrendList, TrendSource
from tiktok_collector.trend_lists.merging import CURRENT_DAYS
from tiktok_collector.trend_lists.picking import Picked, pick
from tiktok_collector.trend_lists.summary import Summary

FIRST = date(2026, 9, 1)
CURRENT = TrendSource.CREATIVE_CENTER
BUSINESS = TrendSource.BUSINESS_API
GB = msgspec.structs.replace(US, country="GB")
US_BUSINESS = msgspec.structs.replace(US, source=BUSINESS)
US_ONLY = TrendPick(countries=("US",))


def played(*days: Mapping[TrendList, Sequence[str]]) -> Summary:
    """The summary of the last of neighbouring days with these complete lists."""
    summary: Summary | None = None
    for number, lists in enumerate(days):
        answers = [answer(names, asked=asked) for asked, names in lists.items()]
        summary = summarise(FIRST + timedelta(days=number), answers, summary)
    assert summary
    return summary


def picked(
    wanted: TrendPick, *days: Mapping[TrendList, Sequence[str]], sources: Sequence[TrendSource] = (CURRENT,)
) -> Picked:
    return pick(played(*days), wanted, sources)


def test_the_top_of_a_country() -> None:
    found = picked(msgspec.structs.replace(US_ONLY, top=2), {US: "abc", GB: "xyz"})
    assert found == Picked(hashtags=("a", "b"), from_lists={US.name: FIRST}, left_out=0, notes=())


def test_countries_together_best_rank_first_up_to_the_cap() -> None:
    wanted = TrendPick(countries=("GB", "US"), top=3, at_most=4)
    found = picked(wanted, {US: "abc", GB: "xby"})
    assert found.hashtags == ("x", "a", "b", "y")
    assert found.left_out == 1
    assert found.from_lists == {GB.name: FIRST, US.name: FIRST}


def test_sources_are_merged_unless_one_is_named() -> None:
    lists = {US: "abc", US_BUSINESS: "cde"}
    wanted = msgspec.structs.replace(US_ONLY, top=3)
    assert picked(wanted, lists, sources=(CURRENT, BUSINESS)).hashtags == ("c", "a", "b")
    assert picked(wanted, lists, sources=(CURRENT,)).hashtags == ("a", "b", "c")
    named = msgspec.structs.replace(wanted, source=BUSINESS)
    assert picked(named, lists, sources=(CURRENT, BUSINESS)).hashtags == ("c", "d", "e")


def test_period_and_industry_name_the_list() -> None:
    month = msgspec.structs.replace(US, period=30, industry="10000000000")
    wanted = msgspec.structs.replace(US_ONLY, period=30, industry="10000000000")
    assert picked(wanted, {US: "abc", month: "xyz"}).hashtags == ("x", "y", "z")


def test_new_entries_only() -> None:
    wanted = msgspec.structs.replace(US_ONLY, new_only=True, top=3)
    found = picked(wanted, {US: "abcd"}, {US: "xayz"})
    assert (found.hashtags, found.notes) == (("x", "y"), ())


def test_new_is_what_no_source_had_before() -> None:
    wanted = msgspec.structs.replace(US_ONLY, new_only=True)
    before = {US: "ab", US_BUSINESS: "xb"}
    now = {US: "xyz", US_BUSINESS: "xzb"}
    assert picked(wanted, before, now, sources=(CURRENT, BUSINESS)).hashtags == ("z", "y")


def test_on_a_first_day_nothing_is_known_to_be_new() -> None:
    found = picked(msgspec.structs.replace(US_ONLY, new_only=True), {US: "abc"})
    assert (found.hashtags, found.from_lists) == ((), {})
    assert found.notes == (f"{US.name} was had for the first time on {FIRST}, so nothing on it is known to be new.",)


def test_entries_of_days_before_are_taken_for_a_while_and_then_said_to_be_too_old() -> None:
    good: Mapping[TrendList, Sequence[str]] = {US: "abc"}
    bad: Mapping[TrendList, Sequence[str]] = {US: ""}
    found = picked(US_ONLY, good, *[bad] * CURRENT_DAYS)
    assert (found.hashtags, found.from_lists, found.notes) == (("a", "b", "c"), {US.name: FIRST}, ())
    found = picked(US_ONLY, good, *[bad] * (CURRENT_DAYS + 1))
    assert (found.hashtags, found.from_lists) == ((), {})
    assert found.notes == (f"{US.name} was last had on {FIRST}, more than 3 days before 2026-09-05.",)


def test_entries_of_the_day_before_are_not_new() -> None:
    wanted = msgspec.structs.replace(US_ONLY, new_only=True)
    found = picked(wanted, {US: "abc"}, {US: "xyz"}, {US: ""})
    assert found.hashtags == ()
    assert found.notes == (
        f"{US.name} was last had on 2026-09-02, so nothing is known to have entered it on 2026-09-03.",
    )


@pytest.mark.parametrize("lists", [{GB: "abc"}, {US: ""}])
def test_a_missing_list_is_said_and_stops_no_other(lists: Mapping[TrendList, str]) -> None:
    found = picked(TrendPick(countries=("US", "GB")), lists)
    assert f"{US.name} has not been had by {FIRST}." in found.notes
    assert found.hashtags == tuple(lists.get(GB, ""))


def test_a_list_that_no_source_has_is_said() -> None:
    found = picked(TrendPick(countries=("CH",), period=1), {US: "abc"})
    assert found.notes == ("No source that is asked has hashtags of CH over 1 days.",)


def test_a_source_that_does_not_have_the_list_is_not_missed_beside_one_that_does() -> None:
    swiss = TrendList(source=BUSINESS, kind=US.kind, country="CH", period=7)
    found = picked(TrendPick(countries=("CH",)), {swiss: "abc"}, sources=(CURRENT, BUSINESS))
    assert (found.hashtags, found.notes) == (("a", "b", "c"), ())


def test_what_cannot_be_searched_for_is_left_out_and_said() -> None:
    found = picked(msgspec.structs.replace(US_ONLY, top=3), {US: ["two words", "a#b", "fine", "fourth"]})
    assert (found.hashtags, found.left_out) == (("fine",), 0)
    assert [note.split(" cannot")[0] for note in found.notes] == [
        "The trending hashtag 'two words'",
        "The trending hashtag 'a#b'",
    ]


def test_hashtags_are_searched_for_as_they_are_written_in_lower_case() -> None:
    assert picked(US_ONLY, {US: ["#Straße", "\uff23\uff21\uff34\uff33"]}).hashtags == ("straße", "cats")


NAMES = st.lists(st.sampled_from(numbered(12)), max_size=12, unique=True)


@given(
    days=st.lists(st.fixed_dictionaries({US: NAMES, GB: NAMES, US_BUSINESS: NAMES}), min_size=1, max_size=3),
    wanted=st.builds(
        TrendPick,
        countries=st.permutations(["US", "GB"]).map(tuple),
        top=st.integers(1, 8),
        new_only=st.booleans(),
        at_most=st.integers(1, 8),
        source=st.none() | st.sampled_from([CURRENT, BUSINESS]),
    ),
)
def test_never_more_than_wanted_never_twice_and_only_what_is_on_a_list(
    days: list[Mapping[TrendList, list[str]]], wanted: TrendPick
) -> None:
    found = picked(wanted, *days, sources=(CURRENT, BUSINESS))
    assert len(found.hashtags) <= wanted.at_most
    assert len(set(found.hashtags)) == len(found.hashtags)
    assert found.left_out == 0 or len(found.hashtags) == wanted.at_most
    assert len(found.hashtags) + found.left_out <= wanted.top * len(wanted.countries)
    seen = {name for day in days for names in day.values() for name in names}
    assert set(found.hashtags) <= seen
    assert found == picked(wanted, *days, sources=(BUSINESS, CURRENT))
