"""What is sent for a list, and what is missing to send it."""

import pytest
from pydantic import SecretStr

from tests.unit.business_api.support import ACCOUNT, ADVERTISER, ALL, API, HASHTAGS, KEYWORDS, SOUNDS, TOKEN, URL
from tiktok_collector.business_api.adapter import BusinessApi
from tiktok_collector.business_api.credentials import BusinessCredentials
from tiktok_collector.errors import CredentialsMissing, InvalidRequest
from tiktok_collector.quota.families import Family
from tiktok_collector.trend_lists.kinds import TrendKind, TrendList, TrendSource
from tiktok_collector.trend_lists.steps import Step, TrendAdapter


def asked(kind: TrendKind, country: str = "US", period: int = 7, industry: str = "") -> TrendList:
    return TrendList(source=TrendSource.BUSINESS_API, kind=kind, country=country, period=period, industry=industry)


def test_it_is_a_source_of_trends_with_a_quota_of_its_own() -> None:
    adapter: TrendAdapter = API
    assert (adapter.source, adapter.family) == (TrendSource.BUSINESS_API, Family.BUSINESS_API)


def test_hashtags_are_asked_for_an_advertiser() -> None:
    assert API.first(HASHTAGS) == Step(
        endpoint="business_api/trending_list",
        method="GET",
        url=f"{URL}/open_api/v1.3/discovery/trending_list/",
        params={
            "advertiser_id": ADVERTISER,
            "discovery_type": "HASHTAG",
            "country_code": "US",
            "category_name": "ALL",
            "date_range": "7DAY",
        },
    )


def test_sounds_are_asked_for_an_account() -> None:
    assert API.first(SOUNDS) == Step(
        endpoint="business_api/cml/trending_list",
        method="GET",
        url=f"{URL}/open_api/v1.3/discovery/cml/trending_list/",
        params={"business_id": ACCOUNT, "genre": "ALL", "country_code": "GB", "date_range": "90DAY"},
    )


def test_keywords_are_asked_for_without_country_and_period() -> None:
    assert API.first(KEYWORDS) == Step(
        endpoint="business_api/trending/search",
        method="GET",
        url=f"{URL}/open_api/v1.3/discovery/trending/search/",
        params={"business_id": ACCOUNT},
    )


def test_an_industry_is_a_category_of_hashtags() -> None:
    assert API.first(asked(TrendKind.HASHTAG, industry="PETS")).params["category_name"] == "PETS"


def test_a_base_url_may_end_in_a_slash() -> None:
    credentials = BusinessCredentials(access_token=SecretStr(TOKEN), business_id=ACCOUNT)
    assert BusinessApi(f"{URL}/", credentials).first(KEYWORDS).url == API.first(KEYWORDS).url


@pytest.mark.parametrize("period", [1, 7, 30, 120])
def test_periods_of_hashtags(period: int) -> None:
    assert API.first(asked(TrendKind.HASHTAG, period=period)).params["date_range"] == f"{period}DAY"


@pytest.mark.parametrize("period", [1, 7, 30, 90])
def test_periods_of_sounds(period: int) -> None:
    assert API.first(asked(TrendKind.SOUND, period=period)).params["date_range"] == f"{period}DAY"


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        (asked(TrendKind.HASHTAG, period=90), "no hashtags of 90 days: take one of the periods 1, 7, 30, 120"),
        (asked(TrendKind.SOUND, period=120), "no sounds of 120 days: take one of the periods 1, 7, 30, 90"),
        (asked(TrendKind.HASHTAG, country="ALL"), "hashtags country by country: name one"),
        (asked(TrendKind.SOUND, industry="PETS"), "does not divide its sounds by industry, so 'PETS'"),
        (asked(TrendKind.KEYWORD, country="US", period=0), "one list of keywords for everything"),
        (asked(TrendKind.KEYWORD, country="ALL", period=7), "one list of keywords for everything"),
        (asked(TrendKind.CREATOR), "no list of creators: ask it for hashtag, sound, keyword"),
        (asked(TrendKind.VIDEO), "no list of videos: ask it for hashtag, sound, keyword"),
    ],
)
def test_what_the_api_does_not_have_is_told_with_what_it_has(wanted: TrendList, sentence: str) -> None:
    with pytest.raises(InvalidRequest, match=sentence):
        API.first(wanted)


@pytest.mark.parametrize(
    "credentials",
    [None, BusinessCredentials(access_token=SecretStr(""), advertiser_id=ADVERTISER, business_id=ACCOUNT)],
)
@pytest.mark.parametrize("wanted", ALL)
def test_without_a_token_every_list_says_so(credentials: BusinessCredentials | None, wanted: TrendList) -> None:
    adapter = BusinessApi(URL, credentials)
    with pytest.raises(CredentialsMissing, match=r"no business_api\.access_token, "):
        adapter.first(wanted)
    with pytest.raises(CredentialsMissing, match=r"no business_api\.access_token, "):
        adapter.headers(API.first(wanted))


@pytest.mark.parametrize(
    ("wanted", "field"), [(HASHTAGS, "advertiser_id"), (SOUNDS, "business_id"), (KEYWORDS, "business_id")]
)
@pytest.mark.parametrize("empty", [None, ""])
def test_a_list_needs_the_id_of_its_account_alone(wanted: TrendList, field: str, empty: str | None) -> None:
    ids: dict[str, str | None] = {"advertiser_id": ADVERTISER, "business_id": ACCOUNT}
    without = BusinessCredentials(access_token=SecretStr(TOKEN), **(ids | {field: empty}))
    with pytest.raises(CredentialsMissing, match=rf"no business_api\.{field}, and {wanted.kind}s"):
        BusinessApi(URL, without).first(wanted)
    alone = BusinessCredentials(access_token=SecretStr(TOKEN), **{field: ids[field]})
    assert BusinessApi(URL, alone).first(wanted) == API.first(wanted)


@pytest.mark.parametrize("wanted", ALL)
def test_the_token_travels_by_itself_in_its_header_alone(wanted: TrendList) -> None:
    step = API.first(wanted)
    headers = API.headers(step)
    assert {name: value.get_secret_value() for name, value in headers.items() if isinstance(value, SecretStr)} == {
        "Access-Token": TOKEN
    }
    assert TOKEN not in repr(step)


def test_nothing_shows_the_token() -> None:
    headers = API.headers(API.first(HASHTAGS))
    assert all(TOKEN not in f"{thing!r}{thing!s}" for thing in (API, API.__dict__, headers))
