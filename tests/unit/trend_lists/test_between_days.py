"""What a day's answers make of the summary before it."""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.trend_lists.trend_rows import US, answer, hashtag, numbered
from tiktok_collector.errors import Fatal
from tiktok_collector.trend_lists.between_days import KEPT_DAYS, summarise
from tiktok_collector.trend_lists.summary import (
    Flag,
    Left,
    ListAnswer,
    ListSummary,
    Movement,
    Summary,
    decode_summary,
    encode_summary,
)

FIRST = date(2026, 9, 1)
GB = msgspec.structs.replace(US, country="GB")


def day(number: int) -> date:
    """The first is 1."""
    return FIRST + timedelta(days=number - 1)


def played(*days: Sequence[ListAnswer]) -> list[Summary]:
    """The summaries of neighbouring days with these answers."""
    summaries: list[Summary] = []
    for number, answers in enumerate(days, start=1):
        summaries.append(summarise(day(number), answers, summaries[-1] if summaries else None))
    return summaries


def last(*days: Sequence[ListAnswer]) -> ListSummary:
    """The one list of the last of these days."""
    (found,) = played(*days)[-1].lists
    return found


def movements(found: ListSummary) -> dict[str, Movement | None]:
    return {entry.key: entry.movement for entry in found.entries}


def days_on_list(found: ListSummary) -> dict[str, int]:
    return {entry.key: entry.days_on_list for entry in found.entries}


def keys(found: ListSummary) -> list[str]:
    return [entry.key for entry in found.entries]


def test_a_first_day_has_nothing_to_compare_with_and_says_so() -> None:
    found = last([answer(["Cats", "dogs"])])
    assert (found.first, found.as_of, found.compared_with, found.left) == (True, day(1), None, ())
    assert movements(found) == {"cats": None, "dogs": None}
    assert [(entry.rank, entry.name, entry.first_day, entry.days_on_list) for entry in found.entries] == [
        (1, "Cats", day(1), 1),
        (2, "dogs", day(1), 1),
    ]
    assert (found.flags, found.polls, found.good_polls, found.rows) == ((), 1, 1, 2)


def test_entries_enter_rise_fall_stay_and_leave() -> None:
    found = last([answer("abcd")], [answer("aceb")])
    assert (found.first, found.compared_with) == (False, day(1))
    assert movements(found) == {
        "a": Movement.UNCHANGED,
        "c": Movement.RISING,
        "e": Movement.ENTERED,
        "b": Movement.FALLING,
    }
    assert {entry.key: entry.previous_rank for entry in found.entries} == {"a": 1, "c": 3, "e": None, "b": 2}
    assert found.left == (Left(key="d", label="d", rank=4, days_on_list=1),)


def test_days_on_the_list_are_counted_while_it_stays() -> None:
    found = last([answer("ab")], [answer("ab")], [answer("a")], [answer("ab")])
    assert days_on_list(found) == {"a": 4, "b": 1}
    assert {entry.key: entry.first_day for entry in found.entries} == {"a": day(1), "b": day(4)}


def test_days_need_not_be_neighbours() -> None:
    before = summarise(day(1), [answer("ab")], None)
    (found,) = summarise(day(8), [answer("bc")], before).lists
    assert (found.compared_with, found.as_of) == (day(1), day(8))
    assert days_on_list(found) == {"b": 2, "c": 1}


def test_within_a_day_the_newest_good_poll_says_the_rank_and_any_keeps_on_the_list() -> None:
    found = last([answer("xyz")], [answer("xab", "p1"), answer("bx", "p2"), answer("", "p3", gap="Broken off.")])
    assert [(entry.key, entry.rank) for entry in found.entries] == [("b", 1), ("a", 2), ("x", 2)]
    assert {each.key for each in found.left} == {"y", "z"}
    assert (found.polls, found.good_polls, found.rows) == (3, 2, 3)
    assert (found.flags, found.gaps) == ((Flag.GAP,), ("Broken off.",))
    assert not found.suspicious


