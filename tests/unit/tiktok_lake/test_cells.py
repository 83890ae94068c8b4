from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from tiktok_lake.sharing.cells import Cell, Smallest, held_back

TEN = Smallest(rows=10, accounts=1)


def shown(cells: list[Cell], smallest: Smallest = TEN) -> list[tuple[str | None, ...]]:
    held = held_back(cells, smallest)
    return [cell.place for number, cell in enumerate(cells) if number not in held]


def line(*rows: int) -> list[Cell]:
    return [Cell((str(number),), each) for number, each in enumerate(rows)]


def test_a_cell_with_too_few_rows_is_held_back_with_the_smallest_beside_it() -> None:
    assert shown(line(50, 9, 12, 30)) == [("0",), ("3",)]


def test_two_small_cells_that_are_large_together_hide_each_other() -> None:
    assert shown(line(50, 9, 8)) == [("0",)]


def test_two_cells_that_are_small_together_take_a_third_with_them() -> None:
    assert shown(line(50, 2, 3, 12)) == [("0",)]


def test_large_cells_are_all_shown() -> None:
    assert len(shown(line(10, 11, 12))) == 3


def test_a_cell_of_too_few_accounts_is_held_back_however_many_rows_it_has() -> None:
    cells = [Cell(("DE",), 500, 2), Cell(("FR",), 40, 9), Cell(("US",), 60, 9)]

    assert shown(cells, Smallest(rows=10, accounts=3)) == [("US",)]


def test_rows_that_name_no_account_are_held_to_the_rows_alone() -> None:
    assert shown([Cell(("DE",), 10, None)], Smallest(rows=10, accounts=3)) == [("DE",)]


def test_of_two_dimensions_each_line_hides_what_it_lacks() -> None:
    cells = [
        Cell(("DE", "1"), 5),
        Cell(("DE", "2"), 20),
        Cell(("DE", "3"), 30),
        Cell(("FR", "1"), 25),
        Cell(("FR", "2"), 40),
        Cell(("FR", "3"), 50),
    ]

    assert shown(cells) == [("DE", "3"), ("FR", "3")]


def test_nothing_is_nothing() -> None:
    assert held_back([], TEN) == frozenset()


@given(
    st.dictionaries(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), st.integers(1, 40), max_size=9),
    st.integers(1, 20),
)
def test_no_line_lacks_a_single_cell_or_too_few_rows_unless_it_shows_nothing(
    counts: dict[tuple[str, str], int], fewest: int
) -> None:
    cells = [Cell(place, rows) for place, rows in counts.items()]
    held = held_back(cells, Smallest(rows=fewest, accounts=1))

    assert all(cell.rows >= fewest for number, cell in enumerate(cells) if number not in held)
    for dimension in (0, 1):
        lines = defaultdict(list)
        for number, cell in enumerate(cells):
            lines[cell.place[1 - dimension]].append(number)
        for numbers in lines.values():
            missing = [number for number in numbers if number in held]
            if missing and len(missing) < len(numbers):
                assert len(missing) > 1
                assert sum(cells[number].rows for number in missing) >= fewest
