"""Bars and columns of block characters: pure."""

from collections.abc import Sequence
from typing import Final

from rich.text import Text

_EIGHTHS: Final = " ▁▂▃▄▅▆▇█"
_FULL, _AHEAD, _FREE = "█", "▒", "·"
_WARNING, _ALARM = 0.75, 0.9


def bar(used: int, ahead: int, limit: int, width: int) -> Text:
    """A bar of `width` columns: what is used, what is expected beside it, and what is free."""
    whole = max(limit, 1)
    solid = _columns(used, whole, width)
    expected = max(0, _columns(used + ahead, whole, width) - solid)
    return Text.assemble(
        (_FULL * solid, colour(used, limit)),
        (_AHEAD * expected, colour(used + ahead, limit)),
        (_FREE * (width - solid - expected), "dim"),
    )


def _columns(number: int, whole: int, width: int) -> int:
    """Columns for `number` of `whole`: none only for nothing, all only for all."""
    if number <= 0:
        return 0
    if number >= whole:
        return width
    return min(max(1, round(width * number / whole)), width - 1)


def colour(used: int, limit: int) -> str:
    """Green, yellow from three quarters of the limit, red from nine tenths."""
    share = used / max(limit, 1)
    return "red" if share >= _ALARM else "yellow" if share >= _WARNING else "green"


def columns(values: Sequence[float | None], top: float, height: int, *, wide: int = 3) -> list[Text]:
    """Columns of `height` lines, the highest line first; None leaves a dot on the ground.

    Args:
        values: From left to right.
        top: The value of a column as high as the plot.
        height: Lines.
        wide: Columns of the terminal for each value, one of them free.
    """
    steps = [0 if value is None else _steps(value, top, height) for value in values]
    lines = []
    for level in range(height - 1, -1, -1):
        line = Text()
        for value, filled in zip(values, steps, strict=True):
            here = min(max(filled - 8 * level, 0), 8)
            if value is None and level == 0:
                line.append("·".ljust(wide), "dim")
            else:
                line.append((_EIGHTHS[here] * (wide - 1)).ljust(wide), colour(round(value or 0), round(top)))
        lines.append(line)
    return lines


def _steps(value: float, top: float, height: int) -> int:
    """Eighths of a line; one at least for anything, so that a little is seen."""
    if value <= 0 or top <= 0:
        return 0
    return min(max(1, round(8 * height * value / top)), 8 * height)
