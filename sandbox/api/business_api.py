"""The Business API's discovery endpoints: GET below /open_api/v1.3/discovery/, with an access token."""

from datetime import UTC, datetime
from typing import Any

from sandbox.api.answers import Data, new_log_id
from sandbox.api.trend_calls import Listing, Row, TrendCall, TrendRefusal
from sandbox.trends.credentials import ADVERTISER_ID, BUSINESS_ID, business_standing
from sandbox.trends.dress import dressed
from sandbox.trends.offers import BUSINESS_HASHTAG_PERIODS, BUSINESS_SOUND_PERIODS
from sandbox.trends.pools import artist_of, title_of
from sandbox.trends.vocabulary import GENRES
from sandbox.trends.world import HASHTAGS, SOUNDS, Entry, ListName, TrendWorld

_NO_PERMISSION, _INVALID = 40001, 40002
_TOKENS = {
    "none": (40104, "Authentication failed. The Access-Token header is missing."),
    "unknown": (40105, "Access token is incorrect or has been revoked."),
    "expired": (40102, "Access token is expired."),
}
_NO_SCOPE = "No permission: this app has not been granted the scope Creative Management > Discovery."
_HISTORY = 30
_COUNTED_FROM = 1000
_NEIGHBOURS = ("US", "GB", "BR", "ID", "MX", "DE", "JP", "PH")


