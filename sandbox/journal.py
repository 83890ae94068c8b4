"""What the sandbox served: a request log and the counts that are made of it."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from threading import Lock
from typing import Any

import msgspec


class RequestRecord(msgspec.Struct, kw_only=True):
    """One request as the server saw it.

    `status` 0 is a connection that was closed without an answer, `time` is ISO 8601 UTC, `day` its date, and `rows` the
    number of rows sent.
    """

    number: int
    time: str
    day: str
    endpoint: str
    family: str
    status: int
    code: str
    log_id: str
    charged: bool
    counted: bool = True
    user_agent: str = ""
    request_id: str | None = None
    faults: list[str] = []
    fields: str = ""
    body: dict[str, Any] = {}
    rows: int = 0


class Served(msgspec.Struct):
    """Counts over some requests: received, charged to a quota, and how they were answered."""

    received: int
    charged: int
    by_status: dict[str, int]
    by_endpoint: dict[str, int]


class Journal:
    """The request log, oldest first."""

    def __init__(self) -> None:
        self._records: list[RequestRecord] = []
        self._next = 1
        self._lock = Lock()

    def add(self, record: RequestRecord) -> None:
        """Append a record and give it its number."""
        with self._lock:
            record.number = self._next
            self._next += 1
            self._records.append(record)

    def restore(self, records: Iterable[RequestRecord]) -> None:
        """Take over the records of an earlier life."""
        with self._lock:
            self._records = [*records, *self._records]
            self._next = 1 + max((record.number for record in self._records), default=0)

    def records(self, after: int = 0, limit: int | None = None) -> list[RequestRecord]:
        """Return the records with a number above `after`."""
        with self._lock:
            found = [record for record in self._records if record.number > after]
        return found[:limit]

    def served(self, day: date | str | None, family: str | None, endpoint: str | None) -> Served:
        """Return counts, of one UTC day, family or endpoint if given."""
        wanted_day = day.isoformat() if isinstance(day, date) else day
        found = [
            record
            for record in self.records()
            if record.counted
            and wanted_day in (None, record.day)
            and family in (None, record.family)
            and endpoint in (None, record.endpoint)
        ]
        return Served(
            received=len(found),
            charged=sum(record.charged for record in found),
            by_status=dict(Counter(str(record.status) for record in found)),
            by_endpoint=dict(Counter(record.endpoint for record in found)),
        )
