"""Over how many days trends are counted."""

from enum import IntEnum


class TrendPeriod(IntEnum):
    """Over how many days a trend is counted; not every source offers every one."""

    DAY = 1
    WEEK = 7
    MONTH = 30
    QUARTER = 90
    SEASON = 120
