"""docs/trends.md has what each source offers."""

import re

from tests.support.docs import DOCS, table_of
from tiktok_collector.study.regions import REGIONS
from tiktok_collector.trend_lists.kinds import TrendKind, TrendSource
from tiktok_collector.trend_lists.offers import kinds_of, offer_of

ROWS = [
    (TrendSource(row[0].strip("`")), TrendKind(kind), row[2:])
    for row in table_of((DOCS / "trends.md").read_text(), "## Countries, periods and industries", "source")
    for kind in row[1].split(", ")
]


def test_every_kind_of_every_source_has_its_row() -> None:
    every = [(source, kind) for source in TrendSource for kind in kinds_of(source)]
    assert sorted((source, kind) for source, kind, _ in ROWS) == sorted(every)


def test_rows_have_what_is_offered() -> None:
    for source, kind, (countries, periods, industries) in ROWS:
        offer = offer_of(source, kind)
        assert (REGIONS if countries == "all" else set(countries.split())) == offer.countries
        assert ", ".join(map(str, offer.periods)) == periods
        divided = bool(industries) and f"none of {kind}s" not in industries
        assert divided == (offer.industries is not None)
        if offer.industries:
            assert industries.startswith(f"{len(offer.industries)} ")
            assert set(re.findall(r"`(\w+)`", industries)) <= offer.industries
