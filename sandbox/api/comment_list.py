"""POST /v2/research/video/comment/list/. API page "Query video comments"."""

from sandbox.api.answers import BAD_CURSOR, Page, invalid
from sandbox.api.calls import Call
from sandbox.world.catalog import Catalog
from sandbox.world.comments import COMMENT_FIELDS, CommentList


def comment_list(catalog: Catalog, call: Call) -> Page:
    """Return one page of the comments of a video, or of the replies to a comment."""
    fields = call.asked_fields(COMMENT_FIELDS)
    count, cursor = call.count(10), call.cursor()
    cap = call.settings.comment_cap
    comments = _comments(catalog, call)
    if cap is not None and call.settings.comment_cap_errors and cursor + count > cap:
        raise invalid(BAD_CURSOR)
    if comments is None:
        return Page({"has_more": False}, "comments")
    ranks = catalog.shown(comments, call.moment)
    if cap is not None and not call.settings.comment_cap_errors:
        ranks = ranks[:cap]
    total = len(ranks)
    if not total:
        return Page({"has_more": False}, "comments")
    if cursor > total:
        raise invalid(BAD_CURSOR)
    reached = min(cursor + count, total)
    rows = catalog.comments.rows(comments, ranks[cursor:reached], fields)
    return Page({"comments": rows, "cursor": reached, "has_more": reached < total}, "comments")


def _comments(catalog: Catalog, call: Call) -> CommentList | None:
    """Return the list asked for; None for an unknown, deleted or private parent, which the API shows as no comments."""
    has_video, has_comment = (call.body.get(name) not in (None, "") for name in ("video_id", "comment_id"))
    if has_video == has_comment:
        raise invalid("Invalid parameters: exactly one of video_id and comment_id is required")
    if has_video:
        return catalog.comments_of(call.integer("video_id"), call.moment)
    return catalog.replies_of(call.integer("comment_id"), call.moment)
