"""Rows of the legacy lists; each is made only when its page is asked for."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from sandbox.api.trend_calls import Row, TrendCall
from sandbox.trends.dress import dressed
from sandbox.trends.movement import DAY
from sandbox.trends.offers import COUNTRY_NAMES, LEGACY_INDUSTRIES
from sandbox.trends.pools import artist_of, title_of
from sandbox.trends.world import Entry, ListName, TrendWorld
from sandbox.world.catalog import Catalog
from sandbox.world.hashing import hash_one, key_of, unit_one
from sandbox.world.video_table import Moment

type Rows = list[Callable[[], Row]]
_UP, _SAME, _DOWN, _NEW = 1, 2, 3, 4
_INDUSTRY_NAMES = {22: "Apparel & Accessories", 25: "Games", 27: "Food & Beverage", 28: "Sports & Outdoor"}
_DUMMY_HANDLE = "trend_dummy"
"""The handle in the address of every video of the list; it is nobody's."""


class RadarRows:
    """Makes the rows of a world's legacy lists, which change at the beginning of a UTC day only."""

    def __init__(self, trends: TrendWorld, catalog: Catalog) -> None:
        self._trends = trends
        self._catalog = catalog

    def hashtags(self, name: ListName, now: float, size: int) -> Rows:
        """Return rows of hashtags."""
        return [partial(self._hashtag, entry, name) for entry in self._trends.of_day(name, now, size)]

    def sounds(self, name: ListName, now: float) -> Rows:
        """Return rows of sounds."""
        return [partial(self._sound, entry, name) for entry in self._trends.of_day(name, now)]

    def keywords(self, name: ListName, now: float) -> Rows:
        """Return rows of keywords."""
        return [partial(self._keyword, entry) for entry in self._trends.of_day(name, now)]

    def creators(self, name: ListName, now: float, order: str) -> Rows:
        """Return rows of creators, in descending order of what was asked for."""
        entries = self._trends.of_day(name, now)
        weights = {entry.name: self._numbers(entry.name) for entry in entries}
        place = ("follower", "engagement", "avg_views").index(order)
        ordered = sorted(entries, key=lambda entry: (-weights[entry.name][place], entry.name))
        return [partial(self._creator, entry, name, weights[entry.name]) for entry in ordered]

    def videos(self, name: ListName, call: TrendCall) -> Rows:
        """Return rows of videos."""
        until = call.now // DAY * DAY
        return [partial(self._video, number, name, call) for number in self._trends.videos(name, until)]

    def _hashtag(self, entry: Entry, name: ListName) -> Row:
        posts = int(40 * entry.score**5) + 100
        row: Row = {
            "hashtag_id": self._trends.id_of("hashtag", entry.name),
            "hashtag_name": dressed(self._trends.seed, "legacy", entry.name),
            "country_info": {"id": name.country, "value": _country(name.country), "label": name.country},
            "is_promoted": entry.bits % 50 == 0,
            "trend": _trend(entry),
            "creators": [
                {"nick_name": f"Creator {entry.bits % 977}", "avatar_url": "https://media.example.org/avatar/c.webp"}
            ],
            "publish_cnt": posts,
            "video_views": posts * (500 + entry.bits % 40_000),
            "rank": entry.rank,
        } | _movement(entry)
        if name.industry or entry.bits & 1:
            own = sorted(LEGACY_INDUSTRIES)[entry.bits % len(LEGACY_INDUSTRIES)]
            industry = int(name.industry) if name.industry.isdecimal() else own
            label = f"label_{industry}"
            row["industry_info"] = {
                "id": industry, "value": _INDUSTRY_NAMES.get(industry // 10**9, label), "label": label,
            }  # fmt: skip
        if entry.bits % 3 == 0:
            row["trending_type"] = 1
        return row

    def _sound(self, entry: Entry, name: ListName) -> Row:
        commercial = entry.bits % 3 == 0
        title = title_of(entry.name)
        row: Row = {
            "author": artist_of(entry.name),
            "clip_id": entry.name,
            "country_code": name.country,
            "cover": f"https://media.example.org/sound/{entry.name}.jpeg",
            "duration": 10 + entry.bits % 50,
            "if_cml": commercial,
            "is_search": False,
            "link": f"https://www.tiktok.com/music/x-{entry.name}",
            "on_list_times": None,
            "promoted": False,
            "rank": entry.rank,
            "related_items": [
                {"item_id": number, "cover_uri": f"https://media.example.org/cover/{number}.webp"}
                for number in self._items(entry.bits, 4)
            ],
            "song_id": self._trends.id_of("song", entry.name),
            "title": title,
            "trend": _trend(entry)[-3 if entry.bits % 4 == 0 else 0 :],
            "url_title": title.replace(" ", "-"),
        } | _movement(entry, null=True)
        if commercial:
            row |= {"cml_mid": str(entry.bits % 10**12), "music_url": "https://media.example.org/sound/preview.mp3"}
        return row

    def _keyword(self, entry: Entry) -> Row:
        posts = int(25 * entry.score**5) + 50

        def drawn(number: int, highest: float) -> float:
            return round(highest * unit_one(entry.bits, number), 2)

        return {
            "keyword": dressed(self._trends.seed, "legacy", entry.name),
            "post": posts,
            "post_change": round(300 * unit_one(entry.bits, 1) - 100, 2),
            "ctr": drawn(2, 9),
            "cvr": drawn(3, 100),
            "play_six_rate": drawn(4, 40),
            "cpa": drawn(5, 3),
            "cost": posts * 9,
            "impression": posts * 4_000,
            "like": posts * 20,
            "comment": posts // 2,
            "share": posts,
            "video_list": [str(number) for number in self._items(entry.bits, 5)],
        }

    def _creator(self, entry: Entry, name: ListName, numbers: tuple[int, int, int]) -> Row:
        followers, likes, views = numbers
        user = self._trends.id_of("creator", entry.name)
        market = self._trends.id_of("market", entry.name)
        return {
            "tcm_id": market,
            "user_id": user,
            "nick_name": entry.name.replace("_", " ").replace(".", " ").title(),
            "avatar_url": f"https://media.example.org/avatar/{user}.png",
            "country_code": name.country or "US",
            "follower_cnt": followers,
            "liked_cnt": likes,
            "tt_link": f"https://www.tiktok.com/@{entry.name}",
            "tcm_link": f"https://creatormarketplace.tiktok.com/ad#/author/{market}",
            "items": [
                {
                    "item_id": str(number),
                    "cover_url": f"https://media.example.org/cover/{number}.webp",
                    "tt_link": f"https://www.tiktok.com/@author/video/{number}",
                    "vv": views,
                    "liked_cnt": views // 12,
                    "create_time": number >> 32,
                }
                for number in self._items(hash_one(key_of(self._trends.seed, entry.name), 0), 3)
            ],
        }

    def _video(self, number: int, name: ListName, call: TrendCall) -> Row:
        known = self._catalog.videos.position(number)
        title, duration = "watch to the end", 5 + number % 80
        if known is not None:
            position = np.array([known], dtype=np.int64)
            row = self._catalog.videos.rows(position, ("video_description",), Moment(call.now, call.settings))[0]
            title = row.get("video_description", title)
            duration = int(self._catalog.videos.durations(position)[0])
        return {
            "country_code": name.country,
            "cover": f"https://media.example.org/cover/{number}.webp",
            "duration": duration,
            "id": str(number),
            "item_id": str(number),
            "item_url": f"https://www.tiktok.com/@{_DUMMY_HANDLE}/video/{number}",
            "region": _country(name.country),
            "title": title,
        }

    def _numbers(self, handle: str) -> tuple[int, int, int]:
        """Return followers, likes and views of a creator: the world's where it is one of its accounts."""
        bits = hash_one(key_of(self._trends.seed, f"trend.creator.{handle}"), 0)
        account = self._catalog.accounts.find(handle)
        followers = account.followers if account is not None else 10_000 + bits % 9_000_000
        return followers, followers * (5 + bits % 60), 1000 + (bits >> 20) % 20_000_000

    def _items(self, bits: int, count: int) -> list[int]:
        """Return video ids that lie beyond 2^53 and are no multiples of what a double can hold."""
        return [7_400_000_000_000_000_001 + 2 * (hash_one(bits, number) % 10**17) for number in range(count)]


def _movement(entry: Entry, *, null: bool = False) -> dict[str, Any]:
    """Return how the rank differs from the day before's; what is new has no difference, or a null one."""
    if entry.before is None:
        return {"rank_diff": None, "rank_diff_type": _NEW} if null else {"rank_diff_type": _NEW}
    places = entry.before - entry.rank
    return {"rank_diff": abs(places), "rank_diff_type": _UP if places > 0 else _DOWN if places else _SAME}


def _trend(entry: Entry) -> list[Row]:
    """Return the curve with 1 as its highest; whole numbers are written as such."""
    highest = max(value for _, value in entry.curve) or 1.0
    values = [round(value / highest, 2) for _, value in entry.curve]
    return [
        {"time": time, "value": int(value) if value in (0, 1) else value}
        for (time, _), value in zip(entry.curve, values, strict=True)
    ]


def _country(code: str) -> str:
    return COUNTRY_NAMES.get(code, code)
