"""Comments and replies of a video, worked out from its position alone.

A comment's id begins with its second; its low 32 bits are a scrambled (video position, rank), and so are those
of a reply, so that either leads to its video without any stored table.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sandbox.world.hashing import Ints, below, exponentials, hash_one, key_of, unit_one, units
from sandbox.world.masking import mask_personal_data
from sandbox.world.video_table import Row, VideoTable
from sandbox.world.vocabulary import COMMENTS, PII_COMMENTS

COMMENT_FIELDS = (
    "id",
    "video_id",
    "text",
    "like_count",
    "reply_count",
    "parent_comment_id",
    "create_time",
    "display_name",
)
_ODD = 0x9E3779B1
_INVERSE = pow(_ODD, -1, 1 << 32)
_LOW = (1 << 32) - 1
_MAX_AGE = 20 * 86_400
_EXACT_SPREAD = 3600
_WITH_PERSONAL_DATA = 0.02


@dataclass(frozen=True, slots=True)
class CommentList:
    """The comments under one parent in served order: by likes, descending."""

    video_id: int
    parent_id: int
    serial: int
    ids: Ints
    created: Ints
    likes: Ints
    replies: Ints

    def upto(self, now: float) -> Ints:
        """Return the ranks of the comments that have been written by `now`."""
        return np.flatnonzero(self.created <= now)


class Comments:
    """All comments of a world."""

    def __init__(self, videos: VideoTable, seed: int) -> None:
        self._videos = videos
        self._seed = seed
        self._rank_bits = 32 - max(len(videos).bit_length(), 1)
        self._cached = lru_cache(maxsize=64)(self._make)
        self._replies_cached = lru_cache(maxsize=16)(self._replies)

    def of_video(self, position: int) -> CommentList:
        """Return the top-level comments of the video at a position."""
        return self._cached(position)

    def _make(self, position: int) -> CommentList:
        numbers = self._videos.comment_numbers(position)
        count = numbers.top_level
        video_id = int(self._videos.ids[position])
        created_video = int(self._videos.created[position])
        key = key_of(self._seed, f"comments.{video_id}")
        ranks = np.arange(count, dtype=np.int64)
        if numbers.exact:
            created = created_video + 60 + (units(key, ranks) * (_EXACT_SPREAD - 60)).astype(np.int64)
            replies = np.full(count, numbers.replies // max(count, 1), dtype=np.int64)
        else:
            ages = np.minimum(30 + 3 * 86_400 * exponentials(key, ranks), _MAX_AGE)
            created = created_video + ages.astype(np.int64)
            who = (units(key ^ 1, np.arange(numbers.replies, dtype=np.int64)) ** 2 * count).astype(np.int64)
            replies = np.bincount(who, minlength=count).astype(np.int64) if count else ranks
        seconds = created - 25 - below(key ^ 2, ranks, 68)
        low = (((position << self._rank_bits) | (ranks & ((1 << self._rank_bits) - 1))) * _ODD) & _LOW
        return CommentList(
            video_id=video_id,
            parent_id=video_id,
            serial=video_id,
            ids=_distinct((seconds << 32) | low),
            created=created,
            likes=((0.4 * count + 1) / (ranks + 1.5) ** 1.1).astype(np.int64),
            replies=replies,
        )

    def find(self, comment_id: int) -> tuple[CommentList, int] | None:
        """Return the list that a comment is in and its rank, or None if there is no such top-level comment."""
        position = self.position_of(comment_id)
        if not 0 <= position < len(self._videos):
            return None
        comments = self.of_video(position)
        found = np.flatnonzero(comments.ids == comment_id)
        return (comments, int(found[0])) if found.size else None

    def position_of(self, comment_id: int) -> int:
        """Return the position of the video that a comment or a reply would be below; there may be no such video."""
        return (((comment_id & _LOW) * _INVERSE) & _LOW) >> self._rank_bits

    def find_reply(self, reply_id: int) -> tuple[CommentList, int] | None:
        """Return the list that a reply is in and its rank, or None if there is no such reply."""
        position = self.position_of(reply_id)
        if not 0 <= position < len(self._videos):
            return None
        return self._replies_cached(position).get(reply_id)

    def _replies(self, position: int) -> dict[int, tuple[CommentList, int]]:
        comments = self.of_video(position)
        found: dict[int, tuple[CommentList, int]] = {}
        for parent in np.flatnonzero(comments.replies).tolist():
            replies = self.replies_to(comments, parent)
            found |= {number: (replies, rank) for rank, number in enumerate(replies.ids.tolist())}
        return found

    def replies_to(self, comments: CommentList, rank: int) -> CommentList:
        """Return the replies to the comment of this rank."""
        count = int(comments.replies[rank])
        parent = int(comments.ids[rank])
        key = key_of(self._seed, f"replies.{parent}")
        ranks = np.arange(count, dtype=np.int64)
        created = int(comments.created[rank]) + 30 + (600 * exponentials(key, ranks)).astype(np.int64)
        seconds = created - 25 - below(key ^ 2, ranks, 68)
        last = (1 << self._rank_bits) - 1
        below_video = ((hash_one(key, 7) & last) + ranks) & last
        low = (((self.position_of(parent) << self._rank_bits) | below_video) * _ODD) & _LOW
        return CommentList(
            video_id=comments.video_id,
            parent_id=parent,
            serial=parent,
            ids=_distinct((seconds << 32) | low),
            created=created,
            likes=(2 / (ranks + 1.0)).astype(np.int64),
            replies=np.zeros(count, dtype=np.int64),
        )

    def rows(self, comments: CommentList, ranks: Ints, fields: tuple[str, ...]) -> list[Row]:
        """Return the API's rows for some ranks of a list, with the fields asked for."""
        rows: list[Row] = []
        for rank in ranks.tolist():
            full: Row = {
                "id": int(comments.ids[rank]),
                "video_id": comments.video_id,
                "text": self._text(comments.serial, rank),
                "like_count": int(comments.likes[rank]),
                "reply_count": int(comments.replies[rank]),
                "parent_comment_id": comments.parent_id,
                "create_time": int(comments.created[rank]),
                "display_name": f"Viewer {hash_one(comments.serial, rank) % 9000}",
            }
            if comments.parent_id == comments.video_id:
                del full["display_name"]
            rows.append({field: full[field] for field in fields if field in full})
        return rows

    def _text(self, serial: int, rank: int) -> str:
        key = key_of(self._seed, "comment.text") ^ serial
        bits = hash_one(key, rank)
        if unit_one(key, rank ^ (1 << 40)) < _WITH_PERSONAL_DATA:
            return mask_personal_data(PII_COMMENTS[bits % len(PII_COMMENTS)].format(bits % 90 + 10))
        return COMMENTS[bits % len(COMMENTS)]


def _distinct(ids: Ints) -> Ints:
    """Return the ids with equal ones moved apart; order is kept."""
    while True:
        _, first = np.unique(ids, return_index=True)
        if len(first) == len(ids):
            return ids
        repeated = np.setdiff1d(np.arange(len(ids)), first)
        ids[repeated] += 1 << 32
