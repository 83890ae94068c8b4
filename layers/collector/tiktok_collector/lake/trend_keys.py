"""Keys of everything below `trends/` (docs/trends.md has the table)."""

from typing import Final

from tiktok_collector.lake import key_parts
from tiktok_collector.trend_lists.kinds import TrendList


def trend_prefix(asked: TrendList, day: str) -> str:
    """The prefix of everything of a source, kind and country of the UTC day `YYYY-MM-DD`.

    Raises:
        InvalidRequest: a part is not safe in a key.
    """
    country = key_parts.safe("country", asked.country)
    return f"trends/source={asked.source}/kind={asked.kind}/country={country}/dt={key_parts.day(day)}/"


def trend_page_key(asked: TrendList, day: str, poll: str, page: int) -> str:
    """The key of one answer of a list, as received.

    Args:
        asked: The list.
        day: The UTC day.
        poll: Which of the day's polls, such as `p1`, or an ad-hoc run's id.
        page: Its place among the list's requests, from 0.

    Raises:
        InvalidRequest: a part is not safe in a key.
    """
    return f"{_trend_name(asked, day, poll)}-raw-{page:03d}.json.gz"


def trend_rows_key(asked: TrendList, day: str, poll: str) -> str:
    """The key of the rows of a list, as lines of JSON.

    Raises:
        InvalidRequest: a part is not safe in a key.
    """
    return f"{_trend_name(asked, day, poll)}-rows.jsonl.gz"


def trend_poll_key(day: str, poll: str) -> str:
    """The key of what one poll asked for, got and lacks.

    Raises:
        InvalidRequest: a part is not safe in a key.
    """
    return f"{trend_polls_prefix(day)}{key_parts.safe('poll', poll)}.json"


def trend_polls_prefix(day: str) -> str:
    """The prefix of all polls of a UTC day.

    Raises:
        InvalidRequest: `day` is not a day in that form.
    """
    return f"trends/polls/dt={key_parts.day(day)}/"


TREND_SUMMARIES: Final = "trends/summaries/"


def trend_summary_key(day: str) -> str:
    """The key of the daily summary of the UTC day `YYYY-MM-DD`; keys sort by day.

    Raises:
        InvalidRequest: `day` is not a day in that form.
    """
    return f"{TREND_SUMMARIES}dt={key_parts.day(day)}.json.gz"


def _trend_name(asked: TrendList, day: str, poll: str) -> str:
    return f"{trend_prefix(asked, day)}{key_parts.safe('poll', poll)}-{key_parts.safe('list', asked.slug)}"
