"""The Creative Center as it is since mid-2026: POST and GET below /CreativeOne/."""

from typing import Any

from sandbox.api.answers import Data
from sandbox.api.top_contents import GOOD, TopContents, ends
from sandbox.api.trend_calls import Listing, Row, TrendCall, TrendRefusal
from sandbox.trends.credentials import login_standing
from sandbox.trends.dress import dressed
from sandbox.trends.offers import CURRENT_COUNTRIES, CURRENT_INDUSTRIES, CURRENT_PERIODS
from sandbox.trends.world import Entry, ListName, TrendWorld
from sandbox.world.catalog import Catalog

_HASHTAGS, _FREE_HASHTAGS = 100, 3
_MOST_A_PAGE = 50
_INVALID_LOGIN = 38001001


class CreativeCenter:
    """Answers out of the trends of a world."""

    def __init__(self, trends: TrendWorld, catalog: Catalog) -> None:
        self._trends = trends
        self._contents = TopContents(trends, catalog)

    def answer(self, call: TrendCall) -> Listing | Data:
        """Return a list, or the overview of periods."""
        known = self._is_known(call)
        match call.endpoint:
            case "creative_center/hashtags":
                return self._hashtags(call, known=known)
            case "creative_center/overview":
                return GOOD | {f"last{name}EndTimestamp": end for name, end in ends(call.now).items()}
            case _:
                try:
                    return self._contents.listing(call, known=known)
                except ValueError as error:
                    raise self._invalid(call, str(error)) from error

    def refusal(
        self,
        code: int | str,
        message: str,
        call: TrendCall,  # noqa: ARG002 - as the other two have it
        *,
        status: int = 200,
    ) -> TrendRefusal:
        """Return an error: of the service (`BaseResp`) for a number above a million, of the gateway otherwise."""
        if isinstance(code, int) and code > 10**6:
            return TrendRefusal(code, {"BaseResp": {"StatusCode": code, "StatusMessage": message}}, status=status)
        return TrendRefusal(code, {"code": code, "message": message}, status=status)

    def _is_known(self, call: TrendCall) -> bool:
        """Return whether the login is good; one whose token is missing is not honoured."""
        standing = login_standing(
            call.headers.get("cookie"), call.headers.get("x-csrftoken"), call.now, call.settings.login_lifetime_seconds
        )
        if standing == "expired" or (standing != "good" and call.page > 1):
            raise self.refusal(_INVALID_LOGIN, "InvalidLogin", call)
        return standing == "good"

    def _invalid(self, call: TrendCall, name: str) -> TrendRefusal:
        return self.refusal("InvalidRequest", f"invalid {name}", call, status=400)

    def _hashtags(self, call: TrendCall, *, known: bool) -> Listing:
        country, period, industry = call.text("countryCode"), call.number("timeRange", 7), call.number("industryID", 0)
        if country not in CURRENT_COUNTRIES:
            raise self._invalid(call, "countryCode")
        if period not in CURRENT_PERIODS:
            raise self._invalid(call, "timeRange")
        if industry is None or (industry and industry not in CURRENT_INDUSTRIES):
            raise self._invalid(call, "industryID")
        entries = self._trends.now(ListName("hashtag", country, period, str(industry or "")), call.now)[:_HASHTAGS]
        ranks = _ranks(entries)
        as_text = call.headers.get("agw-js-conv") == "str"

        def rows(first: int, last: int) -> list[Row]:
            parts = zip(entries[first:last], ranks[first:last], strict=True)
            return [self._hashtag(entry, rank, industry, as_text=as_text) for entry, rank in parts]

        limit = call.number("limit", 20)
        if limit is None or limit < 1:
            raise self._invalid(call, "limit")
        given = _HASHTAGS if known else _FREE_HASHTAGS

        def wrap(rows: list[Row], more: bool) -> Data:  # noqa: FBT001 - the form of Listing
            shown = {"page": call.page, "limit": limit, "totalCount": _HASHTAGS, "hasMore": more or not known}
            return GOOD | {"items": rows, "pagination": shown}

        return Listing(rows, _HASHTAGS, given, call.page, min(limit, _MOST_A_PAGE), wrap, ("items",))

    def _hashtag(self, entry: Entry, rank: int, industry: int, *, as_text: bool) -> Row:
        def number(value: int) -> Any:
            return str(value) if as_text else value

        posts = int(40 * entry.score**5) + 100
        own = sorted(CURRENT_INDUSTRIES)[entry.bits % len(CURRENT_INDUSTRIES)]
        industries = [industry] if industry else [own] if entry.bits >> 8 & 1 else []
        return {
            "hashtagID": self._trends.id_of("hashtag", entry.name),
            "hashtagName": dressed(self._trends.seed, "creative_center", entry.name),
            "rankIndex": rank,
            "publishCnt": number(posts),
            "vv": number(posts * (500 + entry.bits % 40_000)),
            "industryIDs": [number(each) for each in industries],
            "popularityCurve": _curve(entry),
            "topCreators": [
                {
                    "handleName": f"creator{entry.bits >> shift & 0xFFFF}",
                    "nickname": f"Creator {entry.bits >> shift & 0xFFFF}",
                    "avatarURL": f"https://media.example.org/avatar/{entry.bits >> shift & 0xFFFF}.webp",
                    "followedCnt": number(1000 + (entry.bits >> shift) % 3_000_000),
                }
                for shift in (0, 16, 32)
            ],
        }


def _ranks(entries: tuple[Entry, ...]) -> list[int]:
    """Return the ranks as they are shown: now and then one is left out, though not among the first."""
    shift, ranks = 0, []
    for entry in entries:
        shift += entry.rank > _FREE_HASHTAGS and entry.bits % 40 == 0
        ranks.append(entry.rank + shift)
    return ranks


def _curve(entry: Entry) -> list[Row]:
    """Return the curve with 100 as its highest; the last day of one in seven has not been counted yet."""
    highest = max(value for _, value in entry.curve) or 1.0
    points = [{"timestamp": str(time), "value": round(100 * value / highest, 1)} for time, value in entry.curve]
    if entry.bits % 7 == 0:
        points[-1]["value"] = 0.0
    return points
