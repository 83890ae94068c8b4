"""The part of an event that says how deep to go into comments; study files have the same."""

from tiktok_collector.study.comments import CommentSettings

__all__ = ["CommentSettings"]
