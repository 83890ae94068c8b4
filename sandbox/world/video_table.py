"""The videos of a world as sorted columns, whatever they come from.

Positions count videos by ascending id. Ids begin with the second in which the upload was begun, which is before
`create_time` by up to `MAX_DRAFT_SECONDS`; so a window of create times is a short stretch of positions plus a filter.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from sandbox.query import COMPARISONS, Condition
from sandbox.settings import Settings
from sandbox.world.hashing import Bools, Floats, Ints

MAX_DRAFT_SECONDS = 219_361
VIDEO_FIELDS = (
    "id", "video_description", "create_time", "region_code", "share_count", "view_count", "like_count", "comment_count",
    "music_id", "hashtag_names", "username", "effect_ids", "playlist_id", "voice_to_text", "is_stem_verified",
    "favorites_count", "video_duration", "hashtag_info_list", "sticker_info_list", "effect_info_list",
    "video_mention_list", "video_label", "video_tag",
)  # fmt: skip
type Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Moment:
    """When something is looked at (Unix seconds), and under which settings."""

    now: float
    settings: Settings


class CommentNumbers(NamedTuple):
    """How many comments a video has: top-level ones, replies to them, and whether exactly that was asked for."""

    top_level: int
    replies: int
    exact: bool


class VideoTable(ABC):
    """Videos by ascending id.

    Attributes:
        ids, created, account: Columns: video id, Unix second of publication, index of the account.
    """

    ids: Ints
    created: Ints
    account: Ints

    def index_accounts(self, accounts: int) -> None:
        """Build the index from account to positions."""
        self._by_account: Ints = np.argsort(self.account, kind="stable").astype(np.int64)
        self._offsets: Ints = np.searchsorted(self.account[self._by_account], np.arange(accounts + 1)).astype(np.int64)

    def __len__(self) -> int:
        return len(self.ids)

    def of_account(self, index: int) -> Ints:
        """Return the positions of an account's videos, ascending."""
        return self._by_account[self._offsets[index] : self._offsets[index + 1]]

    def position(self, video_id: int) -> int | None:
        """Return the position of a video, or None."""
        if not 0 <= video_id < 1 << 63:
            return None
        position = int(np.searchsorted(self.ids, video_id))
        return position if position < len(self.ids) and int(self.ids[position]) == video_id else None

    def between(self, start: int, end: int, positions: Ints | None = None) -> Ints:
        """Return positions, ascending, of the videos created in [start, end) (Unix seconds).

        Args:
            start: First second.
            end: First second after.
            positions: Look among these (ascending) only.
        """
        first = (max(start - MAX_DRAFT_SECONDS, 0)) << 32
        last = end << 32
        if positions is None:
            low, high = np.searchsorted(self.ids, [first, last])
            positions = np.arange(low, high, dtype=np.int64)
        else:
            low, high = np.searchsorted(self.ids[positions], [first, last])
            positions = positions[low:high]
        created = self.created[positions]
        return positions[(created >= start) & (created < end)]

    def matches(self, condition: Condition, positions: Ints, moment: Moment) -> Bools:
        """Return, for each position, whether the video meets the condition."""
        field = condition.field
        if field == "video_id":
            return np.isin(self.ids[positions], np.array(condition.numbers, dtype=np.int64))
        if field == "create_date":
            return compare((self.created[positions] // 86_400).astype(np.float64), condition)
        if field in ("view_count", "comment_count"):
            return compare(self.counter(field, positions, moment), condition)
        if field == "video_length":
            bins = np.digitize(self.durations(positions), (15, 61, 301))
            names = ("SHORT", "MID", "LONG", "EXTRA_LONG")
            return np.isin(bins, [names.index(value) for value in condition.values])
        return self.matches_text(condition, positions)

    @abstractmethod
    def matches_text(self, condition: Condition, positions: Ints) -> Bools:
        """Return the matches of username, region_code, hashtag_name, keyword, music_id or effect_id."""

    @abstractmethod
    def counter(self, field: str, positions: Ints, moment: Moment) -> Floats:
        """Return the archive's counter at that moment for each position; NaN where there is none."""

    @abstractmethod
    def durations(self, positions: Ints) -> Floats:
        """Return seconds of play for each position."""

    @abstractmethod
    def published(self, positions: Ints, moment: Moment) -> Floats:
        """Return the Unix second at which each video enters the archive."""

    @abstractmethod
    def deleted(self, positions: Ints, moment: Moment) -> Bools:
        """Return whether each video has been deleted by that moment."""

    @abstractmethod
    def rows(self, positions: Ints, fields: tuple[str, ...], moment: Moment) -> list[Row]:
        """Return the API's rows with the fields asked for; a field without a value is absent."""

    @abstractmethod
    def hashtag_counts(self) -> dict[str, int]:
        """Return by how many videos each hashtag is used."""

    @abstractmethod
    def music_counts(self) -> dict[int, int]:
        """Return by how many videos each sound is used."""

    @abstractmethod
    def comment_numbers(self, position: int) -> CommentNumbers:
        """Return how many comments a video ends up with."""

    @abstractmethod
    def playlists_of(self, index: int) -> list[int]:
        """Return the ids of an account's playlists."""

    @abstractmethod
    def playlist_positions(self, playlist_id: int) -> Ints | None:
        """Return the positions of a playlist's videos, newest first, or None if there is no such playlist."""


def compare(column: Floats, condition: Condition) -> Bools:
    """Return which values of a numeric column meet the condition; NaN never does."""
    wanted = [float(number) for number in condition.numbers]
    if condition.operation not in COMPARISONS:
        return np.isin(column, wanted)
    operators = {"GT": np.greater, "GTE": np.greater_equal, "LT": np.less, "LTE": np.less_equal}
    return np.asarray(operators[condition.operation](column, wanted[0]), dtype=np.bool_)
