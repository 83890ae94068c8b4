"""How depths of several collections go together."""

from typing import Final

from tiktok_collector.study.collections import Depth

SHALLOW: Final = Depth()
"""Videos only."""


def effective(depth: Depth) -> Depth:
    """The depth without what means nothing: settings of comments where none are collected."""
    return depth if depth.comments else Depth(playlists=depth.playlists)


def union(one: Depth, other: Depth) -> Depth:
    """What serves both: the deeper of each setting."""
    limits = [depth.max_comments for depth in (one, other) if depth.comments]
    known = [limit for limit in limits if limit is not None]
    return Depth(
        comments=one.comments or other.comments,
        max_comments=max(known) if known and len(known) == len(limits) else None,
        replies=one.replies or other.replies,
        playlists=one.playlists or other.playlists,
    )
