"""The Business API's adapter against the sandbox over HTTP: what it serves comes out, and refusals have their types."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import requests
from pydantic import SecretStr

from sandbox.testing import SandboxServer
from tiktok_collector import errors
from tiktok_collector.business_api.adapter import BusinessApi
from tiktok_collector.business_api.credentials import BusinessCredentials
from tiktok_collector.clock import SystemClock
from tiktok_collector.http.client import HttpClient
from tiktok_collector.trend_lists.kinds import TrendKind, TrendList, TrendSource
from tiktok_collector.trend_lists.rows import Change, HashtagRow, RankFrom, SoundRow
from tiktok_collector.trend_lists.steps import TrendPage

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HASHTAGS = TrendList(source=TrendSource.BUSINESS_API, kind=TrendKind.HASHTAG, country="US", period=7)
SOUNDS = TrendList(source=TrendSource.BUSINESS_API, kind=TrendKind.SOUND, country="GB", period=90)
KEYWORDS = TrendList(source=TrendSource.BUSINESS_API, kind=TrendKind.KEYWORD)


class Api:
    """Asks the sandbox once, as the poll does."""

    def __init__(self, sandbox: SandboxServer, http: HttpClient) -> None:
        given = sandbox.business_credentials
        token = SecretStr(given.pop("access_token"))
        self.sandbox = sandbox
        self.adapter = BusinessApi(sandbox.url, BusinessCredentials(access_token=token, **given))
        self._http = http

    def ask(self, asked: TrendList) -> TrendPage:
        step = self.adapter.first(asked)
        headers = self.adapter.headers(step)

        def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
            for name, value in headers.items():
                request.headers[name] = value.get_secret_value() if isinstance(value, SecretStr) else value
            return request

        answer = self._http.send(
            step.method, step.url, auth=sign, timeout_seconds=10, params=step.params, body=step.body
        )
        return self.adapter.read(asked, step, answer, "2026-11-21T12:00:00.000Z")


@pytest.fixture
def api() -> Iterator[Api]:
    with SandboxServer(now=NOW) as sandbox, HttpClient(SystemClock(), setting="BUSINESS_API_URL") as http:
        yield Api(sandbox, http)


def test_hashtags_with_ranks_changes_and_views(api: Api) -> None:
    page = api.ask(HASHTAGS)
    rows = [row for row in page.rows if isinstance(row, HashtagRow)]
    assert (len(rows), page.rejected, page.next) == (200, (), None)
    assert [row.rank for row in rows] == list(range(1, 201))
    assert {row.rank_from for row in rows} == {RankFrom.SOURCE}
    assert {row.change for row in rows} == set(Change)
    assert any(row.curve is not None for row in rows)
    assert len({row.hashtag_id for row in rows}) == 200


def test_sounds_are_known_by_their_clips(api: Api) -> None:
    page = api.ask(SOUNDS)
    rows = [row for row in page.rows if isinstance(row, SoundRow)]
    assert (len(rows), page.rejected, page.next) == (100, (), None)
    assert [row.rank for row in rows] == list(range(1, 101))
    assert all(row.title and row.author and row.commercial for row in rows)


def test_keywords_are_twenty(api: Api) -> None:
    page = api.ask(KEYWORDS)
    assert [row.rank for row in page.rows] == list(range(1, 21))
    assert page.rejected == ()


def test_an_expired_token_is_told(api: Api) -> None:
    api.sandbox.change(business_token_lifetime_seconds=60)
    assert api.ask(KEYWORDS).rows
    api.sandbox.clock.advance(120)
    with pytest.raises(errors.CredentialsRejected, match="code 40102"):
        api.ask(KEYWORDS)


def test_a_token_without_the_scope_is_told_apart(api: Api) -> None:
    api.sandbox.change(business_scope=False)
    with pytest.raises(errors.ScopeMissing, match="scope Discovery"):
        api.ask(HASHTAGS)


def test_a_country_that_is_none_is_refused(api: Api) -> None:
    odd = TrendList(source=TrendSource.BUSINESS_API, kind=TrendKind.HASHTAG, country="U1", period=7)
    with pytest.raises(errors.InvalidRequest, match="code 40002"):
        api.ask(odd)


@pytest.mark.parametrize(
    ("fault", "options", "error"),
    [
        ("rate_limited", {"retry_after": 7}, errors.RateLimited),
        ("login_expired", {}, errors.CredentialsRejected),
        ("deprecated", {"how": "code"}, errors.SourceRetired),
        ("deprecated", {"how": "404"}, errors.SourceRetired),
        ("html", {}, errors.Retriable),
        ("broken_json", {}, errors.Retriable),
        ("missing_list", {}, errors.Retriable),
        ("internal_error", {}, errors.Retriable),
        ("gateway_timeout", {}, errors.Retriable),
        ("reset_after", {}, errors.Retriable),
        ("huge_body", {}, errors.Retriable),
    ],
)
def test_what_is_done_to_us_has_its_type(
    api: Api, fault: str, options: dict[str, object], error: type[errors.CollectorError]
) -> None:
    api.sandbox.faults.add(fault, endpoint="business/hashtags", times=1, **options)
    with pytest.raises(error):
        api.ask(HASHTAGS)
    assert len(api.ask(HASHTAGS).rows) == 200


@pytest.mark.parametrize("fault", ["text_numbers", "repeated_ranks", "extra_fields"])
def test_odd_rows_are_rows(api: Api, fault: str) -> None:
    api.sandbox.faults.add(fault, endpoint="business/hashtags")
    page = api.ask(HASHTAGS)
    assert (len(page.rows), page.rejected) == (200, ())


def test_an_empty_list_is_a_page_without_rows(api: Api) -> None:
    api.sandbox.faults.add("empty_page", endpoint="business/sounds")
    assert api.ask(SOUNDS) == TrendPage()