class BusinessApi:
    """Answers out of the trends of a world, for callers whose token is good; errors come with status 200."""

    def __init__(self, trends: TrendWorld) -> None:
        self._trends = trends

    def answer(self, call: TrendCall) -> Listing | Data:
        """Return a list; none has pages."""
        standing = business_standing(
            call.headers.get("access-token"), call.now, call.settings.business_token_lifetime_seconds
        )
        if standing != "good":
            raise self.refusal(*_TOKENS[standing], call)
        if not call.settings.business_scope:
            raise self.refusal(_NO_PERMISSION, _NO_SCOPE, call)
        match call.endpoint:
            case "business/hashtags":
                return self._hashtags(call)
            case "business/sounds":
                return self._sounds(call)
            case _:
                return self._keywords(call)

    def refusal(self, code: int | str, message: str, call: TrendCall, *, status: int = 200) -> TrendRefusal:
        """Return an error."""
        body: Data = {"code": code, "message": message, "request_id": new_log_id(call.now), "data": {}}
        return TrendRefusal(code, body, status=status)

    def _invalid(self, call: TrendCall, name: str, reason: str) -> TrendRefusal:
        return self.refusal(_INVALID, f"{name}: {reason}", call)

    def _own(self, call: TrendCall, name: str, own: str) -> None:
        given = call.text(name)
        if not given:
            raise self._invalid(call, name, "Missing data for required field.")
        if given != own:
            raise self.refusal(_NO_PERMISSION, f"No permission to operate {name} {given}.", call)

    def _choice(self, call: TrendCall, name: str, default: str, known: Any) -> str:
        given = call.text(name, default) or default
        if given not in known:
            raise self._invalid(call, name, f"Not a valid choice; it is one of {', '.join(sorted(known))}.")
        return given

    def _country(self, call: TrendCall) -> str:
        country = call.text("country_code", "US") or "US"
        if len(country) != 2 or not (country.isascii() and country.isalpha() and country.isupper()):  # noqa: PLR2004
            raise self._invalid(call, "country_code", "Not a valid country code.")
        return country

    def _hashtags(self, call: TrendCall) -> Listing:
        self._own(call, "advertiser_id", ADVERTISER_ID)
        if call.text("discovery_type") != "HASHTAG":
            raise self._invalid(call, "discovery_type", "Not a valid choice; it is one of HASHTAG.")
        period = BUSINESS_HASHTAG_PERIODS[self._choice(call, "date_range", "7DAY", BUSINESS_HASHTAG_PERIODS)]
        country, category = self._country(call), call.text("category_name", "ALL") or "ALL"
        within = "" if category == "ALL" else category
        entries = self._trends.of_day(ListName("hashtag", country, period, within), call.now, HASHTAGS)
        rows = [self._hashtag(entry, country) for entry in entries]
        asked = {"country_code": country, "category_name": category, "date_range": f"{period}DAY"}
        return self._listing(call, rows, "list", {"filter_info": asked | {"discovery_type": "HASHTAG"}})

    def _sounds(self, call: TrendCall) -> Listing:
        self._own(call, "business_id", BUSINESS_ID)
        period = BUSINESS_SOUND_PERIODS[self._choice(call, "date_range", "7DAY", BUSINESS_SOUND_PERIODS)]
        genre = self._choice(call, "genre", "ALL", ("ALL", *GENRES))
        name = ListName("sound", self._country(call), period, "" if genre == "ALL" else genre)
        rows = [self._sound(entry, genre) for entry in self._trends.of_day(name, call.now, SOUNDS)]
        return self._listing(call, rows, "list", {})

    def _keywords(self, call: TrendCall) -> Listing:
        self._own(call, "business_id", BUSINESS_ID)
        entries = self._trends.of_day(ListName("search"), call.now)
        words = [dressed(self._trends.seed, "business", entry.name) for entry in entries]
        return self._listing(call, words, "search_keywords", {})

    def _listing(self, call: TrendCall, found: list[Any], key: str, beside: Data) -> Listing:
        def wrap(rows: list[Any], more: bool) -> Data:  # noqa: ARG001, FBT001 - the form of Listing
            data = beside | {key: rows}
            return {"code": 0, "message": "OK", "request_id": new_log_id(call.now), "data": data}

        return Listing(
            lambda first, last: found[first:last], len(found), len(found), 1, len(found), wrap, ("data", key)
        )

    def _hashtag(self, entry: Entry, country: str) -> Row:
        posts = int(40 * entry.score**5) + 100
        views = posts * (500 + entry.bits % 40_000)
        return {
            "hashtag_id": self._trends.id_of("hashtag", entry.name),
            "hashtag_name": dressed(self._trends.seed, "business", entry.name),
            "rank_position": _rank(entry),
            "rank_change": "NEW" if entry.before is None else entry.before - entry.rank,
            "views": views,
            "posts": posts,
            "views_global_lifetime": views * 9,
            "posts_global_lifetime": posts * 9,
            "top_country_list": list(dict.fromkeys((country, *_NEIGHBOURS)))[:5],
            "trending_history": _history(entry, views),
        }

    def _sound(self, entry: Entry, genre: str) -> Row:
        clip = entry.bits % 3 == 0
        return {
            "commercial_music_id": entry.name,
            "commercial_music_name": title_of(entry.name),
            "artist": artist_of(entry.name),
            "duration": 0 if clip else 10 + entry.bits % 50,
            "genres": [GENRES[entry.bits % len(GENRES)] if genre == "ALL" else genre],
            "rank_position": str(entry.rank),
            "thumbnail_url": f"https://media.example.org/sound/{entry.name}.jpeg",
            "preview_url": f"https://media.example.org/sound/{entry.name}.mp3",
            "trending_history": _history(entry, 10**6),
            "full_duration_song_clip": {},
            "trending_song_clip": {"song_clip_id": entry.name, "duration": 15, "preview_url": ""} if clip else {},
        }


def _rank(entry: Entry) -> int | str:
    """Return the rank, of one row in seven as text."""
    return str(entry.rank) if entry.bits % 7 == 0 else entry.rank


def _history(entry: Entry, views: int) -> list[Row]:
    """Return at most 30 days; views below 1,000 are not told, nor the rank of such a day."""
    total = sum(value for _, value in entry.curve) or 1.0
    rows: list[Row] = []
    for time, value in entry.curve[-_HISTORY:]:
        daily = int(views * value / total)
        told = daily if daily >= _COUNTED_FROM else None
        rank = None if told is None else max(1, round(entry.rank * entry.score / max(value, 0.01)))
        rows.append(
            {
                "date": datetime.fromtimestamp(time, UTC).date().isoformat(),
                "rank_position_daily": rank,
                "views_daily": told,
            }
        )
    return rows
