"""The videos that one work of a study has found: their ids by day of creation and by who was asked for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final

from tiktok_collector.planner.unit_history import search_key
from tiktok_collector.research_api.rows import Row, Video
from tiktok_collector.study.day_plan import VideoWork
from tiktok_collector.study.video_ids import made_at

_YEAR_10000: Final = 253_402_300_800

type IdsByName = Mapping[str, set[int]]
"""Ids by the username that was asked for; of a search, all of them under its key."""


@dataclass(slots=True)
class FoundVideos:
    """What the pages of one work hold. `unreadable` has a sentence for each page that cannot be read."""

    days: dict[date, dict[str, set[int]]] = field(default_factory=dict)
    with_comments: set[int] = field(default_factory=set)
    unreadable: list[str] = field(default_factory=list)

    def add(self, rows: Iterable[Row]) -> None:
        """Notes the videos among `rows`."""
        for row in rows:
            if isinstance(row, Video):
                self.days.setdefault(_day_of(row), {}).setdefault((row.username or "").lower(), set()).add(row.id)
                if row.comment_count != 0:
                    self.with_comments.add(row.id)

    def ids(self, day: date) -> set[int]:
        """All ids of a day."""
        return set().union(*self.days.get(day, {}).values())

    def day_of(self, video_id: int) -> date | None:
        """The day on which a video was created; None if it is not among them."""
        return next((day for day, found in self.days.items() if any(video_id in ids for ids in found.values())), None)

    def ids_by_name(self, work: VideoWork, day: date) -> dict[str, set[int]]:
        """The ids of a day, none among them where there are none, for each name of `names_of`."""
        if not work.usernames:
            return {name: self.ids(day) for name in names_of(work)}
        found = self.days.get(day, {})
        return {name: found.get(name, set()) for name in work.usernames}


def _day_of(video: Video) -> date:
    """The UTC day of creation; where it is not given, that of the id."""
    seconds = video.create_time
    # A time that no calendar has is as good as none.
    known = seconds is not None and 0 <= seconds < _YEAR_10000
    return (datetime.fromtimestamp(seconds or 0, tz=UTC) if known else made_at(video.id)).date()


def names_of(work: VideoWork) -> tuple[str, ...]:
    """Who a work asks for: its usernames, or its search with its query."""
    return work.usernames or (search_key(work.search, work.query),)
