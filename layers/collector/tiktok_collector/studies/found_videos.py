"""The videos that one work of a study has found: their ids by day of creation and by who was asked for."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final

import msgspec

from tiktok_collector.research_api.rows import Row, Video
from tiktok_collector.study.day_plan import VideoWork

type IdsByName = Mapping[str, set[int]]
"""Ids by the username that was asked for; of a search, all of them under the digest of its query."""

_DIGEST_LETTERS: Final = 16


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
                created = row.create_time if row.create_time is not None else row.id >> 32
                day = datetime.fromtimestamp(created, tz=UTC).date()
                self.days.setdefault(day, {}).setdefault((row.username or "").lower(), set()).add(row.id)
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


def names_of(work: VideoWork) -> tuple[str, ...]:
    """Who a work asks for: its usernames, or the digest of its query. A changed query is another search."""
    if work.usernames:
        return work.usernames
    canonical = msgspec.json.encode(work.query, order="deterministic")
    return (f"query {hashlib.sha256(canonical).hexdigest()[:_DIGEST_LETTERS]}",)
