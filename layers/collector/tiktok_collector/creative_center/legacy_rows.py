"""Rows of the legacy generation (`creative_radar_api/v1`), for all five kinds."""

import re
from types import MappingProxyType
from typing import Any, Final

from tiktok_collector.creative_center.readings import RowReader, curve, given_id, inner
from tiktok_collector.trend_lists import lenient
from tiktok_collector.trend_lists.place import Place
from tiktok_collector.trend_lists.rows import Change, CreatorRow, Curve, HashtagRow, KeywordRow, SoundRow, VideoRow

_CURVE_SCALE: Final = 1.0
_CHANGES: Final = MappingProxyType({1: Change.UP, 2: Change.UNCHANGED, 3: Change.DOWN, 4: Change.NEW})
_HANDLE: Final = re.compile(r"^(?:https?://)?(?:[\w-]+\.)*tiktok\.com/@([^/?#\s]+)", re.IGNORECASE)


def _hashtag(item: dict[str, Any], place: Place) -> HashtagRow | None:
    label = lenient.label(item.get("hashtag_name"))
    if label is None:
        return None
    industry = given_id(inner(item.get("industry_info")).get("id"))
    return HashtagRow(
        **_ranked(item, place),
        hashtag=label[0],
        name=label[1],
        hashtag_id=given_id(item.get("hashtag_id")),
        posts=lenient.count(item.get("publish_cnt")),
        views=lenient.count(item.get("video_views")),
        curve=_trend(item),
        industries=() if industry is None else (industry,),
        promoted=lenient.flag(item.get("is_promoted")),
    )


def _sound(item: dict[str, Any], place: Place) -> SoundRow | None:
    sound_id = given_id(item.get("clip_id"))
    if sound_id is None:
        return None
    return SoundRow(
        **_ranked(item, place),
        sound_id=sound_id,
        title=lenient.text(item.get("title")),
        author=lenient.text(item.get("author")),
        song_id=given_id(item.get("song_id")),
        duration=lenient.count(item.get("duration")),
        commercial=lenient.flag(item.get("if_cml")),
        curve=_trend(item),
        promoted=lenient.flag(item.get("promoted")),
    )


def _keyword(item: dict[str, Any], place: Place) -> KeywordRow | None:
    label = lenient.label(item.get("keyword"))
    if label is None:
        return None
    return KeywordRow(
        **place.standing(),
        keyword=label[0],
        name=label[1],
        posts=lenient.count(item.get("post")),
        posts_change=lenient.number(item.get("post_change")),
        impressions=lenient.count(item.get("impression")),
        likes=lenient.count(item.get("like")),
        comments=lenient.count(item.get("comment")),
        shares=lenient.count(item.get("share")),
        click_rate=lenient.number(item.get("ctr")),
        conversion_rate=lenient.number(item.get("cvr")),
        six_second_rate=lenient.number(item.get("play_six_rate")),
        cost=lenient.count(item.get("cost")),
        cost_per_action=lenient.number(item.get("cpa")),
        video_ids=lenient.identifiers(item.get("video_list")),
    )


def _creator(item: dict[str, Any], place: Place) -> CreatorRow | None:
    creator_id = given_id(item.get("user_id"))
    if creator_id is None:
        return None
    # The handle is nowhere else; the addresses of the videos have a dummy.
    handle = _HANDLE.match((lenient.text(item.get("tt_link")) or "").strip())
    video_ids = (given_id(each.get("item_id")) for each in lenient.objects(item.get("items")))
    return CreatorRow(
        **place.standing(),
        creator_id=creator_id,
        username=handle[1] if handle is not None else None,
        nickname=lenient.text(item.get("nick_name")),
        followers=lenient.count(item.get("follower_cnt")),
        likes=lenient.count(item.get("liked_cnt")),
        video_ids=tuple(each for each in video_ids if each is not None),
    )


def _video(item: dict[str, Any], place: Place) -> VideoRow | None:
    video_id = given_id(item.get("item_id")) or given_id(item.get("id"))
    if video_id is None:
        return None
    # The handle in item_url is the same dummy in every row, so the author stays unknown.
    return VideoRow(
        **place.standing(),
        video_id=video_id,
        title=lenient.text(item.get("title")),
        duration=lenient.count(item.get("duration")),
    )


def _ranked(item: dict[str, Any], place: Place) -> dict[str, Any]:
    """The standing with the rank's change; `rank_diff` has no sign, its type tells the direction."""
    change = _CHANGES.get(lenient.count(item.get("rank_diff_type")) or 0)
    places = lenient.integer(item.get("rank_diff"))
    moved = None if places is None else abs(places)
    signed = {Change.UP: moved, Change.UNCHANGED: 0, Change.DOWN: None if moved is None else -moved}
    return {
        **place.standing(item.get("rank")),
        "change": change,
        "places": signed.get(change) if change is not None else None,
    }


def _trend(item: dict[str, Any]) -> Curve | None:
    return curve(item.get("trend"), time="time", scale=_CURVE_SCALE)


HASHTAGS: Final = RowReader("hashtag_name", _hashtag)
SOUNDS: Final = RowReader("clip_id", _sound)
KEYWORDS: Final = RowReader("keyword", _keyword)
CREATORS: Final = RowReader("user_id", _creator)
VIDEOS: Final = RowReader("item_id", _video)
