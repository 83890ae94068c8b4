"""Trends in a study file, and searches that take their hashtags from trend lists."""

import pytest

from tests.unit.study_file.study_files import COHORT, HEAD, problems, read, wrong
from tiktok_collector.study.trends import TrendPick, TrendSettings
from tiktok_collector.trend_lists.kinds import TrendKind, TrendSource

TRENDS = """trends:
  enabled: true
  countries: [US, GB]
  periods: [7, 30]
  kinds:
    hashtag: [creative_center, business_api]
    keyword: business_api
  acknowledge_unofficial_terms: true
"""


def picking(*lines: str, trends: str = TRENDS) -> str:
    """A study with trends whose search takes hashtags; the lines of its part begin in line 14, after `countries`."""
    return HEAD + trends + "searches:\n  hot:\n    trends:\n" + "".join(f"      {line}\n" for line in lines)


def test_what_is_asked_for() -> None:
    text = HEAD + COHORT + TRENDS.replace("countries: [US, GB]", "countries: [us, GB, US]") + "  polls_per_day: 4\n"
    found = read(text)
    assert found.study.trends == TrendSettings(
        countries=("US", "GB"),
        periods=(7, 30),
        kinds={
            TrendKind.HASHTAG: (TrendSource.CREATIVE_CENTER, TrendSource.BUSINESS_API),
            TrendKind.KEYWORD: (TrendSource.BUSINESS_API,),
        },
        polls_per_day=4,
        acknowledge_unofficial_terms=True,
    )
    assert found.warnings == ()


def test_without_enabled_nothing_is_asked_for() -> None:
    assert read(HEAD + COHORT).study.trends is None
    assert read(HEAD + COHORT + TRENDS.replace("true", "false")).study.trends is None


def test_a_study_may_consist_of_trends_alone_and_needs_no_first_day() -> None:
    text = HEAD.replace("first_day: 2026-10-01\n", "") + TRENDS
    study = read(text).study
    assert study.collections == ()
    assert study.trends
    assert problems(text.replace("enabled: true", "enabled: false")) == [
        "study.yaml, line 1: the study has neither cohorts nor searches, and trends are not enabled; name at least one."
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "path", "message"),
    [
        (
            "keyword: business_api",
            "creator: business_api",
            10,
            "trends.kinds.creator",
            "business_api has no trends of the kind creator; choose a source that has them: creative_center_legacy",
        ),
        (
            "keyword: business_api",
            "video: [creative_center, business_api]",
            10,
            "trends.kinds.video",
            (
                "business_api has no trends of the kind video; choose a source that has them: creative_center, "
                "creative_center_legacy"
            ),
        ),
        (
            "keyword: business_api",
            "keyword: bussiness_api",
            10,
            "trends.kinds.keyword",
            (
                "'bussiness_api' is not known here; did you mean business_api? Known are creative_center, "
                "creative_center_legacy, business_api"
            ),
        ),
        (
            "keyword: business_api",
            "keyword: [business_api, tiktok]",
            10,
            "trends.kinds.keyword.1",
            "'tiktok' is not known here; known are creative_center, creative_center_legacy, business_api",
        ),
        ("keyword: business_api", "keyword: []", 10, "trends.kinds.keyword", "the list is empty; write at least 1"),
        ("[7, 30]", "[7, 30]\n  polls_per_day: 5", 8, "trends.polls_per_day", "'5' is too large; the most is 4"),
    ],
)
def test_what_is_wrong_with_the_settings(old: str, new: str, line: int, path: str, message: str) -> None:
    assert wrong(HEAD + TRENDS.replace(old, new)) == [(line, path, message, "study.yaml")]


def test_a_source_without_the_kind_is_wrong_even_while_trends_are_off() -> None:
    assert (
        "has no trends of the kind sound" in problems(HEAD + COHORT + "trends: {kinds: {sound: creative_center}}\n")[0]
    )


def test_each_unofficial_source_needs_its_terms_acknowledged() -> None:
    text = HEAD + TRENDS.replace("hashtag: [creative_center,", "hashtag: [creative_center, creative_center_legacy,")
    found = wrong(text.replace("terms: true", "terms: false"))
    assert [(each.line, each.path, each.message.partition(" ")[0]) for each in found] == [
        (9, "trends.kinds.hashtag", "creative_center"),
        (9, "trends.kinds.hashtag", "creative_center_legacy"),
    ]


def test_what_no_list_is_offered_for_is_a_warning_and_the_others_go_on() -> None:
    found = read(HEAD + TRENDS.replace("[US, GB]", "[US, IS]").replace("[7, 30]", "[7, 90]"))
    countries, periods = found.warnings
    assert countries.startswith(
        "study.yaml, line 6 (trends.countries): creative_center does not offer hashtag trends for the countries IS; it "
        "has AE, "
    )
    assert countries.endswith(", ZA.")
    assert periods == (
        "study.yaml, line 7 (trends.periods): business_api does not offer hashtag trends for the periods 90; it has "
        "1, 7, 30, 120."
    )
    assert found.study.trends
    assert found.study.trends.countries == ("US", "IS")


