"""All sources of trends behind one interface, from their URLs and credentials."""

from typing import Any

import msgspec
import pytest
from pydantic import SecretStr

from tiktok_collector.business_api.credentials import BusinessCredentials
from tiktok_collector.creative_center.current import CreativeCenterLogin
from tiktok_collector.creative_center.legacy import LegacyHeaders
from tiktok_collector.errors import CredentialsMissing
from tiktok_collector.quota.families import TRENDS
from tiktok_collector.trend_lists.kinds import TrendKind, TrendList, TrendSource
from tiktok_collector.trends.credentials import TrendCredentials
from tiktok_collector.trends.sources import TrendUrls, adapters

URLS = TrendUrls(
    creative_center="http://127.0.0.1:1/",
    creative_center_us="http://127.0.0.1:2",
    creative_center_eu="http://127.0.0.1:3",
    business_api="http://127.0.0.1:4",
)
SECRETS = ("cookie-of-login", "sign-of-page", "token-of-business")
CREDENTIALS = TrendCredentials(
    creative_center=CreativeCenterLogin(cookie=SecretStr(SECRETS[0])),
    creative_center_legacy=LegacyHeaders(headers={"user-sign": SecretStr(SECRETS[1])}),
    business_api=BusinessCredentials(access_token=SecretStr(SECRETS[2]), advertiser_id="11", business_id="12"),
)


def hashtags(source: TrendSource) -> TrendList:
    return TrendList(source=source, kind=TrendKind.HASHTAG, country="US", period=7)


def videos(source: TrendSource, country: str) -> TrendList:
    return TrendList(source=source, kind=TrendKind.VIDEO, country=country, period=7)


def test_every_source_is_there_under_its_name() -> None:
    found = adapters(URLS, CREDENTIALS)
    assert set(found) == set(TrendSource)
    assert all(adapter.source is source for source, adapter in found.items())
    assert {adapter.family for adapter in found.values()} == set(TRENDS)


@pytest.mark.parametrize(
    ("asked", "host"),
    [
        (hashtags(TrendSource.CREATIVE_CENTER), "http://127.0.0.1:1/CreativeOne"),
        (videos(TrendSource.CREATIVE_CENTER, "US"), "http://127.0.0.1:2/CreativeOne"),
        (videos(TrendSource.CREATIVE_CENTER, "DE"), "http://127.0.0.1:3/CreativeOne"),
        (videos(TrendSource.CREATIVE_CENTER, "JP"), "http://127.0.0.1:1/CreativeOne"),
        (hashtags(TrendSource.CREATIVE_CENTER_LEGACY), "http://127.0.0.1:1/creative_radar_api"),
        (hashtags(TrendSource.BUSINESS_API), "http://127.0.0.1:4/open_api"),
    ],
)
def test_each_list_is_asked_of_its_host(asked: TrendList, host: str) -> None:
    assert adapters(URLS, CREDENTIALS)[asked.source].first(asked).url.startswith(f"{host}/")


@pytest.mark.parametrize(("source", "secret"), list(zip(TrendSource, SECRETS, strict=True)))
def test_each_source_sends_its_own_credentials_alone(source: TrendSource, secret: str) -> None:
    adapter = adapters(URLS, CREDENTIALS)[source]
    headers = adapter.headers(adapter.first(hashtags(source)))
    sent = [value.get_secret_value() for value in headers.values() if isinstance(value, SecretStr)]
    assert sent == [secret]


def test_without_credentials_the_open_source_is_asked_and_the_others_say_what_they_need() -> None:
    found = adapters(URLS, TrendCredentials())
    current = found[TrendSource.CREATIVE_CENTER]
    headers = current.headers(current.first(hashtags(TrendSource.CREATIVE_CENTER)))
    assert not any(isinstance(value, SecretStr) for value in headers.values())
    for source, field in (
        (TrendSource.CREATIVE_CENTER_LEGACY, r"creative_center_legacy\.headers"),
        (TrendSource.BUSINESS_API, r"business_api\.access_token"),
    ):
        with pytest.raises(CredentialsMissing, match=field):
            found[source].first(hashtags(source))


@pytest.mark.parametrize("source", TrendSource)
def test_nothing_shows_a_secret(source: TrendSource) -> None:
    adapter = adapters(URLS, CREDENTIALS)[source]
    step = adapter.first(hashtags(source))
    things: tuple[Any, ...] = (adapter, vars(adapter), adapter.headers(step), step, msgspec.to_builtins(step))
    assert not any(secret in f"{thing!r}{thing!s}" for secret in SECRETS for thing in things)
