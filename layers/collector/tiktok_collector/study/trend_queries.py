"""Pure: the queries of a search whose hashtags are picked from trend lists, day by day."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from tiktok_collector.study.collections import DatedQuery
from tiktok_collector.study.windows import Window


def with_hashtags(query: Mapping[str, Any], hashtags: Sequence[str]) -> dict[str, Any]:
    """`query`, of which every video has one of `hashtags`, too; in whatever order they come, the query is the same."""
    condition = {"operation": "IN", "field_name": "hashtag_name", "field_values": sorted(hashtags)}
    return {**query, "and": [*query.get("and", ()), condition]}


def dated_queries(query: Mapping[str, Any], picked: Mapping[date, Sequence[str]]) -> tuple[DatedQuery, ...]:
    """The queries of all days for which hashtags were picked, the oldest first.

    Args:
        query: What is asked besides.
        picked: The hashtags by UTC day of videos; days without any have no query.

    Returns:
        One query for each run of days that have the same hashtags.
    """
    runs: list[tuple[date, date, tuple[str, ...]]] = []
    for day in sorted(picked):
        hashtags = tuple(sorted(picked[day]))
        if runs and runs[-1][2] == hashtags and runs[-1][1] + timedelta(days=1) == day:
            runs[-1] = (runs[-1][0], day, hashtags)
        elif hashtags:
            runs.append((day, day, hashtags))
    return tuple(DatedQuery(Window(first, last), with_hashtags(query, hashtags)) for first, last, hashtags in runs)
