"""The daily views of `trending_history` as a curve."""

import re
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Final

from tiktok_collector.clock import iso
from tiktok_collector.trend_lists import lenient
from tiktok_collector.trend_lists.rows import Curve, CurvePoint

_DIGITS: Final = 6
_LONGEST_DAY: Final = 30
_DAY: Final = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?!\d)", re.ASCII)


def views_curve(history: Any) -> Curve | None:
    """The days with known views, in order, 1 standing for the most views; None where no day has any.

    The API leaves out views below 1,000; such days have no point. Of a day that comes twice the first counts.
    """
    views: dict[str, float] = {}
    for entry in lenient.objects(history):
        day, seen = _day(entry.get("date")), lenient.number(entry.get("views_daily"))
        if day is not None and seen is not None and seen >= 0:
            views.setdefault(day, seen)
    most = max(views.values(), default=0.0)
    if most <= 0:
        return None
    return Curve(points=tuple(CurvePoint(day, round(views[day] / most, _DIGITS)) for day in sorted(views)), scale=most)


def _day(value: Any) -> str | None:
    """A day as `YYYY-MM-DD`, from that form, with or without dashes or a time behind it, or from Unix seconds."""
    written = lenient.text(value)
    if written is None:
        return None
    return _known_day(written) if len(written) <= _LONGEST_DAY else _written_day(written)


def _written_day(written: str) -> str | None:
    try:
        if (parts := _DAY.match(written.strip())) is not None:
            return date(int(parts[1]), int(parts[2]), int(parts[3])).isoformat()
        seconds = lenient.integer(written)
        return None if seconds is None else iso(datetime.fromtimestamp(seconds, UTC))[:10]
    except (ValueError, OverflowError, OSError):
        return None


# All rows share their few days, and reading one takes longer than the rest of its point.
_known_day = lru_cache(maxsize=1_024)(_written_day)