@pytest.mark.parametrize(
    ("doubtful", "flag", "suspicious"),
    [
        (answer(""), Flag.EMPTY, True),
        (answer(numbered(4)), Flag.SHRUNKEN, True),
        (answer(numbered(10), gap="Only half of it came."), Flag.GAP, False),
        (answer("", gap="Nothing came."), Flag.GAP, False),
    ],
)
def test_a_list_without_a_good_answer_stays_as_on_its_last_good_day(
    doubtful: ListAnswer, flag: Flag, *, suspicious: bool
) -> None:
    good = last([answer(numbered(20))], [answer(numbered(20, 5))])
    found = last([answer(numbered(20))], [answer(numbered(20, 5))], [doubtful])
    assert found.flags == (flag,)
    assert found.suspicious is suspicious
    assert found.gaps == ((doubtful.gap,) if doubtful.gap else ())
    assert (found.as_of, found.compared_with, found.last_asked) == (day(2), day(1), day(3))
    assert (found.entries, found.left, found.rows) == (good.entries, good.left, good.rows)


def test_after_a_doubtful_day_the_last_good_one_is_compared_with() -> None:
    found = last([answer(numbered(20))], [answer("")], [answer(numbered(20, 1))])
    assert (found.as_of, found.compared_with, found.flags) == (day(3), day(1), ())
    assert [each.key for each in found.left] == ["tag0"]
    assert days_on_list(found)["tag5"] == 2


@pytest.mark.parametrize(("before", "now", "believed"), [(8, 4, True), (9, 4, False), (8, 3, False), (7, 3, True)])
def test_shrunken_is_less_than_half_and_five_fewer(before: int, now: int, *, believed: bool) -> None:
    found = last([answer(numbered(before))], [answer(numbered(now))])
    assert (found.as_of == day(2)) is believed
    assert (Flag.SHRUNKEN in found.flags) is not believed


def test_a_doubtful_answer_does_not_count_beside_a_good_one_but_is_flagged() -> None:
    found = last([answer(numbered(20))], [answer(numbered(20, 1), "p1"), answer(["new"], "p2"), answer("", "p3")])
    assert keys(found) == sorted(numbered(20, 1), key=lambda name: int(name[3:]))
    assert (found.flags, found.good_polls) == ((Flag.EMPTY, Flag.SHRUNKEN), 1)


def test_a_size_that_stays_for_three_days_is_accepted() -> None:
    days = [[answer(numbered(40))], [answer(numbered(6))], [answer(numbered(10))], [answer(numbered(8, 3))]]
    assert last(*days[:3]).as_of == day(1)
    found = last(*days)
    assert found.flags == (Flag.SHRUNKEN, Flag.SIZE_ACCEPTED)
    assert (found.as_of, found.compared_with, found.rows) == (day(4), day(1), 8)
    assert keys(found) == numbered(8, 3)
    assert len(found.left) == 40 - 8
    assert not found.suspicious
    after = last(*days, [answer(numbered(8, 4))])
    assert (after.flags, after.compared_with) == ((), day(4))


@pytest.mark.parametrize(
    "between",
    [
        pytest.param([], id="not asked"),
        pytest.param([answer("", gap="Nothing came.")], id="a gap"),
    ],
)
def test_days_that_say_nothing_do_not_interrupt_three_days_running(between: Sequence[ListAnswer]) -> None:
    small = [answer(numbered(6))]
    assert last([answer(numbered(40))], small, between, small, small).as_of == day(5)


@pytest.mark.parametrize(
    "between",
    [
        pytest.param([answer("")], id="empty"),
        pytest.param([answer(numbered(40))], id="good"),
        pytest.param([answer(numbered(13))], id="another size"),
    ],
)
def test_other_sizes_interrupt_three_days_running(between: Sequence[ListAnswer]) -> None:
    small = [answer(numbered(6))]
    assert Flag.SIZE_ACCEPTED not in last([answer(numbered(40))], small, between, small, small).flags
    assert Flag.SIZE_ACCEPTED in last([answer(numbered(40))], small, between, small, small, small).flags


