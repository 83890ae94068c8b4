"""Pages that keep to their models without any news, which is nearly all: seen by one pass of a decoder, in no loop.

What is not seen as clean here is read row by row (`page_rows`); both give the same rows.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, Final, get_args

import msgspec

from tiktok_collector.lake.raw_pages import PageEnvelope
from tiktok_collector.research_api.endpoints import ENDPOINTS, Endpoint
from tiktok_collector.research_api.rows import MODELS, HashtagInfo, Row

MOST_BYTES: Final = 4 * 1024 * 1024
"""Larger bodies are read row by row, where their values are counted first; no known page has a tenth of it."""
_SUCCESS: Final = range(200, 300)
_NOT_CLEAN: Final = (msgspec.DecodeError, UnicodeError, RecursionError)

type _Number = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
type _SearchId = Annotated[str, msgspec.Meta(max_length=200)]


class CleanRows(msgspec.Struct, frozen=True):
    """The rows of a clean page.

    Attributes:
        list_name: The name of their list among the data; empty where there is none.
        body: The answer as received, on one line.
        rows: The rows with types.
    """

    list_name: str
    body: bytes
    rows: Sequence[Row]


class _Object(msgspec.Struct, frozen=True, gc=False):
    """Any JSON object."""


class _Hashtag(HashtagInfo, frozen=True, gc=False):
    """One of a video's, of which a day has a million: nothing that Python's collector of garbage need look at."""


class _Verdict(msgspec.Struct, frozen=True):
    code: str


class _Reader:
    """Reads the bodies of one endpoint."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._names = endpoint.row_keys
        rows: Any = list[_strict(MODELS[endpoint.entity])] | None  # type: ignore[misc]
        data = msgspec.defstruct(
            "Data",
            [
                ("cursor", _Number | None, None),
                ("search_id", _SearchId | None, None),
                ("has_more", bool, False),
                *((name, rows, None) for name in self._names),
            ],
            frozen=True,
            forbid_unknown_fields=True,
        )
        body = msgspec.defstruct("Body", [("data", data), ("error", _Verdict)], frozen=True)
        self._decode: Callable[[bytes], Any] = msgspec.json.Decoder(body).decode

    def read(self, body: bytes) -> CleanRows | None:
        try:
            answer = self._decode(body)
        except _NOT_CLEAN:
            return None
        if answer.error.code not in {"", "ok"}:
            return None
        # Line feeds of sound JSON stand between its values, never in them.
        line = body.replace(b"\n", b" ") if b"\n" in body else body
        for name in self._names:
            if (rows := getattr(answer.data, name)) is not None:
                return CleanRows(name, line, rows)
        return CleanRows("", line, ())


def clean_rows(envelope: PageEnvelope, body: bytes) -> CleanRows | None:
    """The rows of a page that is clean; None: it has to be read row by row, or has no list of rows."""
    reader = _READERS.get(envelope.endpoint)
    if reader is None or envelope.http_status not in _SUCCESS or len(body) > MOST_BYTES:
        return None
    return reader().read(body)


def _strict(model: type[Row]) -> type[msgspec.Struct]:
    """The model without room for unknown fields, and with numbers that a column holds."""
    fields: list[Any] = [
        (each.name, _bounded(each.type)) if each.required else (each.name, _bounded(each.type), each.default)
        for each in msgspec.structs.fields(model)
    ]
    return msgspec.defstruct(f"Strict{model.__name__}", fields, frozen=True, forbid_unknown_fields=True, gc=False)


def _bounded(kind: Any) -> Any:
    """The type with numbers that a column holds; what may be anything is passed over, and so is what objects hold."""
    if kind is int:
        return _Number
    if kind is Any:
        return msgspec.Raw
    if set(get_args(kind)) == {int, type(None)}:
        return _Number | None
    if list[HashtagInfo] in get_args(kind):
        return list[_Hashtag] | None
    return list[_Object] | None if list[dict[str, Any]] in get_args(kind) else kind


def _reader_of(endpoint: Endpoint) -> Callable[[], _Reader]:
    return cache(lambda: _Reader(endpoint))


_READERS: Final[Mapping[str, Callable[[], _Reader]]] = MappingProxyType(
    {name: _reader_of(endpoint) for name, endpoint in ENDPOINTS.items() if endpoint.row_keys}
)
