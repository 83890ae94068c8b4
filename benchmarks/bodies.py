"""Synthetic response bodies of the Research API: every field, random key order, ids of 19 digits, heavy tails."""

import random
from collections.abc import Mapping
from typing import Final

import msgspec

ROWS: Final = 100
NEWEST_ID: Final = 7_320_768_196_569_599_275
_SECOND: Final = 1 << 32
"""A second's worth of ids: their upper half is Unix time."""
_WORDS: Final = [
    "summer", "receita", "façon", "täglich", "dance", "fyp", "trend", "amigos", "la vie", "morning", "learn", "news",
    "spiel", "коты", "料理", "🔥", "😂", "challenge", "story", "day", "with", "and", "the", "today", "you", "me",
]  # fmt: skip


def video_page(rng: random.Random, number: int, *, last: bool) -> bytes:
    """Page `number` (from 0) of a video query: 100 videos with all 23 fields, newest first."""
    newest = NEWEST_ID - number * ROWS * 60 * _SECOND
    videos = [_shuffled(rng, _video(rng, newest - rank * 60 * _SECOND)) for rank in range(ROWS)]
    return _body(
        {"videos": videos, "cursor": (number + 1) * ROWS, "has_more": not last, "search_id": "7354367454467855403"}
    )


def comment_page(rng: random.Random, number: int) -> bytes:
    """All comments of the video `number`: 100 of them, on one page."""
    video_id = NEWEST_ID - number * 60 * _SECOND
    comments = [_shuffled(rng, _comment(rng, video_id, rank)) for rank in range(ROWS)]
    return _body({"comments": comments, "cursor": ROWS, "has_more": False})


def follower_page(rng: random.Random, number: int, *, last: bool) -> bytes:
    """Page `number` (from 0) of a list of followers: 100 of them, one a minute."""
    oldest = (NEWEST_ID >> 32) - (number + 1) * ROWS * 60
    followers = [{"username": f"user_{rng.randrange(10**9)}", "display_name": _text(rng, 1, 4)} for _ in range(ROWS)]
    return _body({"user_followers": followers, "cursor": oldest, "has_more": not last})


def _video(rng: random.Random, video_id: int) -> dict[str, object]:
    hashtags = rng.sample(_WORDS, rng.randint(0, 8))
    heavy_tail = int(rng.paretovariate(0.6) * 100)
    return {
        "id": video_id,
        "create_time": video_id >> 32,
        "username": "bench",
        "region_code": rng.choice(["US", "DE", "BR", "ID"]),
        "video_description": _text(rng, 2, 30) + "".join(f" #{tag}" for tag in hashtags),
        "music_id": video_id + 5_000_001,
        "like_count": heavy_tail // 10,
        "comment_count": 1 + heavy_tail // 300,
        "share_count": heavy_tail // 500,
        "view_count": heavy_tail,
        "favorites_count": heavy_tail // 100,
        "hashtag_names": hashtags,
        "is_stem_verified": False,
        "video_duration": rng.randint(5, 180),
        "hashtag_info_list": [
            {"hashtag_id": rng.randrange(10**16), "hashtag_name": tag, "hashtag_description": ""} for tag in hashtags
        ],
        "sticker_info_list": [{"sticker_id": rng.randrange(10**16), "sticker_name": "poll"}],
        "effect_ids": [str(rng.randrange(10**8)) for _ in range(rng.randint(0, 2))],
        "effect_info_list": [{"effect_id": rng.randrange(10**8), "effect_name": "Glow", "effect_photo_url": ""}],
        "video_mention_list": rng.sample(_WORDS, rng.randint(0, 2)),
        "video_label": {"content": "", "sink": 0, "type": 0, "vote": 0},
        "video_tag": {"type": "AIGC Type", "number": 1},
        "playlist_id": 7_320_768_196_569_000_000 + rng.randrange(10),
        "voice_to_text": _text(rng, 20, 120) if rng.random() < 0.3 else "",
    }


def _comment(rng: random.Random, video_id: int, rank: int) -> dict[str, object]:
    return {
        "id": video_id + (rank + 1) * _SECOND,
        "text": _text(rng, 1, 25),
        "video_id": video_id,
        "parent_comment_id": video_id,
        "like_count": int(rng.paretovariate(0.8)),
        "reply_count": rng.randint(0, 3),
        "create_time": (video_id >> 32) + rank + 1,
    }


def _text(rng: random.Random, shortest: int, longest: int) -> str:
    return " ".join(rng.choices(_WORDS, k=rng.randint(shortest, longest)))


def _shuffled(rng: random.Random, row: Mapping[str, object]) -> dict[str, object]:
    names = list(row)
    rng.shuffle(names)
    return {name: row[name] for name in names}


def _body(data: Mapping[str, object]) -> bytes:
    error = {"code": "ok", "message": "", "log_id": "20261120160000A8A35938AA061A19F445"}
    return msgspec.json.encode({"data": data, "error": error})
