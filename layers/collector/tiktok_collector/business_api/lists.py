"""The lists of the Business API: where each is asked for, with what, and under which key its answer has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from tiktok_collector.errors import InvalidRequest
from tiktok_collector.trend_lists.kinds import ALL_COUNTRIES, ALL_INDUSTRIES, NO_PERIOD, TrendKind, TrendList

_EVERYTHING: Final = "ALL"


@dataclass(frozen=True, slots=True)
class BusinessList:
    """A list as the API has it; `periods` in days, empty where the API does not divide it at all."""

    endpoint: str
    path: str
    account: Literal["advertiser_id", "business_id"]
    """The parameter that says for whom it is read; also the field of the credentials that has its value."""
    rows: str
    """The key of its rows within `data`."""
    periods: frozenset[int]
    fixed: Mapping[str, str]
    """Parameters with one value."""
    industry: str | None
    """The parameter that takes an industry; None: the list is not divided so."""


LISTS: Final[Mapping[TrendKind, BusinessList]] = MappingProxyType(
    {
        TrendKind.HASHTAG: BusinessList(
            endpoint="business_api/trending_list",
            path="/open_api/v1.3/discovery/trending_list/",
            account="advertiser_id",
            rows="list",
            periods=frozenset({1, 7, 30, 120}),
            fixed={"discovery_type": "HASHTAG"},
            industry="category_name",
        ),
        TrendKind.SOUND: BusinessList(
            endpoint="business_api/cml/trending_list",
            path="/open_api/v1.3/discovery/cml/trending_list/",
            account="business_id",
            rows="list",
            periods=frozenset({1, 7, 30, 90}),
            fixed={"genre": _EVERYTHING},
            industry=None,
        ),
        TrendKind.KEYWORD: BusinessList(
            endpoint="business_api/trending/search",
            path="/open_api/v1.3/discovery/trending/search/",
            account="business_id",
            rows="search_keywords",
            periods=frozenset(),
            fixed={},
            industry=None,
        ),
    }
)


def list_of(asked: TrendList) -> BusinessList:
    """The API's list for `asked`.

    Raises:
        InvalidRequest: the API has no such list; the message says what it has.
    """
    found = LISTS.get(asked.kind)
    if found is None:
        raise InvalidRequest(
            f"The Business API has no list of {asked.kind}s: ask it for {', '.join(LISTS)}, or name another source."
        )
    return found


def parameters(asked: TrendList) -> dict[str, str]:
    """The query for `asked`, without the account.

    Raises:
        InvalidRequest: the list does not exist for this country, period or industry; the message says what is allowed.
    """
    found = list_of(asked)
    if asked.industry != ALL_INDUSTRIES and found.industry is None:
        raise InvalidRequest(
            f"The Business API does not divide its {asked.kind}s by industry, so {asked.industry!r} cannot be asked "
            "for: leave the industry out."
        )
    if not found.periods:
        return _undivided(asked, found)
    if asked.country == ALL_COUNTRIES:
        raise InvalidRequest(f"The Business API lists {asked.kind}s country by country: name one, such as US.")
    if asked.period not in found.periods:
        allowed = ", ".join(map(str, sorted(found.periods)))
        raise InvalidRequest(
            f"The Business API has no {asked.kind}s of {asked.period} days: take one of the periods {allowed}."
        )
    query = {**found.fixed, "country_code": asked.country, "date_range": f"{asked.period}DAY"}
    if found.industry is not None:
        query[found.industry] = asked.industry or _EVERYTHING
    return query


def _undivided(asked: TrendList, found: BusinessList) -> dict[str, str]:
    if asked.country != ALL_COUNTRIES or asked.period != NO_PERIOD:
        raise InvalidRequest(
            f"The Business API has one list of {asked.kind}s for everything: ask for it without country and period."
        )
    return dict(found.fixed)
