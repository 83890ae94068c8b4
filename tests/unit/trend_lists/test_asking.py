"""Which lists settings come to, in which order, and what is refused of them."""

from collections import Counter
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok_collector.errors import InvalidRequest
from tiktok_collector.study.regions import REGIONS
from tiktok_collector.study.trends import TrendSettings
from tiktok_collector.trend_lists.asking import lists_of
from tiktok_collector.trend_lists.kinds import TrendKind, TrendList, TrendSource
from tiktok_collector.trend_lists.offers import kinds_of, offer_of, sources_of

CURRENT = TrendSource.CREATIVE_CENTER
LEGACY = TrendSource.CREATIVE_CENTER_LEGACY
BUSINESS = TrendSource.BUSINESS_API
EDUCATION = "10000000000"
KINDS = {kind: sources_of(kind) for kind in TrendKind}


def settings(
    kinds: Mapping[TrendKind, tuple[TrendSource, ...]],
    countries: tuple[str, ...] = ("US",),
    periods: tuple[int, ...] = (7,),
    industries: tuple[str, ...] = (),
    *,
    acknowledged: bool = True,
) -> TrendSettings:
    return TrendSettings(
        countries=countries,
        periods=periods,
        kinds=dict(kinds),
        industries=industries,
        acknowledge_unofficial_terms=acknowledged,
    )


def names(wanted: TrendSettings) -> set[str]:
    return {each.name for each in lists_of(wanted).lists}


def test_countries_periods_and_industries_are_multiplied() -> None:
    wanted = settings({TrendKind.HASHTAG: (CURRENT,)}, ("US", "GB"), (7, 30), (EDUCATION,))
    assert names(wanted) == {
        f"creative_center.hashtag.{country}.{period}d-{EDUCATION}" for country in ("US", "GB") for period in (7, 30)
    }
    assert lists_of(wanted).refused == ()


def test_what_a_source_does_not_divide_is_asked_once() -> None:
    wanted = settings(
        {TrendKind.KEYWORD: (BUSINESS,), TrendKind.CREATOR: (LEGACY,), TrendKind.SOUND: (LEGACY,)},
        ("US", "GB"),
        (7, 30),
        (EDUCATION,),
    )
    assert sorted(names(wanted)) == [
        "business_api.keyword.ALL.0d-all",
        "creative_center_legacy.creator.GB.0d-all",
        "creative_center_legacy.creator.US.0d-all",
        "creative_center_legacy.sound.GB.30d-all",
        "creative_center_legacy.sound.GB.7d-all",
        "creative_center_legacy.sound.US.30d-all",
        "creative_center_legacy.sound.US.7d-all",
    ]
    assert lists_of(wanted).refused == ()


def test_what_is_not_offered_is_refused_with_what_is_and_the_rest_is_asked() -> None:
    wanted = settings({TrendKind.VIDEO: (CURRENT,), TrendKind.SOUND: (BUSINESS,)}, ("CH", "DE", "AT"), (7, 90))
    assert names(wanted) == {
        "creative_center.video.DE.7d-all",
        *(f"business_api.sound.{country}.{period}d-all" for country in ("CH", "DE", "AT") for period in (7, 90)),
    }
    by_country, by_period = lists_of(wanted).refused
    assert (by_country.kind, by_country.source, by_country.setting) == (TrendKind.VIDEO, CURRENT, "countries")
    assert by_country.values == ("CH", "AT")
    assert "CH, AT" in by_country.why
    assert "it has AE, AU, BR, CA, DE," in by_country.why
    assert by_period.why == "creative_center does not offer video trends for the periods 90; it has 7, 30."


def test_industries_go_by_the_names_of_each_source() -> None:
    wanted = settings({TrendKind.HASHTAG: (CURRENT, BUSINESS)}, industries=("EDUCATION", EDUCATION))
    assert names(wanted) == {
        f"creative_center.hashtag.US.7d-{EDUCATION}",
        "business_api.hashtag.US.7d-EDUCATION",
    }
    current, business = lists_of(wanted).refused
    assert (current.source, current.setting, current.values) == (CURRENT, "industries", ("EDUCATION",))
    assert (business.source, business.setting, business.values) == (BUSINESS, "industries", (EDUCATION,))


def test_all_industries_together_can_be_named_among_others() -> None:
    wanted = settings({TrendKind.HASHTAG: (LEGACY,)}, industries=("", EDUCATION))
    assert names(wanted) == {
        "creative_center_legacy.hashtag.US.7d-all",
        f"creative_center_legacy.hashtag.US.7d-{EDUCATION}",
    }


