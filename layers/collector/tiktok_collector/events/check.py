"""What a run of `data_refresh` asks: which known videos and accounts TikTok still gives. It is planned, never sent."""

import hashlib
from datetime import date
from functools import cached_property
from typing import Any, Final, Self, override

from pydantic import Field, model_validator

from tiktok_collector.events.collection import CollectionEvent
from tiktok_collector.study.video_ids import publication
from tiktok_collector.study.windows import Window

MOST: Final = 100_000
_DIGEST: Final = 16


class CheckEvent(CollectionEvent):
    """Asks again for videos by their ids and for profiles by their names; nothing of it is exported."""

    video_ids: list[int] = Field(default=[], max_length=MOST)
    usernames: list[str] = Field(default=[], max_length=MOST)

    @model_validator(mode="after")
    def _planned(self) -> Self:
        if self.start_date is None:
            raise ValueError("a check needs start_date and end_date; it is planned by data_refresh, not sent")
        return self

    @classmethod
    def of(cls, video_ids: list[int], usernames: list[str], today: date) -> Self:
        """The event for some videos and accounts."""
        first = min((publication(each).start for each in video_ids), default=today)
        return cls(
            start_date=min(first, today), end_date=today, video_ids=sorted(set(video_ids)), usernames=sorted(usernames)
        )

    @cached_property
    def ids(self) -> list[int]:
        """The videos, each once, oldest id first."""
        return sorted(set(self.video_ids))

    @override
    def request(self, period: Window) -> dict[str, Any]:
        return {**super().request(period), "video_ids": [str(each) for each in self.ids]}

    @override
    def summary(self, period: Window) -> dict[str, Any]:
        """The request with numbers, and a digest that tells it from another one."""
        asked = "\n".join([*map(str, self.ids), *self.usernames])
        return {
            **self.request(period),
            "video_ids": len(self.ids),
            "usernames": len(self.usernames),
            "digest": hashlib.sha256(asked.encode(errors="surrogatepass")).hexdigest()[:_DIGEST],
        }
