"""The Creative Center as it was until spring 2026: GET below /creative_radar_api/v1/, with signed headers."""

from dataclasses import dataclass

from sandbox.api.answers import Data, new_log_id
from sandbox.api.radar_rows import RadarRows, Rows
from sandbox.api.trend_calls import Listing, Row, TrendCall, TrendRefusal
from sandbox.trends.credentials import legacy_standing
from sandbox.trends.offers import (
    CREATOR_COUNTRIES,
    LEGACY_INDUSTRIES,
    LEGACY_PERIODS,
    LEGACY_VIDEO_PERIODS,
    SOUND_COUNTRIES,
    VIDEO_COUNTRIES,
)
from sandbox.trends.world import CREATORS, KEYWORDS, SOUNDS, VIDEOS, ListName, TrendWorld
from sandbox.world.catalog import Catalog

_HASHTAGS = 100
_NO_PERMISSION = 40101
_INVALID = 40000


@dataclass(frozen=True, slots=True)
class _Surface:
    """One list: where its rows are, how many there are, how many a page, and what it is divided by."""

    key: str
    total: int
    most: int
    countries: frozenset[str]
    periods: frozenset[int]
    choices: tuple[tuple[str, tuple[str, ...]], ...] = ()


_SURFACES = {
    "legacy/hashtags": _Surface(
        "list", _HASHTAGS, 60, SOUND_COUNTRIES, LEGACY_PERIODS, (("sort_by", ("popular", "new")),)
    ),
    "legacy/sounds": _Surface(
        "sound_list", SOUNDS, 20, SOUND_COUNTRIES, LEGACY_PERIODS, (("rank_type", ("popular", "surging")),)
    ),
    "legacy/keywords": _Surface("keyword_list", KEYWORDS, 50, SOUND_COUNTRIES, LEGACY_PERIODS),
    "legacy/creators": _Surface(
        "creators", CREATORS, 50, CREATOR_COUNTRIES, frozenset({0}),
        (("sort_by", ("follower", "engagement", "avg_views")),),
    ),
    "legacy/videos": _Surface(
        "videos", VIDEOS, 20, VIDEO_COUNTRIES, LEGACY_VIDEO_PERIODS,
        (("order_by", ("vv", "like", "comment", "repost")),),
    ),
}  # fmt: skip


class CreativeRadar:
    """Answers out of the trends of a world, for callers whose headers are good."""

    def __init__(self, trends: TrendWorld, catalog: Catalog) -> None:
        self._rows = RadarRows(trends, catalog)

    def answer(self, call: TrendCall) -> Listing | Data:
        """Return a list."""
        standing = legacy_standing(call.headers, call.now, call.settings.legacy_headers_lifetime_seconds)
        if standing != "good":
            raise self.refusal(_NO_PERMISSION, "no permission", call)
        surface = _SURFACES[call.endpoint]
        name, order = self._name(surface, call)
        found = self._all_rows(name, order, call)
        limit = call.number("limit", 20)
        if limit is None or limit < 1:
            raise self._invalid(call, "limit")
        limit = min(limit, surface.most)

        def rows(first: int, last: int) -> list[Row]:
            return [row() for row in found[first:last]]

        def wrap(rows: list[Row], more: bool) -> Data:  # noqa: FBT001 - the form of Listing
            shown: Data = {"page": call.page, "size": limit, "total": len(found), "has_more": more}
            if call.endpoint == "legacy/videos":
                shown = {"has_more": more, "limit": limit, "page": call.page, "total_count": len(found)}
            data = {surface.key: rows, "pagination": shown}
            return {"code": 0, "msg": "OK", "request_id": new_log_id(call.now), "data": data}

        return Listing(rows, len(found), len(found), call.page, limit, wrap, ("data", surface.key))

    def _all_rows(self, name: ListName, order: str, call: TrendCall) -> Rows:
        match name.kind:
            case "hashtag":
                return self._rows.hashtags(name, call.now, _HASHTAGS)
            case "sound":
                return self._rows.sounds(name, call.now)
            case "keyword":
                return self._rows.keywords(name, call.now)
            case "creator":
                return self._rows.creators(name, call.now, order)
            case _:
                return self._rows.videos(name, call)

    def refusal(self, code: int | str, message: str, call: TrendCall, *, status: int = 200) -> TrendRefusal:
        """Return an error; they come with status 200."""
        body = {"code": code, "msg": message, "request_id": new_log_id(call.now)}
        return TrendRefusal(code, body, status=status)

    def _invalid(self, call: TrendCall, name: str) -> TrendRefusal:
        return self.refusal(_INVALID, f"invalid param: {name}", call)

    def _name(self, surface: _Surface, call: TrendCall) -> tuple[ListName, str]:
        kind = call.endpoint.removeprefix("legacy/").removesuffix("s")
        where = "creator_country" if kind == "creator" else "country_code"
        country = call.text(where)
        if country and country not in surface.countries:
            raise self._invalid(call, where)
        period = 0 if kind == "creator" else call.number("period", 7)
        if period not in surface.periods:
            raise self._invalid(call, "period")
        divided = {"hashtag": "industry_id", "keyword": "industry"}.get(kind)
        industries = [part for part in call.text(divided).split(",") if part] if divided else []
        if not {str(each) for each in LEGACY_INDUSTRIES}.issuperset(industries):
            raise self._invalid(call, str(divided))
        order = ""
        for choice, values in surface.choices:
            order = call.text(choice) or values[0]
            if order not in values:
                raise self._invalid(call, choice)
        within = ",".join(sorted(industries)) or (order if order in ("surging", "like", "comment", "repost") else "")
        return ListName(kind, country, period or 0, within), order
