"""What a study asks of trends, and what its searches take from them."""

import msgspec

from tiktok_collector.trend_lists.kinds import ALL_INDUSTRIES, TrendKind, TrendSource


class TrendSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Which lists are asked for, and how politely.

    Every kind is asked of each of its sources, for all countries, periods (days) and industries that the source offers;
    no industries: all together. No further page of a list is asked for once `rows` rows of it are there.
    `daily_requests` holds for each quota family of trends, per UTC day.
    """

    countries: tuple[str, ...]
    periods: tuple[int, ...]
    kinds: dict[TrendKind, tuple[TrendSource, ...]]
    industries: tuple[str, ...] = ()
    rows: int = 100
    daily_requests: int = 200
    polls_per_day: int = 2
    acknowledge_unofficial_terms: bool = False


class TrendPick(msgspec.Struct, frozen=True, kw_only=True):
    """The hashtags that a search takes from trend lists, anew for each UTC day of videos.

    `top` of each country's list are taken, and with `new_only` those of them alone that entered it on that day; of all
    countries together `at_most` so many, best rank first. `source` None: all that the study asks for hashtags, merged.
    Up to `days_before` days that are older than the first list are searched with that list's hashtags.
    """

    countries: tuple[str, ...]
    top: int = 10
    new_only: bool = False
    at_most: int = 20
    period: int = 7
    source: TrendSource | None = None
    industry: str = ALL_INDUSTRIES
    days_before: int = 7
