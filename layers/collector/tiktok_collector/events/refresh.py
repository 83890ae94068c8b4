"""The event of `video_search` that asks for known videos again, by their ids: their counters as they are now."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from typing import Any, Final, override

from pydantic import Field, field_validator

from tiktok_collector.events.collection import ExportingEvent
from tiktok_collector.events.search import SearchName
from tiktok_collector.study.days import FIRST_DAY
from tiktok_collector.study.video_ids import made_at, publication
from tiktok_collector.study.windows import Window

MAX_IDS: Final = 100_000
NOT_TAKEN: Final = ("days_back", "max_videos", "comments")
"""Fields of a search that mean nothing where videos are named."""
_MOST_AHEAD: Final = timedelta(days=3)
_INT64_MAX: Final = (1 << 63) - 1
_FIRST_ID: Final = int(datetime.combine(FIRST_DAY, time(), UTC).timestamp()) << 32


def asks_for_refresh(event: object) -> bool:
    """Whether an event names videos, right or wrong."""
    return isinstance(event, Mapping) and "video_ids" in event


class VideoRefreshEvent(ExportingEvent):
    """A refresh of videos. Their days follow from the ids; only a manifest says them too."""

    name: SearchName
    video_ids: list[int] = Field(min_length=1, max_length=MAX_IDS)

    @field_validator(*NOT_TAKEN, mode="before")
    @classmethod
    def _absent(cls, value: Any) -> Any:
        if value is not None:
            raise ValueError("a refresh asks for the videos in video_ids and nothing else; leave it out")
        return value

    @field_validator("video_ids", mode="before")
    @classmethod
    def _read_ids(cls, values: Any) -> Any:
        if not isinstance(values, list):
            raise ValueError("write the ids as a list")  # noqa: TRY004 - pydantic reports ValueError
        if len(values) > MAX_IDS:
            raise ValueError(f"{len(values)} ids are too many for one refresh; send {MAX_IDS} at a time")
        return [_read_id(value, position) for position, value in enumerate(values, start=1)]

    @cached_property
    def ids(self) -> list[int]:
        """The ids asked for, each once, in ascending order, which is that in which they were made."""
        return sorted(set(self.video_ids))

    @override
    def period(self, now: datetime) -> tuple[Window, list[str]]:
        """The days on which the videos may have been published, none after today; and a warning about duplicates.

        Raises:
            ValueError: an id was made more than three days from now, or days are given.
        """
        if self.start_date is not None:
            raise ValueError("the days of a refresh follow from its ids; leave start_date and end_date out")
        for position, video_id in enumerate(self.video_ids, start=1):
            if (made := made_at(video_id)) > now + _MOST_AHEAD:
                raise ValueError(f"entry {position} of video_ids, {video_id}, is of a time to come, {made:%Y-%m-%d}")
        twice = len(self.video_ids) - len(self.ids)
        warnings = [f"{twice} of the video_ids repeat others; each video is asked for once."] if twice else []
        first, last = publication(self.ids[0]), publication(self.ids[-1])
        return Window(min(first.start, now.date()), min(last.end, now.date())), warnings

    @override
    def request(self, period: Window) -> dict[str, Any]:
        return {**super().request(period), "video_ids": [str(video_id) for video_id in self.ids]}

    @override
    def summary(self, period: Window) -> dict[str, Any]:
        """The request with the number of videos and a digest that tells one list of them from another."""
        digest = hashlib.sha256("\n".join(map(str, self.ids)).encode()).hexdigest()[:16]
        return {**self.request(period), "video_ids": len(self.ids), "video_ids_digest": digest}


def _read_id(written: Any, position: int) -> int:
    """The id that is written as text or as a whole number; a fraction has lost its last digits."""
    is_number = isinstance(written, int) and not isinstance(written, bool)
    digits = written.strip() if isinstance(written, str) else str(written) if is_number else ""
    # Longer ones are no int64, and turning a text of any length into a number would take any time.
    if not (digits.isascii() and digits.isdigit() and len(digits) <= len(str(_INT64_MAX))):
        raise ValueError(f"entry {position}: {_shown(written)} is not a video's id; write its digits, best as text")
    number = int(digits)
    if number > _INT64_MAX:
        raise ValueError(f"entry {position}: {number} is larger than any id")
    if number < _FIRST_ID:
        raise ValueError(f"entry {position}: {number} would be of a time before TikTok's first day, {FIRST_DAY}")
    return number


def _shown(written: Any) -> str:
    text = repr(written)
    return text if len(text) <= 40 else f"{text[:37]}..."  # noqa: PLR2004 - enough to find it