def test_an_empty_list_is_never_accepted() -> None:
    found = last([answer(numbered(40))], *[[answer("")]] * 10)
    assert (found.as_of, found.flags, len(found.entries)) == (day(1), (Flag.EMPTY,), 40)


def test_a_list_that_was_never_had_is_there_without_entries() -> None:
    found = last([answer("")], [answer(numbered(3), gap="It broke off.")])
    assert (found.as_of, found.compared_with, found.first, found.entries) == (None, None, True, ())
    assert (found.flags, found.gaps, found.polls, found.good_polls) == ((Flag.GAP,), ("It broke off.",), 1, 0)
    after = last([answer("")], [answer(["cats"])])
    assert (after.first, movements(after)) == (True, {"cats": None})


def test_what_the_source_withholds_is_flagged() -> None:
    found = last([answer("abc", capped=True, total=100)])
    assert (found.flags, found.total, found.as_of) == ((Flag.CAPPED,), 100, day(1))


def test_lists_that_are_not_asked_for_are_carried_on_for_a_while() -> None:
    before = summarise(day(1), [answer("ab"), answer("xy", asked=GB, gap=None)], None)
    for number in range(2, KEPT_DAYS + 2):
        before = summarise(day(number), [answer("ab")], before)
        carried = next(each for each in before.lists if each.asked == GB)
        assert (carried.flags, carried.as_of, carried.polls) == ((Flag.NOT_ASKED,), day(1), 0)
        assert [entry.key for entry in carried.entries] == ["x", "y"]
    after = summarise(day(KEPT_DAYS + 2), [answer("ab")], before)
    assert [each.asked for each in after.lists] == [US]


def test_a_list_that_is_asked_for_again_goes_on_where_it_was() -> None:
    found = last([answer("ab")], [], [answer("bc")])
    assert (found.compared_with, movements(found)) == (day(1), {"b": Movement.RISING, "c": Movement.ENTERED})


def test_rows_of_one_trend_count_once() -> None:
    twice = msgspec.structs.replace(answer([]), rows=(hashtag("cats", 4), hashtag("CATS", 2), hashtag("dogs", 2)))
    found = last([twice])
    assert [(entry.key, entry.rank) for entry in found.entries] == [("cats", 2), ("dogs", 2)]
    assert found.rows == 2


def test_ids_come_along() -> None:
    rows = (hashtag("cats", 1, hashtag_id="7312345678901234567"),)
    (entry,) = last([msgspec.structs.replace(answer([]), rows=rows)]).entries
    assert entry.ids == {"hashtag_id": "7312345678901234567"}


def test_a_summary_is_compared_with_earlier_days_only() -> None:
    before = summarise(day(2), [], None)
    with pytest.raises(Fatal, match="2026-09-02"):
        summarise(day(2), [], before)


def test_summaries_come_back_as_they_were() -> None:
    summary = played([answer("ab")], [answer("bc"), answer("x", asked=GB, gap="Broken.")])[-1]
    assert decode_summary(encode_summary(summary)) == summary


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\xff"])
def test_what_is_no_summary_is_an_error(data: bytes) -> None:
    with pytest.raises(Fatal, match="no summary of trends"):
        decode_summary(data)


def test_a_summary_of_another_version_is_an_error() -> None:
    other = msgspec.structs.replace(summarise(day(1), [], None), version=2)
    with pytest.raises(Fatal, match="version 2"):
        decode_summary(encode_summary(other))


