"""The daily summary: all polls of a day against the summary before it, as one object in the bucket."""

from collections.abc import Iterator
from datetime import date

from tiktok_collector.errors import Fatal, InvocationStopped
from tiktok_collector.lake.day_names import days_below
from tiktok_collector.lake.gzipped import gunzipped, gzipped
from tiktok_collector.lake.objects import GZIP, ObjectStore
from tiktok_collector.lake.trend_keys import TREND_SUMMARIES, trend_poll_key, trend_polls_prefix, trend_summary_key
from tiktok_collector.trend_lists.between_days import summarise
from tiktok_collector.trend_lists.row_lines import decode_rows
from tiktok_collector.trend_lists.rows import TrendRow
from tiktok_collector.trend_lists.summary import ListAnswer, Summary, decode_summary, encode_summary
from tiktok_collector.trends.poll import ListOutcome, Poll, age_order, decode_poll


class TrendSummaries:
    """Reads and writes polls and summaries. Every method raises `MissingResource` and `AwsBusy` as `ObjectStore`."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def poll(self, day: str, name: str) -> Poll | None:
        """The poll's document, if there is one.

        Raises:
            Fatal: it cannot be read.
        """
        return self._poll_at(trend_poll_key(day, name))

    def store_poll(self, poll: Poll) -> None:
        """Stores the poll's document, replacing what was there."""
        self._objects.put_json(trend_poll_key(poll.day, poll.name), poll)

    def polls(self, day: str) -> list[Poll]:
        """The polls of a UTC day that can be read, in the order in which they began; the accountant tells of others."""
        found = []
        for each in self._objects.keys(trend_polls_prefix(day)):
            try:
                found.append(self._poll_at(each.key))
            except InvocationStopped:
                raise
            except Fatal:
                continue
        return sorted((poll for poll in found if poll), key=age_order)

    def summary(self, day: str) -> Summary | None:
        """The summary of a UTC day, if there is one."""
        key = trend_summary_key(day)
        data = self._objects.get_bytes(key)
        return None if data is None else decode_summary(gunzipped(data, key=key))

    def before(self, day: str) -> Summary | None:
        """The newest summary of an earlier day that can be read."""
        days = [each.isoformat() for each in days_below(self._objects, TREND_SUMMARIES)]
        for earlier in sorted((each for each in days if each < day), reverse=True):
            try:
                return self.summary(earlier)
            except InvocationStopped:
                raise
            except Fatal:
                continue
        return None

    def write(self, day: str) -> Summary:
        """Summarises the day's polls as they are now; returns the summary, which is stored."""
        answers = [answer for poll in self.polls(day) for answer in self._answers(poll)]
        summary = summarise(date.fromisoformat(day), answers, self.before(day))
        self._objects.put_bytes(trend_summary_key(day), gzipped(encode_summary(summary)), content_type=GZIP)
        return summary

    def _answers(self, poll: Poll) -> Iterator[ListAnswer]:
        for outcome in poll.lists:
            gap = outcome.gap.message if outcome.gap else None
            try:
                rows = self._rows(outcome)
            except InvocationStopped:
                raise
            except Fatal as error:
                rows, gap = (), str(error)
            yield ListAnswer(
                asked=outcome.asked,
                poll=poll.name,
                at=outcome.retrieved_at or poll.updated_at,
                rows=rows,
                total=outcome.total,
                capped=outcome.capped,
                enough=outcome.enough,
                gap=gap,
            )

    def _rows(self, outcome: ListOutcome) -> tuple[TrendRow, ...]:
        if outcome.rows_key is None:
            return ()
        data = self._objects.get_bytes(outcome.rows_key)
        if data is None:
            raise Fatal(f"The rows {outcome.rows_key} of a poll are gone; restore an earlier version of the object.")
        # A summary has no use for curves, and those of a day of large polls do not fit into a function's memory.
        return decode_rows(gunzipped(data, key=outcome.rows_key), outcome.asked.kind, curves=False)

    def _poll_at(self, key: str) -> Poll | None:
        data = self._objects.get_bytes(key)
        return None if data is None else decode_poll(data, key)
