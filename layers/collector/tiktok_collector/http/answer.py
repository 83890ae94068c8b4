"""An answer as it came over the wire, not yet judged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one request, whatever it says."""

    status: int
    body: bytes
    """Decompressed, otherwise byte for byte."""
    headers: Mapping[str, str]
    """Case-insensitive."""
    sent_at: datetime
    latency_ms: int
    """From sending to the last byte of the body."""
    retry_after: timedelta | None
    """The `Retry-After` header (seconds or a date) within 1 s to 300 s; None if absent or unreadable."""
    request: Mapping[str, Any]
    """The body that was sent; empty if there was none."""
