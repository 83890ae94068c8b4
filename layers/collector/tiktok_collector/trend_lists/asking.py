"""Which lists a study's trend settings ask for, in the order in which they are asked."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Final

import msgspec

from tiktok_collector.errors import InvalidRequest
from tiktok_collector.study.trends import TrendSettings
from tiktok_collector.trend_lists.kinds import (
    ALL_COUNTRIES,
    ALL_INDUSTRIES,
    NO_PERIOD,
    UNOFFICIAL,
    TrendKind,
    TrendList,
    TrendSource,
)
from tiktok_collector.trend_lists.offers import Offer, offer_of

UNACKNOWLEDGED: Final = (
    "{} is not an official source: read its terms, and if you may use it set acknowledge_unofficial_terms: true; or "
    "choose business_api"
)


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """What is not asked of a source; the rest of the settings is.

    Attributes:
        kind: Of what trends.
        source: Which source.
        setting: The setting that names it: `kinds`, `countries`, `periods` or `industries`.
        values: What of that setting is refused.
        why: One sentence, with what the source has instead.
    """

    kind: TrendKind
    source: TrendSource
    setting: str
    values: tuple[str, ...]
    why: str


class Asked(msgspec.Struct, frozen=True):
    """The lists that settings ask for, each once, and what is refused of them."""

    lists: tuple[TrendList, ...]
    refused: tuple[Refused, ...]


def lists_of(settings: TrendSettings) -> Asked:
    """Each kind of each of its sources: all countries, periods and industries that the source offers.

    A source whose list is not divided by country, period or industry is asked for it once. The lists are in an order in
    which a budget that ends early has given every kind, and every country of a kind, about as much.
    """
    lists: list[TrendList] = []
    refused: list[Refused] = []
    for kind, sources in settings.kinds.items():
        for source in dict.fromkeys(sources):
            if source in UNOFFICIAL and not settings.acknowledge_unofficial_terms:
                why = UNACKNOWLEDGED.format(source) + "."
                refused.append(Refused(kind=kind, source=source, setting="kinds", values=(source,), why=why))
                continue
            try:
                offer = offer_of(source, kind)
            except InvalidRequest as error:
                refused.append(Refused(kind=kind, source=source, setting="kinds", values=(source,), why=str(error)))
                continue
            found = _Division(kind, source, offer, settings)
            lists += found.lists()
            refused += found.refused
    return Asked(tuple(interleaved(lists)), tuple(refused))


class _Division:
    """The lists of one kind of one source."""

    def __init__(self, kind: TrendKind, source: TrendSource, offer: Offer, settings: TrendSettings) -> None:
        self.kind = kind
        self.source = source
        self.offer = offer
        self.settings = settings
        self.refused: list[Refused] = []

    def lists(self) -> list[TrendList]:
        """In the order of the settings, countries last."""
        offer, settings = self.offer, self.settings
        countries = (
            self._offered("countries", settings.countries, offer.countries) if offer.countries else [ALL_COUNTRIES]
        )
        periods = self._offered("periods", settings.periods, offer.periods) if offer.periods else [NO_PERIOD]
        industries = [ALL_INDUSTRIES]
        if offer.industries is not None and settings.industries:
            industries = self._offered("industries", settings.industries, {ALL_INDUSTRIES, *offer.industries})
        return [
            TrendList(source=self.source, kind=self.kind, country=country, period=period, industry=industry)
            for period in periods
            for industry in industries
            for country in countries
        ]

    def _offered[T: str | int](self, setting: str, wanted: Iterable[T], offered: Collection[T]) -> list[T]:
        distinct = list(dict.fromkeys(wanted))
        if others := tuple(str(each) for each in distinct if each not in offered):
            has = ", ".join(str(each) for each in sorted(offered) if each != ALL_INDUSTRIES)
            why = (
                f"{self.source} does not offer {self.kind} trends for the {setting} {', '.join(others)}; it has {has}."
            )
            self.refused.append(Refused(kind=self.kind, source=self.source, setting=setting, values=others, why=why))
        return [each for each in distinct if each in offered]


def interleaved(lists: Sequence[TrendList]) -> list[TrendList]:
    """The same lists, each next one of what has had least so far: first by kind, then by source, then by country."""
    waiting: dict[tuple[TrendKind, TrendSource], dict[str, list[TrendList]]] = {}
    for each in reversed(lists):
        waiting.setdefault((each.kind, each.source), {}).setdefault(each.country, []).append(each)
    place = {country: at for at, country in enumerate(dict.fromkeys(each.country for each in lists))}
    pairs = list(dict.fromkeys((each.kind, each.source) for each in lists))
    kinds: Counter[TrendKind] = Counter()
    sources: Counter[tuple[TrendKind, TrendSource]] = Counter()
    countries: Counter[str] = Counter()
    of_pair: Counter[tuple[TrendKind, TrendSource, str]] = Counter()
    order: list[TrendList] = []
    while pairs:
        pair = min(pairs, key=lambda each: (kinds[each[0]], sources[each]))
        by_country = waiting[pair]
        country = min(by_country, key=lambda each: (of_pair[*pair, each], countries[each], place[each]))
        order.append(by_country[country].pop())
        kinds[pair[0]] += 1
        sources[pair] += 1
        countries[country] += 1
        of_pair[*pair, country] += 1
        if not by_country[country]:
            del by_country[country]
        if not by_country:
            pairs.remove(pair)
    return order
