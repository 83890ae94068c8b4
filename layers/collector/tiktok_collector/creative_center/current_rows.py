"""Rows of the current generation (`CreativeOne`): hashtags, and videos of the top contents."""

from typing import Any, Final

from tiktok_collector.creative_center.readings import (
    RowReader,
    curve,
    given_id,
    inner,
    moment,
)
from tiktok_collector.trend_lists import lenient
from tiktok_collector.trend_lists.place import Place
from tiktok_collector.trend_lists.rows import HashtagRow, VideoRow

_CURVE_SCALE: Final = 100.0


def _hashtag(item: dict[str, Any], place: Place) -> HashtagRow | None:
    label = lenient.label(item.get("hashtagName"))
    if label is None:
        return None
    return HashtagRow(
        **place.standing(item.get("rankIndex")),
        hashtag=label[0],
        name=label[1],
        hashtag_id=given_id(item.get("hashtagID")),
        posts=lenient.count(item.get("publishCnt")),
        views=lenient.count(item.get("vv")),
        curve=curve(item.get("popularityCurve"), time="timestamp", scale=_CURVE_SCALE),
        industries=lenient.identifiers(item.get("industryIDs")),
    )


def _video(item: dict[str, Any], place: Place) -> VideoRow | None:
    info, author, metrics = (inner(item.get(part)) for part in ("itemInfo", "itemAuthorInfo", "itemMetrics"))
    video_id = given_id(info.get("itemID"))
    if video_id is None:
        return None
    labels = (lenient.text(tag.get("contentLabelName")) for tag in lenient.objects(item.get("contentTags")))
    return VideoRow(
        **place.standing(),
        video_id=video_id,
        title=lenient.text(info.get("title")),
        author_id=given_id(info.get("authorID")) or given_id(info.get("creatorID")),
        username=(lenient.text(author.get("handlerName")) or "").strip().removeprefix("@") or None,
        created_at=moment(info.get("createTime")),
        views=lenient.count(metrics.get("videoViews")),
        organic_views=lenient.count(metrics.get("organicVideoViews")),
        engagement_rate=lenient.number(metrics.get("engagementRate")),
        six_second_rate=lenient.number(metrics.get("sixSecondsVTR")),
        labels=tuple(label for label in labels if label is not None),
    )


HASHTAGS: Final = RowReader("hashtagName", _hashtag)
VIDEOS: Final = RowReader("itemInfo.itemID", _video)
