"""The current generation of the Creative Center (`CreativeOne`, from mid-2026 on): hashtags and videos.

Without a login its lists give their first three or four rows; with the login of the operator's own account, 100.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec
from pydantic import SecretStr

from tiktok_collector.creative_center.current_rows import HASHTAGS, VIDEOS
from tiktok_collector.creative_center.hosts import SETTINGS, CreativeCenterUrls
from tiktok_collector.creative_center.paging import Onward, onward, pagination, withheld
from tiktok_collector.creative_center.readings import read_rows
from tiktok_collector.creative_center.verdicts import CURRENT, accepted, listed, missing
from tiktok_collector.errors import InvalidRequest
from tiktok_collector.http.answer import Answer
from tiktok_collector.quota.families import Family
from tiktok_collector.trend_lists import lenient
from tiktok_collector.trend_lists.kinds import ALL_COUNTRIES, TrendKind, TrendList, TrendSource
from tiktok_collector.trend_lists.steps import Step, TrendPage

PAGE_SIZE: Final = 20
MOST_PAGES: Final = 5

_HASHTAGS: Final = "GetHashtagList"
_OVERVIEW: Final = "GetTopContentsOverview"
_VIDEOS: Final = "CreativeCenterGetTopContentsList"
_CSRF: Final = re.compile(r"(?:^|;)\s*csrftoken=([^;\s]+)")
# By period in days: the number of the dimension, and where the overview says when its last one ended.
_DIMENSIONS: Final = MappingProxyType({7: ("3", "lastWeeklyEndTimestamp"), 30: ("5", "lastMonthlyEndTimestamp")})


class CreativeCenterLogin(msgspec.Struct, frozen=True, kw_only=True):
    """The part `creative_center` of the secret of trend credentials.

    Attributes:
        cookie: The header `Cookie` of a person's own login.
        csrf_token: The header `x-csrftoken`; None: it is the cookie's `csrftoken`.
    """

    cookie: SecretStr
    csrf_token: SecretStr | None = None


class CreativeCenter:
    """Adapter of the current generation (`trend_lists.steps.TrendAdapter`)."""

    source = TrendSource.CREATIVE_CENTER
    family = Family.CREATIVE_CENTER

    def __init__(self, urls: CreativeCenterUrls, login: CreativeCenterLogin | None = None) -> None:
        """Takes the base URLs, and a login; one with a blank cookie is none."""
        self._urls = urls
        self._login = login if login is not None and login.cookie.get_secret_value().strip() else None

    def first(self, asked: TrendList) -> Step:
        """The first request; of videos it asks only when the last period ended, and brings no rows.

        Raises:
            InvalidRequest: the list is none of this generation.
        """
        match asked.kind:
            case TrendKind.HASHTAG:
                return self._hashtags(asked)
            case TrendKind.VIDEO:
                return self._overview(asked)
        raise InvalidRequest(
            f"The Creative Center has no list of {asked.kind}s now: ask it for {TrendKind.HASHTAG} or "
            f"{TrendKind.VIDEO}, or name another source."
        )

    def headers(self, step: Step) -> Mapping[str, SecretStr | str]:
        """The headers of a request; a login's are secret."""
        found: dict[str, SecretStr | str] = {"Accept": "application/json", "agw-js-conv": "str"}
        if step.body is not None:
            found["Content-Type"] = "application/json"
        if self._login is not None:
            found["Cookie"] = self._login.cookie
            if (token := _csrf_token(self._login)) is not None:
                found["x-csrftoken"] = token
        return found

    def read(self, asked: TrendList, step: Step, answer: Answer, retrieved_at: str) -> TrendPage:
        """What the answer holds (`TrendAdapter.read` names the errors)."""
        body = accepted(CURRENT, asked, answer, setting=SETTINGS.of(asked), secrets=self._secrets())
        if step.endpoint == _endpoint(_OVERVIEW):
            return TrendPage(next=self._videos(asked, step, body))
        is_hashtags = step.endpoint == _endpoint(_HASHTAGS)
        items = listed(CURRENT, asked, body, "items" if is_hashtags else "entityInfos")
        reader = HASHTAGS if is_hashtags else VIDEOS
        rows, rejected = read_rows(reader, items, asked=asked, retrieved_at=retrieved_at, before=step.offset)
        said = pagination(body.get("pagination"))
        after = (
            Onward(next=False, capped=withheld(said, items=step.offset + len(items)))
            if self._login is None
            else onward(
                said, items=len(items), before=step.offset, limit=PAGE_SIZE, last=_page_number(step) >= MOST_PAGES
            )
        )
        return TrendPage(
            rows=rows,
            rejected=rejected,
            next=_next_page(step, len(items)) if after.next else None,
            total=said.total,
            capped=after.capped,
        )

    def _hashtags(self, asked: TrendList) -> Step:
        body: dict[str, Any] = {"timeRange": asked.period, "page": 1, "limit": PAGE_SIZE}
        if asked.country != ALL_COUNTRIES:
            body["countryCode"] = asked.country
        if asked.industry:
            industry = lenient.count(asked.industry)
            if industry is None:
                raise InvalidRequest(
                    f"{asked.industry!r} is not an industry of {asked.name}: the Creative Center has numbers such as "
                    "23000000000."
                )
            body["industryID"] = industry
        url = f"{self._urls.of(asked)}/CreativeOne/KnowledgeAPI/{_HASHTAGS}"
        return Step(endpoint=_endpoint(_HASHTAGS), method="POST", url=url, body=body)

    def _overview(self, asked: TrendList) -> Step:
        if asked.period not in _DIMENSIONS:
            raise InvalidRequest(
                f"The Creative Center has no videos of {asked.period} days for {asked.country}: take one of the "
                f"periods {', '.join(map(str, _DIMENSIONS))}."
            )
        return Step(
            endpoint=_endpoint(_OVERVIEW), method="GET", url=self._report(asked, _OVERVIEW), params=_country(asked)
        )

    def _videos(self, asked: TrendList, step: Step, overview: dict[str, Any]) -> Step:
        dimension, key = _DIMENSIONS[asked.period]
        ended = lenient.count(overview.get(key))
        if not ended:
            raise missing(CURRENT, asked, key)
        params = {
            "periodDimension": dimension,
            "periodEndTimestamp": str(ended),
            "orderByMetric": "1",
            **_country(asked),
            "contentLabelIDs": asked.industry,
            "organicOnly": "false",
            "limit": str(PAGE_SIZE),
            "page": "1",
        }
        return Step(
            endpoint=_endpoint(_VIDEOS),
            method="GET",
            url=self._report(asked, _VIDEOS),
            params=params,
            page=step.page + 1,
        )

    def _report(self, asked: TrendList, name: str) -> str:
        return f"{self._urls.of(asked)}/CreativeOne/Report/{name}"

    def _secrets(self) -> frozenset[str]:
        if self._login is None:
            return frozenset()
        cookie, token = self._login.cookie.get_secret_value(), self._login.csrf_token
        values = (part.partition("=")[2].strip() for part in cookie.split(";"))
        return frozenset({cookie, *values} | ({token.get_secret_value()} if token is not None else set()))


def _endpoint(name: str) -> str:
    return f"{TrendSource.CREATIVE_CENTER}/{name}"


def _country(asked: TrendList) -> dict[str, str]:
    return {} if asked.country == ALL_COUNTRIES else {"countryCode": asked.country}


def _csrf_token(login: CreativeCenterLogin) -> SecretStr | None:
    if login.csrf_token is not None and login.csrf_token.get_secret_value():
        return login.csrf_token
    found = _CSRF.search(login.cookie.get_secret_value())
    return SecretStr(found[1]) if found is not None else None


def _page_number(step: Step) -> int:
    """The source's own number of the page, from 1; videos have the overview before their first."""
    return int(step.params["page"]) if step.body is None else int(step.body["page"])


def _next_page(step: Step, items: int) -> Step:
    number = _page_number(step) + 1
    return msgspec.structs.replace(
        step,
        params={**step.params, "page": str(number)} if step.body is None else step.params,
        body=None if step.body is None else {**step.body, "page": number},
        page=step.page + 1,
        offset=step.offset + items,
    )
