"""UTC days as people write them: `2026-09-01`, `20260901`."""

import re
from datetime import date
from typing import Final

FIRST_DAY: Final = date(2016, 1, 1)
"""No video is older: TikTok began in September 2016."""
_DAY: Final = re.compile(r"(?P<year>[0-9]{4})(?P<dash>-?)(?P<month>[0-9]{2})(?P=dash)(?P<day>[0-9]{2})")


def read_day(written: object) -> date:
    """The day that is written in one of the two forms, as text or as a number.

    Raises:
        ValueError: it is not a day; the message shows what was written and how to write it.
    """
    match = _DAY.fullmatch(str(written))
    if match is None:
        raise ValueError(f"{written!r} is not a day; write it as YYYY-MM-DD or YYYYMMDD")
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError as error:
        raise ValueError(f"{written!r} is not a day of the calendar ({error})") from error
