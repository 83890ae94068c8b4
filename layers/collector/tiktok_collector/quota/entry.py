"""One entry of the usage log: what became of one request."""

from datetime import datetime
from typing import Literal

import msgspec

from tiktok_collector.errors import CollectorError, Retriable
from tiktok_collector.quota.families import Family, WorkClass

Outcome = Literal["ok", "failed", "refused", "unknown"]


class UsageEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one reserved request; without personal data.

    `outcome`: `ok` (data, or a recorded observation), `failed` (an error answer), `refused` (429), `unknown` (no answer
    came, so nobody knows whether the server counted it). `error_message` is already masked: no request values.
    `key` is the raw object that holds the page; `collections` are the cohorts and searches of a study that it was sent
    for, none for ad-hoc work. `latency_ms` is milliseconds from sending to the last byte.
    """

    request_id: str
    day: str
    family: Family
    work_class: WorkClass
    run_id: str
    task_id: str
    endpoint: str
    sent_at: datetime
    outcome: Outcome
    http_status: int | None = None
    error_code: str | None = None
    error_message: str | None = None
    records: int = 0
    log_id: str | None = None
    latency_ms: int = 0
    key: str | None = None
    collections: tuple[str, ...] = ()

    @property
    def shows_quota(self) -> bool:
        """Whether the server must have had quota left: it gave data, or judged the parameters of the request (400)."""
        return self.outcome == "ok" or (self.outcome == "failed" and self.http_status == 400)  # noqa: PLR2004 - HTTP 400


def unanswered(error: CollectorError) -> Outcome:
    """What became of a request that was sent and brought no whole answer, but `error`."""
    return "failed" if isinstance(error, Retriable) and error.fate_known else "unknown"
