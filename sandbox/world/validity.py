"""Which ids a world still stands by: what the Batch Compliance endpoints answer."""

from collections.abc import Callable, Iterable
from typing import Literal

import numpy as np

from sandbox.world.catalog import Catalog
from sandbox.world.comments import CommentList
from sandbox.world.video_table import Moment

type Category = Literal["video", "comment"]
_INT64_MAX = (1 << 63) - 1


def still_valid(catalog: Catalog, category: Category, ids: Iterable[int], moment: Moment) -> list[int]:
    """Return those of the ids whose videos or comments can be seen by everybody, in the order given, each once."""
    wanted = [number for number in dict.fromkeys(ids) if 0 <= number <= _INT64_MAX]
    known: Callable[[Catalog, list[int], Moment], set[int]] = _videos if category == "video" else _comments
    valid = known(catalog, wanted, moment)
    return [number for number in wanted if number in valid]


def _videos(catalog: Catalog, ids: list[int], moment: Moment) -> set[int]:
    videos = catalog.videos
    positions = np.flatnonzero(np.isin(videos.ids, np.array(ids, dtype=np.int64)))
    published = positions[videos.created[positions] <= moment.now]
    return set(videos.ids[catalog.alive(published, moment)].tolist())


def _comments(catalog: Catalog, ids: list[int], moment: Moment) -> set[int]:
    comments = catalog.comments
    shown: dict[int, set[int]] = {}
    valid: set[int] = set()
    for number in sorted(ids, key=comments.position_of):  # so that each video's replies are worked out once
        place = comments.find(number) or comments.find_reply(number)
        if place is None:
            continue
        below, rank = place
        if below.parent_id not in shown:
            shown[below.parent_id] = set(_shown_below(catalog, below, moment))
        if rank in shown[below.parent_id]:
            valid.add(number)
    return valid


def _shown_below(catalog: Catalog, below: CommentList, moment: Moment) -> list[int]:
    """Return the ranks that can be seen; none if the video, or the comment replied to, cannot."""
    is_reply = below.parent_id != below.video_id
    seen = catalog.replies_of(below.parent_id, moment) if is_reply else catalog.comments_of(below.video_id, moment)
    return [] if seen is None else catalog.shown(seen, moment).tolist()
