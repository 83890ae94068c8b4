"""Rows of the Business API as rows of trends; a row without what identifies it is told by its place."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from tiktok_collector.business_api.history import views_curve
from tiktok_collector.trend_lists import lenient
from tiktok_collector.trend_lists.kinds import TrendKind, TrendList
from tiktok_collector.trend_lists.place import MOST_ROWS, Place
from tiktok_collector.trend_lists.rows import Change, HashtagRow, KeywordRow, SoundRow, TrendRow


class ReadRows(NamedTuple):
    """The rows of a list, and a sentence for each that could not be read."""

    rows: tuple[TrendRow, ...]
    rejected: tuple[str, ...]


def read_rows(asked: TrendList, listed: Sequence[Any], retrieved_at: str) -> ReadRows:
    """The rows of `listed`, in its order; where the API states no rank, it is the place in the list."""
    rows: list[TrendRow] = []
    rejected: list[str] = []
    for position, value in enumerate(listed[:MOST_ROWS], start=1):
        row = _row(value, Place(asked, retrieved_at, position))
        if isinstance(row, str):
            rejected.append(f"Row {position} of {asked.name} {row}.")
        else:
            rows.append(row)
    if len(listed) > MOST_ROWS:
        rejected.append(f"{asked.name} has {len(listed)} rows; those after the first {MOST_ROWS} are left out.")
    return ReadRows(tuple(rows), tuple(rejected))


def _row(value: Any, place: Place) -> TrendRow | str:
    """The row, or why it is none."""
    if place.asked.kind is TrendKind.KEYWORD:
        return _keyword(value, place)
    if not isinstance(value, dict):
        return "is not an object"
    return _hashtag(value, place) if place.asked.kind is TrendKind.HASHTAG else _sound(value, place)


def _hashtag(value: dict[str, Any], place: Place) -> TrendRow | str:
    label = lenient.label(value.get("hashtag_name"))
    if label is None:
        return "has no hashtag_name"
    change, places = _change(value.get("rank_change"))
    return HashtagRow(
        **place.standing(value.get("rank_position")),
        hashtag=label[0],
        name=label[1],
        hashtag_id=lenient.identifier(value.get("hashtag_id")),
        change=change,
        places=places,
        posts=lenient.count(value.get("posts")),
        views=lenient.count(value.get("views")),
        curve=views_curve(value.get("trending_history")),
    )


def _sound(value: dict[str, Any], place: Place) -> TrendRow | str:
    track = lenient.identifier(value.get("commercial_music_id"))
    # The clip's id is that of the sound's page and of the other sources; the track's is of the music library alone.
    sound_id = _clip(value.get("full_duration_song_clip")) or _clip(value.get("trending_song_clip")) or track
    if sound_id is None:
        return "has neither a song_clip_id nor a commercial_music_id"
    genres = value.get("genres")
    return SoundRow(
        **place.standing(value.get("rank_position")),
        sound_id=sound_id,
        title=lenient.text(value.get("commercial_music_name")),
        author=lenient.text(value.get("artist")),
        song_id=track,
        duration=lenient.count(value.get("duration")) or None,  # 0: only a clip of the track is there
        commercial=True,
        genres=tuple(filter(None, map(lenient.text, genres if isinstance(genres, list) else ()))),
        curve=views_curve(value.get("trending_history")),
    )


def _keyword(value: Any, place: Place) -> TrendRow | str:
    label = lenient.label(value)
    return "is no keyword" if label is None else KeywordRow(**place.standing(), keyword=label[0], name=label[1])


def _clip(value: Any) -> str | None:
    return lenient.identifier(value.get("song_clip_id")) if isinstance(value, dict) else None


def _change(value: Any) -> tuple[Change | None, int | None]:
    if isinstance(value, str) and value.strip().upper() == "NEW":
        return Change.NEW, None
    places = lenient.integer(value)
    if places is None or lenient.count(abs(places)) is None:
        return None, None
    if places == 0:
        return Change.UNCHANGED, 0
    return Change.UP if places > 0 else Change.DOWN, places
