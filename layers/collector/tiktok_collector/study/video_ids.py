"""What a video's id says of its time: the upper half is the Unix second in which the id was made."""

from datetime import UTC, datetime, timedelta
from typing import Final

from tiktok_collector.study.windows import Window

PUBLISHED_WITHIN: Final = timedelta(days=3)
"""Ids are made up to this long before the video is published (the longest that was recorded is 219,361 s)."""


def made_at(video_id: int) -> datetime:
    """When the id was made (UTC), which is when the video was published or before."""
    return datetime.fromtimestamp(video_id >> 32, tz=UTC)


def publication(video_id: int) -> Window:
    """The UTC days on one of which the video was published."""
    made = made_at(video_id)
    return Window(made.date(), (made + PUBLISHED_WITHIN).date())
