"""What each source offers of each kind: countries, periods and industries (docs/trends.md has the table).

The choices are those of the sources' own pages and documents; nothing here was asked of a source.
"""

from typing import Final

import msgspec

from tiktok_collector.errors import InvalidRequest
from tiktok_collector.study.regions import REGIONS
from tiktok_collector.trend_lists import industries
from tiktok_collector.trend_lists.kinds import (
    ALL_COUNTRIES,
    ALL_INDUSTRIES,
    NO_PERIOD,
    TrendKind,
    TrendList,
    TrendSource,
)


class Offer(msgspec.Struct, frozen=True):
    """What a source offers of one kind.

    Attributes:
        countries: By code; empty: its list is not divided by country.
        periods: In days; empty: its list is not counted over a period.
        industries: As the source calls them; None: its list is not divided by industry.
    """

    countries: frozenset[str]
    periods: tuple[int, ...]
    industries: frozenset[str] | None = None

    def has(self, asked: TrendList) -> bool:
        """Whether it offers the list's country, period and industry."""
        return (
            asked.country in (self.countries or {ALL_COUNTRIES})
            and asked.period in (self.periods or (NO_PERIOD,))
            and (asked.industry == ALL_INDUSTRIES or asked.industry in (self.industries or ()))
        )


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


_CURRENT_HASHTAGS: Final = _codes("AE AR AU BR CA CO DE EG ES FR GB ID IL IT JP KR MX MY PH SA SG TH TR TW US VN ZA")
_VIDEOS: Final = _codes("AE AU BR CA DE EG ES FR GB ID IT JP KR MX MY PH PL RU SA SE SG TH TR US VN")
_CREATORS: Final = _codes("AE AU BR CA DE EG ES FR GB ID IL IT JP KR MY PH RU SA SG TH TR TW US VN")
_LEGACY: Final = _codes("""
AE AR AT AU BD BE BG BH BR BY CA CH CL CO CZ DE DK EE EG ES FI FR GB GR HR HU ID IE IL IQ IS IT JO JP KH KR KW KZ LB LT
LU LV MA MM MO MX MY NG NL NO NZ OM PE PH PK PL PT QA RO SA SE SG SK TH TR TW UA US UZ VN ZA
""")
"""Of hashtags and sounds."""
_ANY: Final = REGIONS
"""Where a source takes country codes and does not say which."""

_OFFERS: Final[dict[TrendSource, dict[TrendKind, Offer]]] = {
    TrendSource.CREATIVE_CENTER: {
        TrendKind.HASHTAG: Offer(_CURRENT_HASHTAGS, (7, 30, 90, 120), industries.CURRENT),
        TrendKind.VIDEO: Offer(_VIDEOS, (7, 30)),
    },
    TrendSource.CREATIVE_CENTER_LEGACY: {
        TrendKind.HASHTAG: Offer(_LEGACY, (7, 30, 120), industries.LEGACY),
        TrendKind.SOUND: Offer(_LEGACY, (7, 30, 120)),
        TrendKind.KEYWORD: Offer(_ANY, (7, 30, 120), industries.LEGACY),
        TrendKind.CREATOR: Offer(_CREATORS, ()),
        TrendKind.VIDEO: Offer(_VIDEOS, (7, 30)),
    },
    TrendSource.BUSINESS_API: {
        TrendKind.HASHTAG: Offer(_ANY, (1, 7, 30, 120), industries.BUSINESS),
        TrendKind.SOUND: Offer(_ANY, (1, 7, 30, 90)),
        TrendKind.KEYWORD: Offer(frozenset(), ()),
    },
}


def kinds_of(source: TrendSource) -> tuple[TrendKind, ...]:
    """The kinds that a source has."""
    return tuple(_OFFERS[source])


def sources_of(kind: TrendKind) -> tuple[TrendSource, ...]:
    """The sources that have a kind."""
    return tuple(source for source, kinds in _OFFERS.items() if kind in kinds)


def offer_of(source: TrendSource, kind: TrendKind) -> Offer:
    """What `source` offers of `kind`.

    Raises:
        InvalidRequest: nothing; the message names the sources that have the kind.
    """
    if (found := _OFFERS[source].get(kind)) is None:
        others = ", ".join(sources_of(kind))
        raise InvalidRequest(f"{source} has no trends of the kind {kind}; choose a source that has them: {others}.")
    return found
