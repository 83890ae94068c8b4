"""The event of `video_search`: which query, which period, what to include (docs/events.md has the table)."""

from tiktok_collector.events.collection import ExportingEvent
from tiktok_collector.study.names import Name
from tiktok_collector.study.query import VideoQuery

SearchName = Name


class SearchEvent(ExportingEvent):
    """A search for videos. Its name stands in the export's name and in the manifest."""

    name: SearchName
    query: VideoQuery
    playlists: bool = False
