"""Rows as lines of JSON, and back; and the rows of a list without repetitions.

A line is flat: source, kind, country, period and industry stand beside the row's own columns. Every row of a kind has
every column, null where its source gives nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from operator import attrgetter
from typing import Any, Final

import msgspec

from tiktok_collector.documents import well_read
from tiktok_collector.errors import Fatal
from tiktok_collector.trend_lists.kinds import TrendKind, TrendList, TrendSource
from tiktok_collector.trend_lists.rows import CreatorRow, HashtagRow, KeywordRow, SoundRow, TrendRow, VideoRow

ROW_OF: Final[dict[TrendKind, type[TrendRow]]] = {
    row.kind_of: row for row in (HashtagRow, SoundRow, KeywordRow, CreatorRow, VideoRow)
}
"""The model of each kind's rows."""
_LIST_COLUMNS: Final = (
    ("source", TrendSource),
    ("kind", TrendKind),
    ("country", str),
    ("period", int),
    ("industry", str),
)
_ENCODER: Final = msgspec.json.Encoder()


class Deduplicated(msgspec.Struct, frozen=True):
    """The rows of a list, one a key, by rank.

    Attributes:
        rows: The best ranked of each key.
        repeated: How many rows were left out, since their key has one already.
        ranks_repeated: How many of `rows` have a rank that one before them has.
    """

    rows: tuple[TrendRow, ...]
    repeated: int
    ranks_repeated: int


def deduplicated(rows: Sequence[TrendRow]) -> Deduplicated:
    """The rows of one list, one a key: the one with the best rank, or the first of several.

    They are in the order of their ranks, where these are equal as they came. Pages overlap when a list changes while
    it is read, and sources give a rank twice or leave some out.
    """
    best: dict[str, TrendRow] = {}
    for row in rows:
        known = best.setdefault(key := row.key, row)
        if row.rank < known.rank:
            # It takes its own place among rows of its rank, not that of the row it replaces.
            del best[key]
            best[key] = row
    kept = tuple(sorted(best.values(), key=attrgetter("rank")))
    return Deduplicated(kept, len(rows) - len(kept), len(kept) - len({row.rank for row in kept}))


def encode_rows(rows: Iterable[TrendRow]) -> bytes:
    """One line of JSON a row, in UTF-8; equal rows are equal bytes."""
    return _ENCODER.encode_lines([_form(row.kind_of).line_of(row) for row in rows])


def decode_rows(data: bytes, kind: TrendKind, *, curves: bool = True) -> tuple[TrendRow, ...]:
    """The rows that `encode_rows` made lines of; without `curves`, which take most of the memory, they have none.

    Raises:
        Fatal: they are no such lines, or lines of another kind.
    """
    form = _form(kind, curves=curves)
    try:
        lines = well_read(form.decoder.decode_lines, data)
    except msgspec.DecodeError as error:
        raise Fatal(
            f"These are no lines of {kind} trends: {error}; the object was not written by this project."
        ) from error
    lists: dict[tuple[Any, ...], TrendList] = {}
    rows = []
    for line in lines:
        if line.kind is not kind:
            raise Fatal(
                f"A line of {line.kind} trends is among those of {kind}; read the object as what its key names."
            )
        named = _LIST_VALUES(line)
        asked = lists.get(named) or lists.setdefault(named, _list(named))
        rows.append(form.row_of(asked, line))
    return tuple(rows)


_LIST_VALUES: Final = attrgetter(*(name for name, _ in _LIST_COLUMNS))


def _list(named: tuple[Any, ...]) -> TrendList:
    source, kind, country, period, industry = named
    return TrendList(source=source, kind=kind, country=country, period=period, industry=industry)


class _Form:
    """How the rows of one kind become lines, and back."""

    def __init__(self, kind: TrendKind, *, curves: bool) -> None:
        self._row = ROW_OF[kind]
        no_columns = {"asked"} if curves else {"asked", "curve"}
        fields = [field for field in msgspec.structs.fields(self._row) if field.name not in no_columns]
        # A struct wants columns with a default behind those without.
        fields.sort(key=lambda field: not field.required)
        self._names = [field.name for field in fields]
        self._values: Callable[[Any], tuple[Any, ...]] = attrgetter(*self._names)
        columns: list[Any] = [*_LIST_COLUMNS]
        columns += [
            (each.name, each.type) if each.required else (each.name, each.type, each.default) for each in fields
        ]
        self._line: Any = msgspec.defstruct("Line", columns, frozen=True)
        self.decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(self._line)

    def line_of(self, row: TrendRow) -> msgspec.Struct:
        line: msgspec.Struct = self._line(*_LIST_VALUES(row.asked), *self._values(row))
        return line

    def row_of(self, asked: TrendList, line: msgspec.Struct) -> TrendRow:
        return self._row(asked=asked, **dict(zip(self._names, self._values(line), strict=True)))


@cache
def _form(kind: TrendKind, *, curves: bool = True) -> _Form:
    return _Form(kind, curves=curves)