def test_a_source_without_the_kind_is_refused_and_names_those_that_have_it() -> None:
    wanted = settings({TrendKind.SOUND: (CURRENT, BUSINESS)})
    assert names(wanted) == {"business_api.sound.US.7d-all"}
    (refused,) = lists_of(wanted).refused
    assert (refused.setting, refused.values) == ("kinds", ("creative_center",))
    assert refused.why == (
        "creative_center has no trends of the kind sound; choose a source that has them: creative_center_legacy, "
        "business_api."
    )


def test_unofficial_sources_wait_for_their_terms() -> None:
    wanted = settings({TrendKind.HASHTAG: (CURRENT, LEGACY, BUSINESS)}, acknowledged=False)
    assert names(wanted) == {"business_api.hashtag.US.7d-all"}
    assert [each.source for each in lists_of(wanted).refused] == [CURRENT, LEGACY]
    assert all("acknowledge_unofficial_terms: true" in each.why for each in lists_of(wanted).refused)


def test_repeated_settings_ask_once() -> None:
    wanted = settings({TrendKind.HASHTAG: (CURRENT, CURRENT)}, ("US", "US"), (7, 7), (EDUCATION, EDUCATION))
    assert len(lists_of(wanted).lists) == 1


@pytest.mark.parametrize("source", TrendSource)
def test_every_kind_of_a_source_is_offered_and_no_other(source: TrendSource) -> None:
    for kind in TrendKind:
        if kind in kinds_of(source):
            assert offer_of(source, kind).countries <= REGIONS
            assert source in sources_of(kind)
        else:
            with pytest.raises(InvalidRequest, match=", ".join(sources_of(kind))):
                offer_of(source, kind)


def test_an_offer_knows_its_lists() -> None:
    hashtags = offer_of(CURRENT, TrendKind.HASHTAG)
    asked = TrendList(source=CURRENT, kind=TrendKind.HASHTAG, country="US", period=7, industry=EDUCATION)
    assert hashtags.has(asked)
    assert not offer_of(BUSINESS, TrendKind.HASHTAG).has(asked)
    assert not offer_of(CURRENT, TrendKind.VIDEO).has(asked)
    assert offer_of(BUSINESS, TrendKind.KEYWORD).has(TrendList(source=BUSINESS, kind=TrendKind.KEYWORD))


WANTED = st.builds(
    settings,
    kinds=st.fixed_dictionaries({}, optional={kind: st.permutations(sources) for kind, sources in KINDS.items()}).map(
        lambda kinds: {kind: tuple(sources) for kind, sources in kinds.items()}
    ),
    countries=st.lists(st.sampled_from(["US", "GB", "DE", "CH", "RU", "VN", "CA"]), unique=True).map(tuple),
    periods=st.lists(st.sampled_from([1, 7, 30, 90, 120]), unique=True).map(tuple),
    industries=st.lists(st.sampled_from([EDUCATION, "13000000000", "ART"]), unique=True).map(tuple),
)


@given(wanted=WANTED)
def test_every_list_is_asked_once_and_offered(wanted: TrendSettings) -> None:
    lists = lists_of(wanted).lists
    assert len(set(lists)) == len(lists)
    assert all(offer_of(each.source, each.kind).has(each) for each in lists)


@given(wanted=WANTED)
def test_wherever_a_budget_ends_kinds_and_countries_have_had_about_as_much(wanted: TrendSettings) -> None:
    lists = lists_of(wanted).lists
    kinds: Counter[TrendKind] = Counter()
    countries: Counter[tuple[TrendKind, TrendSource, str]] = Counter()
    for at, asked in enumerate(lists):
        waiting = set(lists[at:])
        assert all(kinds[asked.kind] <= kinds[each.kind] for each in waiting)
        same = {each for each in waiting if (each.kind, each.source) == (asked.kind, asked.source)}
        place = (asked.kind, asked.source)
        assert all(countries[*place, asked.country] <= countries[*place, each.country] for each in same)
        kinds[asked.kind] += 1
        countries[*place, asked.country] += 1


def test_a_budget_for_a_third_reaches_every_country() -> None:
    five = dict.fromkeys(TrendKind, (LEGACY,))
    countries = ("US", "GB", "DE", "FR", "IT", "ES", "JP", "KR", "BR", "CA")
    lists = lists_of(settings(five, countries)).lists
    assert {each.country for each in lists[:10]} == set(countries)
    assert Counter(each.kind for each in lists[:10]) == dict.fromkeys(TrendKind, 2)
