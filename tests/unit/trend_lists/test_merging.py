"""Several sources' lists as one."""

from datetime import date, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.trend_lists.trend_rows import US, answer, numbered
from tiktok_collector.trend_lists.between_days import summarise
from tiktok_collector.trend_lists.kinds import TrendKind, TrendList, TrendSource
from tiktok_collector.trend_lists.merging import CURRENT_DAYS
from tiktok_collector.trend_lists.summary import MergedItem, MergedList

FIRST = date(2026, 9, 1)
BUSINESS = msgspec.structs.replace(US, source=TrendSource.BUSINESS_API)
LEGACY = msgspec.structs.replace(US, source=TrendSource.CREATIVE_CENTER_LEGACY)


def merged(*lists: tuple[TrendList, list[str]]) -> tuple[MergedList, ...]:
    return summarise(FIRST, [answer(names, asked=asked) for asked, names in lists], None).merged


def test_every_source_keeps_its_rank_and_the_best_counts() -> None:
    (found,) = merged((US, ["Cats", "dogs", "birds"]), (BUSINESS, ["fish", "dogs", "cats"]), (LEGACY, ["Dogs"]))
    assert (found.kind, found.country, found.period, found.industry) == (TrendKind.HASHTAG, "US", 7, "")
    dogs = {"business_api": 2, "creative_center": 2, "creative_center_legacy": 1}
    assert found.items == (
        MergedItem(key="dogs", label="dogs", name="Dogs", rank=1, ranks=dogs),
        MergedItem(key="cats", label="cats", name="Cats", rank=1, ranks={"business_api": 3, "creative_center": 1}),
        MergedItem(key="fish", label="fish", name="fish", rank=1, ranks={"business_api": 1}),
        MergedItem(key="birds", label="birds", name="birds", rank=3, ranks={"creative_center": 3}),
    )


def test_lists_that_ask_something_else_stay_apart() -> None:
    others = [
        msgspec.structs.replace(US, country="GB"),
        msgspec.structs.replace(US, period=30),
        msgspec.structs.replace(US, industry="10000000000"),
        msgspec.structs.replace(US, kind=TrendKind.KEYWORD),
    ]
    assert len(merged(*((asked, ["cats"]) for asked in (US, *others)))) == 5


def test_what_a_source_has_not_said_for_days_is_not_merged() -> None:
    before = summarise(FIRST, [answer(numbered(9)), answer(["cats"], asked=BUSINESS)], None)
    for number in range(1, CURRENT_DAYS + 2):
        on = FIRST + timedelta(days=number)
        before = summarise(on, [answer([]), answer(["cats"], asked=BUSINESS)], before)
        assert len(before.merged[0].items) == (10 if number <= CURRENT_DAYS else 1)


NAMES = st.lists(st.sampled_from("abcdef"), min_size=1, unique=True)


@given(current=NAMES, business=NAMES, legacy=NAMES)
def test_nothing_is_lost_or_invented(current: list[str], business: list[str], legacy: list[str]) -> None:
    (found,) = merged((US, current), (BUSINESS, business), (LEGACY, legacy))
    ranks = {(item.key, source): rank for item in found.items for source, rank in item.ranks.items()}
    assert ranks == {
        (name, asked.source): rank
        for asked, names in ((US, current), (BUSINESS, business), (LEGACY, legacy))
        for rank, name in enumerate(names, start=1)
    }
    assert all(item.rank == min(item.ranks.values()) for item in found.items)
    order = [(item.rank, -len(item.ranks), item.key) for item in found.items]
    assert order == sorted(order)
    assert len({item.key for item in found.items}) == len(found.items)
