"""What reading rows has in common for both generations: pages, ids, times and curves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from tiktok_collector.clock import iso
from tiktok_collector.trend_lists import lenient
from tiktok_collector.trend_lists.kinds import TrendList
from tiktok_collector.trend_lists.place import MOST_ROWS, Place
from tiktok_collector.trend_lists.rows import Curve, CurvePoint, TrendRow

_YEAR_10000: Final = 253_402_300_800
_LONGEST_TIME: Final = 20
_DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class RowReader:
    """How rows of one list are read; `read` gives None where `needs`, which identifies the row, is not there."""

    needs: str
    read: Callable[[dict[str, Any], Place], TrendRow | None]


def read_rows(
    reader: RowReader, items: Sequence[Any], *, asked: TrendList, retrieved_at: str, before: int
) -> tuple[tuple[TrendRow, ...], tuple[str, ...]]:
    """The rows of a page, and a sentence for each that cannot be read; `before`: rows on the pages before."""
    rows: list[TrendRow] = []
    rejected: list[str] = []
    for position, item in enumerate(items[:MOST_ROWS], start=before + 1):
        row = reader.read(item, Place(asked, retrieved_at, position)) if isinstance(item, dict) else None
        if row is not None:
            rows.append(row)
            continue
        lack = f"has no usable {reader.needs}" if isinstance(item, dict) else "is not an object"
        rejected.append(f"Row {position} of {asked.name} {lack}, so it is left out.")
    if len(items) > MOST_ROWS:
        rejected.append(
            f"A page of {asked.name} has {len(items)} rows; those after the first {MOST_ROWS} are left out."
        )
    return tuple(rows), tuple(rejected)


def given_id(value: Any) -> str | None:
    """An id; 0 stands for none."""
    found = lenient.identifier(value)
    return None if found == "0" else found


def inner(value: Any) -> dict[str, Any]:
    """An object within a row; an empty one where it is missing."""
    return value if isinstance(value, dict) else {}


def moment(value: Any) -> str | None:
    """Unix seconds as ISO 8601 in UTC; 0 stands for none."""
    return _known_moment(value) if isinstance(value, str) and len(value) <= _LONGEST_TIME else _moment(value)


def _moment(value: Any) -> str | None:
    seconds = lenient.count(value)
    return iso(datetime.fromtimestamp(seconds, UTC)) if seconds and seconds < _YEAR_10000 else None


# The points of all curves share their few days, and reading and writing one takes longer than the rest of its point.
_known_moment = lru_cache(maxsize=1_024)(_moment)


def curve(points: Any, *, time: str, scale: float) -> Curve | None:
    """A trend curve; points without a time or with a value below 0 are left out, None where none remain.

    Args:
        points: As the source has them.
        time: The key of a point's time, in Unix seconds.
        scale: What the source's curves end at. A curve that goes beyond is scaled by its own maximum instead.
    """
    kept: list[tuple[str, float]] = []
    most = scale
    for each in lenient.objects(points):
        when, value = moment(each.get(time)), lenient.number(each.get("value"))
        if when is not None and value is not None and value >= 0:
            kept.append((when, value))
            most = max(most, value)
    if not kept:
        return None
    return Curve(points=tuple([CurvePoint(when, round(value / most, _DIGITS)) for when, value in kept]), scale=most)
