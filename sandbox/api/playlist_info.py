"""POST /v2/research/playlist/info/. API page "Query playlist info"."""

import numpy as np

from sandbox.api.answers import BAD_CURSOR, Page, invalid
from sandbox.api.calls import Call
from sandbox.world.catalog import Catalog


def playlist_info(catalog: Catalog, call: Call) -> Page:
    """Return one page of a playlist; `fields` is ignored, as the service does."""
    playlist_id = call.integer("playlist_id")
    count, cursor = call.count(100), call.cursor()
    positions = catalog.videos.playlist_positions(playlist_id)
    if positions is None:
        raise invalid("Invalid playlist_id")
    positions = positions[catalog.videos.created[positions] <= call.now]
    total = len(positions)
    if cursor > total:
        raise invalid(BAD_CURSOR)
    reached = min(cursor + count, total)
    alive = catalog.alive(positions[cursor:reached], call.moment)
    created = catalog.videos.created[positions]
    return Page(
        {
            "playlist_id": playlist_id,
            "playlist_name": f"Playlist {playlist_id % 997}",
            "playlist_item_total": total,
            "playlist_last_updated": int(np.max(created)) if total else playlist_id >> 32,
            "playlist_video_ids": [int(number) for number in catalog.videos.ids[alive]],
            "cursor": reached,
            "has_more": reached < total,
        },
        message="ok",
    )
