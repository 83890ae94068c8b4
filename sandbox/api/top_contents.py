"""The Creative Center's top videos: a weekly and a monthly list, whose ends an overview tells."""

from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from sandbox.api.answers import Data
from sandbox.api.trend_calls import Listing, Row, TrendCall
from sandbox.trends.offers import CURRENT_COUNTRIES, VIDEO_COUNTRIES
from sandbox.trends.vocabulary import VIDEO_LABELS
from sandbox.trends.world import ListName, TrendWorld
from sandbox.world.catalog import Catalog
from sandbox.world.hashing import hash_one, key_of, unit_one
from sandbox.world.video_table import Moment

GOOD: Final[Data] = {"BaseResp": {"StatusCode": 0, "StatusMessage": ""}}
_VIDEOS, _FREE_VIDEOS = 100, 4
_MOST_A_PAGE = 50
_DIMENSIONS = {3: 7, 5: 30}
_METRICS = (1, 2, 3)


def ends(now: float) -> dict[str, int]:
    """Return when the last day, week (a Monday) and month ended, as Unix seconds."""
    today = datetime.fromtimestamp(now, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    found = {"Daily": today, "Weekly": today - timedelta(days=today.weekday()), "Monthly": today.replace(day=1)}
    return {name: int(end.timestamp()) for name, end in found.items()}


def _recent_ends(now: float, dimension: int) -> set[int]:
    """Return the end of the last period and of the one before, for callers who asked for it a moment ago."""
    name = "Weekly" if dimension == 3 else "Monthly"  # noqa: PLR2004 - as in _DIMENSIONS
    last = ends(now)[name]
    return {last, ends(last - 1)[name]}


class TopContents:
    """The lists of videos of a world."""

    def __init__(self, trends: TrendWorld, catalog: Catalog) -> None:
        self._trends = trends
        self._catalog = catalog

    def listing(self, call: TrendCall, *, known: bool) -> Listing:
        """Return one period's videos.

        Raises:
            ValueError: A parameter is wrong; the message is its name.
        """
        country = call.text("countryCode", "US")
        if country not in VIDEO_COUNTRIES | CURRENT_COUNTRIES:
            raise ValueError("countryCode")
        dimension, metric = call.number("periodDimension", 0), call.number("orderByMetric", 1)
        if dimension not in _DIMENSIONS or metric not in _METRICS:
            raise ValueError("orderByMetric" if dimension in _DIMENSIONS else "periodDimension")
        until = call.number("periodEndTimestamp", 0)
        if until is None or until not in _recent_ends(call.now, dimension):
            raise ValueError("periodEndTimestamp")
        labels = self._labels(call)
        name = ListName("top", country, _DIMENSIONS[dimension], f"{metric}.{labels}")
        ids = self._trends.videos(name, until)[:_VIDEOS]

        def rows(first: int, last: int) -> list[Row]:
            return [self._entity(number, labels, call) for number in ids[first:last]]

        limit = call.number("limit", 20)
        if limit is None or limit < 1:
            raise ValueError("limit")
        limit = min(limit, _MOST_A_PAGE) if known else _FREE_VIDEOS

        def wrap(rows: list[Row], more: bool) -> Data:  # noqa: FBT001 - the form of Listing
            shown = {"page": call.page, "limit": limit, "totalCount": _VIDEOS, "pageCount": -(-_VIDEOS // limit)}
            return GOOD | {"entityInfos": rows, "pagination": shown | {"hasMore": more or not known}}

        return Listing(rows, _VIDEOS, len(ids) if known else _FREE_VIDEOS, call.page, limit, wrap, ("entityInfos",))

    @staticmethod
    def _labels(call: TrendCall) -> list[int]:
        given = [part for part in call.text("contentLabelIDs").split(",") if part]
        labels = [int(part) for part in given if part.isdecimal() and int(part) in VIDEO_LABELS]
        if len(labels) != len(given):
            raise ValueError("contentLabelIDs")
        return labels

    def _entity(self, number: int, labels: list[int], call: TrendCall) -> Row:
        video = self._video(number, call)
        bits = hash_one(key_of(self._trends.seed, "trend.entity"), number)
        chosen = (labels or sorted(VIDEO_LABELS))[bits % len(labels or VIDEO_LABELS)]
        views = max(int(video.get("view_count", 0)), 20_000 + bits % 90_000_000)
        author = 6_500_000_000_000_000_000 + bits % 10**17
        handle = str(video.get("username", f"creator{bits % 9999}"))
        return {
            "itemInfo": {
                "itemID": number,
                "authorID": author,
                "creatorID": author,
                "contentType": 1,
                "createTime": int(video.get("create_time", number >> 32)),
                "title": video.get("video_description", f"look at this #{VIDEO_LABELS[chosen].lower()}"),
                "coverURL": f"https://media.example.org/cover/{number}.webp",
                "videoURL": f"https://media.example.org/video/{number}.mp4",
            },
            "itemAuthorInfo": {
                "handlerName": handle,
                "nickName": handle.title(),
                "avatarURI": f"https://media.example.org/avatar/{author}.webp",
                "bio": "",
            },
            "itemAuthorMetrics": {"followers": 100 + bits % 5_000_000},
            "itemMetrics": {
                "videoViews": views,
                "organicVideoViews": views - views // 10 * (bits % 3),
                "engagementRate": round(0.01 + 0.2 * unit_one(bits, 1), 4),
                "sixSecondsVTR": round(0.1 + 0.7 * unit_one(bits, 2), 4),
            },
            "contentTags": [{"contentLabelID": chosen, "contentLabelName": VIDEO_LABELS[chosen]}],
        }

    def _video(self, number: int, call: TrendCall) -> Row:
        """Return what the world knows of the video; nothing of one that is made up."""
        position = self._catalog.videos.position(number)
        if position is None:
            return {}
        fields = ("username", "create_time", "video_description", "view_count")
        positions = np.array([position], dtype=np.int64)
        return self._catalog.videos.rows(positions, fields, Moment(call.now, call.settings))[0]
