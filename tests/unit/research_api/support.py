"""Answers made by hand."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from tiktok_collector.http.answer import Answer

WHEN = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
LOG_ID = "20261120160000A8A35938AA061A19F445"


def answer(
    status: int = 200,
    body: bytes | dict[str, Any] | list[Any] = b"",
    *,
    request: dict[str, Any] | None = None,
    retry_after: timedelta | None = None,
) -> Answer:
    return Answer(
        status=status,
        body=body if isinstance(body, bytes) else msgspec.json.encode(body),
        headers={},
        sent_at=WHEN,
        latency_ms=800,
        retry_after=retry_after,
        request=request or {},
    )


def error_body(code: str, message: str = "", **more: Any) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "log_id": LOG_ID}, **more}


def ok_body(**data: Any) -> dict[str, Any]:
    return {"data": data, "error": {"code": "ok", "message": "", "log_id": LOG_ID}}
