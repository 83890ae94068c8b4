from hypothesis import given
from hypothesis import strategies as st

from cli.bars import bar, columns

NUMBERS = st.integers(0, 30_000)


@given(NUMBERS, NUMBERS, st.integers(1, 20_000), st.integers(4, 80))
def test_a_bar_is_as_wide_as_asked_whatever_it_shows(used: int, ahead: int, limit: int, width: int) -> None:
    drawn = bar(used, ahead, limit, width).plain
    assert len(drawn) == width
    assert ("█" in drawn) == (used > 0)
    # Full only where nothing is left: a person reads the end of the bar first.
    assert (drawn == "█" * width) == (used >= limit)


def test_what_is_expected_stands_between_what_is_used_and_what_is_free() -> None:
    assert bar(20, 30, 100, 10).plain == "██▒▒▒·····"


@given(st.lists(st.none() | st.floats(0, 1000), min_size=1, max_size=31), st.integers(1, 8))
def test_columns_stand_on_the_ground_and_keep_their_places(values: list[float | None], height: int) -> None:
    lines = [line.plain for line in columns(values, 1000, height)]
    assert len(lines) == height
    assert {len(line) for line in lines} == {3 * len(values)}
    for number, value in enumerate(values):
        ground = lines[-1][3 * number]
        assert ground == "·" if value is None else (ground != " ") == (value > 0)


def test_the_highest_column_reaches_the_top() -> None:
    assert [line.plain for line in columns([1000, 500, None], 1000, 2, wide=2)] == ["█     ", "█ █ · "]
