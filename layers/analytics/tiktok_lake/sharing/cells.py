"""Pure: which cells of a table of counts are held back, so that no small one is shown or can be worked out."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell.

    Attributes:
        place: Its value of each dimension.
        rows: What it counts.
        accounts: How many accounts these are known to be of; None where no row says whose it is.
    """

    place: tuple[str | None, ...]
    rows: int
    accounts: int | None = None


@dataclass(frozen=True, slots=True)
class Smallest:
    """What a cell must have to be shown."""

    rows: int
    accounts: int

    def allows(self, cell: Cell) -> bool:
        """Whether the cell is large enough."""
        return cell.rows >= self.rows and (cell.accounts is None or cell.accounts >= self.accounts)


def held_back(cells: Sequence[Cell], smallest: Smallest) -> frozenset[int]:
    """The positions of cells that are not shown.

    Beside those that are too small: where a line of cells, all values of one dimension at the same place in the others,
    holds back a single cell or too few rows, whoever knows the line's total could subtract. So the smallest
    cells of the line that are left are held back with it, until two cells and enough rows are missing.
    """
    held = {number for number, cell in enumerate(cells) if not smallest.allows(cell)}
    lines = list(_lines(cells))
    while added := {number for line in lines for number in _to_add(line, cells, held, smallest)}:
        held |= added
    return frozenset(held)


def _lines(cells: Sequence[Cell]) -> Iterator[list[int]]:
    dimensions = len(cells[0].place) if cells else 0
    for dimension in range(dimensions):
        lines = defaultdict(list)
        for number, cell in enumerate(cells):
            lines[cell.place[:dimension] + cell.place[dimension + 1 :]].append(number)
        yield from lines.values()


def _to_add(line: Sequence[int], cells: Sequence[Cell], held: set[int], smallest: Smallest) -> Iterator[int]:
    missing = [number for number in line if number in held]
    if not missing:
        return
    count, rows = len(missing), sum(cells[number].rows for number in missing)
    shown = sorted((number for number in line if number not in held), key=lambda each: (cells[each].rows, each))
    for number in shown:
        if count > 1 and rows >= smallest.rows:
            return
        yield number
        count, rows = count + 1, rows + cells[number].rows
