"""The event of `video_search`: which query, which period, what to include (docs/events.md has the table)."""

from typing import Annotated

from pydantic import StringConstraints

from tiktok_collector.events.collection import CollectionEvent
from tiktok_collector.study.query import VideoQuery

SearchName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]


class SearchEvent(CollectionEvent):
    """A search for videos. Its name stands in the export's name and in the manifest."""

    name: SearchName
    query: VideoQuery
    playlists: bool = False