def test_a_search_takes_hashtags_and_may_leave_its_query_out() -> None:
    (hot,) = read(picking("countries: [US]")).study.searches
    assert hot.query == {}
    assert hot.trends == TrendPick(countries=("US",))
    assert hot.dated == ()
    assert hot.trends.days_before == 7


def test_every_key_of_a_pick_arrives() -> None:
    lines = [
        "countries: [gb, US, GB]",
        "top: 5",
        "new_only: true",
        "at_most: 8",
        "period: 30",
        "source: creative_center",
        "industry: '23000000000'",
        "days_before: 0",
    ]
    trends = TRENDS + "  industries: ['23000000000']\n"
    (hot,) = read(picking(*lines, trends=trends)).study.searches
    assert hot.trends == TrendPick(
        countries=("GB", "US"),
        top=5,
        new_only=True,
        at_most=8,
        period=30,
        source=TrendSource.CREATIVE_CENTER,
        industry="23000000000",
        days_before=0,
    )


def test_further_conditions_stay_in_the_query_even_on_hashtags() -> None:
    (hot,) = read(picking("countries: [US]") + "    query:\n      and:\n      - " + CATS).study.searches
    assert hot.query == {"and": [{"operation": "EQ", "field_name": "hashtag_name", "field_values": ["cats"]}]}
    assert hot.trends


CATS = "{field_name: hashtag_name, operation: EQ, field_values: [cats]}"


@pytest.mark.parametrize(
    ("lines", "line", "path", "message"),
    [
        (["top: 3"], 14, "countries", "'countries' is missing; write it here"),
        (["countries: []"], 15, "countries", "the list is empty; write at least 1"),
        (["countries: [US, UK]"], 15, "countries.1", "'UK' is not a region code that TikTok knows; write GB"),
        (
            ["countries: [US, US, DE]"],
            15,
            "countries.2",
            "DE is not among trends.countries: add it there, or leave it out",
        ),
        (
            ["countries: [US]", "period: 90"],
            16,
            "period",
            "90 is not among trends.periods: add it there, or write 7 or 30",
        ),
        (
            ["countries: [US]", "source: creative_center_legacy"],
            16,
            "source",
            (
                "creative_center_legacy is not asked for hashtags: add it to trends.kinds.hashtag, or write "
                "creative_center or business_api"
            ),
        ),
        (
            ["countries: [US]", "industry: games"],
            16,
            "industry",
            "'games' is not among trends.industries: add it there, or leave it out",
        ),
        (["countries: [US]", "top: 101"], 16, "top", "'101' is too large; the most is 100"),
        (["countries: [US]", "at_most: 0"], 16, "at_most", "'0' is too small; the least is 1"),
        (["countries: [US]", "days_before: 91"], 16, "days_before", "'91' is too large; the most is 90"),
        (
            ["countries: [US]", "cap: 3"],
            16,
            "cap",
            (
                "'cap' is not known here; known are at_most, countries, days_before, industry, new_only, period, "
                "source, top"
            ),
        ),
    ],
)
def test_what_is_wrong_with_a_pick(lines: list[str], line: int, path: str, message: str) -> None:
    assert wrong(picking(*lines)) == [(line, f"searches.hot.trends.{path}", message, "study.yaml")]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "enabled: true",
            "enabled: false",
            "the study collects no trends: set trends.enabled to true, or write a query instead",
        ),
        (
            "hashtag: [creative_center, business_api]",
            "sound: business_api",
            "the study collects no trends of hashtags: add hashtag and its source to trends.kinds",
        ),
        (
            "periods: [7, 30]",
            "industries: ['23000000000']\n  periods: [7]",
            "trends are collected by industry: name one in industry, such as 23000000000",
        ),
    ],
)
def test_the_study_must_collect_what_a_search_takes(old: str, new: str, message: str) -> None:
    (problem,) = wrong(picking("countries: [US]", trends=TRENDS.replace(old, new)))
    assert (problem.path, problem.message) == ("searches.hot.trends", message)


def test_a_search_by_a_list_that_no_source_offers_is_wrong() -> None:
    trends = TRENDS.replace("GB", "IS").replace("[creative_center, business_api]", "creative_center")
    (problem,) = problems(picking("countries: [US, IS]", "period: 30", trends=trends))
    assert problem == (
        "study.yaml, line 15 (searches.hot.trends.countries.1): no source that the study asks offers hashtags of IS "
        "over 30 days: choose another country, period or source."
    )


def test_a_search_by_trends_needs_a_first_day_like_any_other() -> None:
    (problem,) = problems(picking("countries: [US]").replace("first_day: 2026-10-01\n", ""))
    assert "it has no first_day" in problem
