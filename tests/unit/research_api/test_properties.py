"""Whatever comes as an answer: a frame or a typed error, and whatever comes as rows: typed or quarantined."""

import json
from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.research_api.support import answer
from tiktok_collector.errors import CollectorError
from tiktok_collector.research_api.answers import Frame, explain, read_frame
from tiktok_collector.research_api.endpoints import ENDPOINTS, Endpoint
from tiktok_collector.research_api.rows import MODELS, read_rows

# Lone surrogates too: json.dumps writes them as the escapes that TikTok may send.
TEXT = st.text(st.characters(codec=None))
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | TEXT
NAMES = st.sampled_from(
    ["data", "error", "code", "message", "msg", "log_id", "cursor", "has_more", "search_id"]
    + [key for endpoint in ENDPOINTS.values() for key in endpoint.row_keys]
    + [name for model in MODELS.values() for name in model.__struct_fields__]
)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | TEXT, inner, max_size=4)
)
CODES = st.sampled_from(["ok", "", "invalid_params", "internal_error", "rate_limit_exceeded", "access_token_invalid"])
ENVELOPES = st.fixed_dictionaries(
    {"data": st.dictionaries(NAMES, JSON), "error": st.fixed_dictionaries({"code": CODES, "message": TEXT})}
)
ENDPOINT = st.sampled_from(list(ENDPOINTS.values()))
STATUS = st.sampled_from([200, 400, 401, 403, 404, 429, 500, 504])
REQUEST = st.dictionaries(NAMES, JSON)


def check(endpoint: Endpoint, status: int, body: bytes, request: dict[str, Any]) -> None:
    received = answer(status, body, request=request)
    explained = explain(received)
    assert explained.error_message is None or len(explained.error_message) <= 300
    try:
        frame = read_frame(endpoint, received)
    except CollectorError:
        return
    check_rows(endpoint, frame)


def check_rows(endpoint: Endpoint, frame: Frame) -> None:
    assert frame.cursor is None or type(frame.cursor) is int
    page = read_rows(endpoint, frame.rows)
    assert len(page.rows) + len(page.quarantined) == len(frame.rows)
    for row in page.rows:
        assert type(getattr(row, "id", 0)) is int


@given(ENDPOINT, STATUS, st.binary(), REQUEST)
def test_arbitrary_bytes(endpoint: Endpoint, status: int, body: bytes, request_body: dict[str, Any]) -> None:
    check(endpoint, status, body, request_body)


@given(ENDPOINT, STATUS, JSON | ENVELOPES, REQUEST)
def test_arbitrary_json(endpoint: Endpoint, status: int, value: Any, request_body: dict[str, Any]) -> None:
    check(endpoint, status, json.dumps(value).encode(), request_body)


@given(ENDPOINT, ENVELOPES, st.integers(min_value=0, max_value=400))
def test_truncated_json(endpoint: Endpoint, value: Any, length: int) -> None:
    check(endpoint, 200, json.dumps(value).encode()[:length], {})


@given(ENDPOINT, st.lists(JSON | st.dictionaries(NAMES, JSON)))
def test_every_row_is_either_typed_or_quarantined(endpoint: Endpoint, rows: Sequence[Any]) -> None:
    page = read_rows(endpoint, rows)
    assert len(page.rows) + len(page.quarantined) == len(rows)
    assert all(rows[bad.index] is bad.row for bad in page.quarantined)


@given(st.lists(st.integers(min_value=0, max_value=2**63 - 1), min_size=1))
def test_ids_are_exact_from_the_wire_to_the_row(ids: list[int]) -> None:
    body = json.dumps({"data": {"videos": [{"id": number} for number in ids]}, "error": {"code": "ok"}}).encode()
    frame = read_frame(ENDPOINTS["video_query"], answer(200, body))
    page = read_rows(ENDPOINTS["video_query"], frame.rows)
    assert [getattr(row, "id", None) for row in page.rows] == ids
