"""Pure: rows of lists of trends as lines for DuckDB."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from tiktok_collector.clock import from_iso
from tiktok_collector.documents import well_read
from tiktok_collector.errors import Fatal
from tiktok_collector.trend_lists.kinds import TrendKind
from tiktok_collector.trends.poll import ListOutcome, Poll
from tiktok_lake.columns import ColumnType
from tiktok_lake.curation.forms import BROKEN_ROWS, TREND_ROWS, Form
from tiktok_lake.curation.page_rows import Line, PageFacts, line_of, microseconds
from tiktok_lake.tables import TRENDS

ENTITY: Final = "trends"

_NAME_IN: Final = {
    TrendKind.HASHTAG: "name",
    TrendKind.SOUND: "title",
    TrendKind.KEYWORD: "name",
    TrendKind.CREATOR: "nickname",
    TrendKind.VIDEO: "title",
}
_ITEM_IN: Final = {TrendKind.HASHTAG: "hashtag_id", TrendKind.SOUND: "sound_id"}
_CREATOR_IN: Final = {TrendKind.CREATOR: "creator_id", TrendKind.VIDEO: "author_id"}
_AS_THEY_ARE: Final = (
    "kind",
    "country",
    "period",
    "industry",
    "rank",
    "username",
    "posts",
    "views",
    "followers",
    "likes",
    "change",
)
_BOUNDS: Final = {ColumnType.BIGINT: 2**63, ColumnType.INTEGER: 2**31}
_ROWS: Final = msgspec.json.Decoder(dict[str, Any])


class TrendLines:
    """Makes lines of the lists of one poll."""

    def __init__(self, poll: Poll) -> None:
        self._poll = poll

    def of(self, outcome: ListOutcome, data: bytes) -> Iterator[Line]:
        """The lines of a list's rows.

        Args:
            outcome: The list.
            data: Its rows as stored, unpacked.

        Raises:
            Fatal: they are no lines of rows.
        """
        by_time: dict[str, list[tuple[int, Mapping[str, Any], None]]] = {}
        for place, line in enumerate(data.splitlines()):
            try:
                row = well_read(_ROWS.decode, line)
                at = row["retrieved_at"]
                from_iso(at)
            except (msgspec.DecodeError, KeyError, TypeError, ValueError) as error:
                raise Fatal(f"The rows {outcome.rows_key} are none that this project wrote ({error}).") from error
            by_time.setdefault(at, []).append((place, _columns(outcome.asked.kind, row, line), None))
        for at, rows in by_time.items():
            yield self._line(outcome, at, TREND_ROWS, rows)

    def unreadable(self, outcome: ListOutcome, why: str) -> Line:
        """The line of a list whose rows cannot be read."""
        row = {"target": TRENDS.name, "reason": why, "object_key": outcome.rows_key}
        return self._line(outcome, outcome.retrieved_at or self._poll.updated_at, BROKEN_ROWS, [(-1, row, None)])

    def _line(self, outcome: ListOutcome, at: str, form: Form, rows: list[tuple[int, Mapping[str, Any], None]]) -> Line:
        moment = from_iso(at)
        facts = PageFacts(
            fetched=microseconds(moment),
            source=outcome.asked.source,
            entity=ENTITY,
            run_id=self._poll.run_id,
            task_id=outcome.asked.name,
            generation=0,
            page=0,
        )
        return line_of(form, facts, moment.date().isoformat(), rows)


def _columns(kind: TrendKind, row: Mapping[str, Any], line: bytes) -> dict[str, Any]:
    named = {
        "name": row.get(_NAME_IN[kind]),
        "item_id": row.get(_ITEM_IN.get(kind, "")),
        "video_id": _number(row.get("video_id")),
        "creator_id": _number(row.get(_CREATOR_IN.get(kind, ""))),
        "row": line.decode(),
    }
    found = {name: row.get(name) for name in _AS_THEY_ARE} | named
    return {name: value for name, value in found.items() if _fits(TREND_ROWS.fields[name], value)}


def _fits(kind: ColumnType, value: Any) -> bool:
    if kind in _BOUNDS:
        return isinstance(value, int) and not isinstance(value, bool) and -_BOUNDS[kind] <= value < _BOUNDS[kind]
    return isinstance(value, str)


def _number(value: Any) -> Any:
    """Ids of trends are text; those of videos and accounts are digits."""
    is_number = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20  # noqa: PLR2004
    return int(value) if is_number else None