NAMES = st.lists(st.sampled_from([f"tag{number}" for number in range(14)]), max_size=14, unique=True)
ANSWERS = st.builds(
    answer,
    NAMES,
    poll=st.sampled_from(["p1", "p2", "p3"]),
    asked=st.sampled_from([US, GB]),
    gap=st.none() | st.just("It broke off."),
    total=st.none() | st.just(100),
    capped=st.booleans(),
)
DAYS = st.lists(st.lists(ANSWERS, max_size=4), min_size=1, max_size=7)


@given(days=DAYS, data=st.data())
def test_the_order_of_answers_changes_nothing(days: list[list[ListAnswer]], data: st.DataObject) -> None:
    mixed = [data.draw(st.permutations(answers)) for answers in days]
    assert [encode_summary(each) for each in played(*days)] == [encode_summary(each) for each in played(*mixed)]


def is_cut(found: ListSummary) -> bool:
    return found.total is not None and found.rows < found.total


@given(days=DAYS)
def test_entered_kept_and_left_add_up(days: list[list[ListAnswer]]) -> None:
    summaries = played(*days)
    by_day = {(each.day, found.asked): found for each in summaries for found in each.lists}
    for found in by_day.values():
        if found.compared_with is None:
            assert all(entry.movement is None for entry in found.entries)
            assert found.left == ()
            continue
        before = by_day[found.compared_with, found.asked]
        former = {entry.key: entry for entry in before.entries}
        now = {entry.key: entry for entry in found.entries}
        for key in now.keys() - former.keys():
            is_seen = not is_cut(before) or now[key].rank <= max(entry.rank for entry in before.entries)
            assert now[key].movement is (Movement.ENTERED if is_seen else None)
        reach = max(now[key].rank for key in now) if is_cut(found) else max(entry.rank for entry in before.entries)
        assert {each.key for each in found.left} == {
            key for key in former.keys() - now.keys() if former[key].rank <= reach
        }
        for key in now.keys() & former.keys():
            assert now[key].previous_rank == former[key].rank
            difference = former[key].rank - now[key].rank
            assert (now[key].movement is Movement.RISING) == (difference > 0)
            assert (now[key].movement is Movement.FALLING) == (difference < 0)
            assert now[key].days_on_list == former[key].days_on_list + 1
            assert now[key].first_day == former[key].first_day


@given(days=DAYS)
def test_entries_change_on_days_with_a_good_answer_only(days: list[list[ListAnswer]]) -> None:
    former: dict[object, ListSummary] = {}
    for summary, answers in zip(played(*days), days, strict=True):
        for found in summary.lists:
            of_list = [each for each in answers if each.asked == found.asked]
            assert found.polls == len(of_list)
            assert (found.as_of == summary.day) == (found.good_polls > 0)
            if found.good_polls == 0 and found.asked in former:
                assert found.entries == former[found.asked].entries
            if found.good_polls:
                complete = {row.key for each in of_list if each.gap is None for row in each.rows}
                assert {entry.key for entry in found.entries} <= complete
                assert found.entries
            former[found.asked] = found


def test_what_was_behind_the_last_rank_that_was_known_has_not_entered() -> None:
    cut, whole = answer("abc", total=6), answer("axbyzc", total=6)
    found = last([cut], [whole])
    assert movements(found) == {
        "a": Movement.UNCHANGED,
        "x": Movement.ENTERED,
        "b": Movement.FALLING,
        "y": None,
        "z": None,
        "c": Movement.FALLING,
    }


def test_what_is_behind_the_last_rank_that_is_known_has_not_left() -> None:
    found = last([answer("abcdef", total=6)], [answer("axd", total=6)])
    assert [each.key for each in found.left] == ["b", "c"]


def test_of_lists_that_are_cut_at_the_same_rank_what_is_missing_has_left() -> None:
    found = last([answer("abc", total=100)], [answer("axb", total=100)])
    assert movements(found) == {"a": Movement.UNCHANGED, "x": Movement.ENTERED, "b": Movement.FALLING}
    assert [each.key for each in found.left] == ["c"]
