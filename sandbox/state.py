"""The state file: what must survive a restart so that a day's counts, searches and tokens go on.

It is a journal of JSON lines, appended before each answer is sent, so that a killed sandbox has forgotten nothing that
a client saw. On start it is read, its old lines are dropped, and it is written anew.
"""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import IO

import msgspec

from sandbox.api.service import Service
from sandbox.journal import RequestRecord
from sandbox.searches import Search
from sandbox.validation import ValidationTask
from sandbox.world.exits import by_hand, restore

_KEPT_DAYS = 8


class _WorldLine(msgspec.Struct, tag="world"):
    end: date


class _TokenLine(msgspec.Struct, tag="token"):
    token: str
    expires: float


class _SearchLine(msgspec.Struct, tag="search"):
    fingerprint: str
    began: float
    id: str
    issued: float


class _ValidationLine(msgspec.Struct, tag="validation"):
    task: ValidationTask


class _GoneLine(msgspec.Struct, tag="gone"):
    by_hand: dict[str, dict[str, float]]


class _RequestLine(msgspec.Struct, tag="request"):
    record: RequestRecord


type _Line = _WorldLine | _TokenLine | _SearchLine | _ValidationLine | _GoneLine | _RequestLine


class StateFile:
    """One state file; opening it reads what an earlier sandbox left.

    Attributes:
        world_end: The day on which the earlier world ended; None if there was none.

    Raises:
        ValueError: A line in the middle of the file is not one of ours.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lines: list[_Line] = _read(path)
        ends = [line.end for line in self._lines if isinstance(line, _WorldLine)]
        self.world_end: date | None = ends[-1] if ends else None
        self._file: IO[bytes] | None = None
        self._known_ids: set[str] = set()
        self._known_tokens: set[str] = set()
        self._known_tasks: set[int] = set()

    def restore(self, service: Service) -> None:
        """Give the service the tokens, searches and counts of its earlier life, and keep its future ones."""
        since = (datetime.fromtimestamp(service.clock.seconds(), UTC) - timedelta(days=_KEPT_DAYS)).date().isoformat()
        searches: dict[tuple[str, float], Search] = {}
        records: list[RequestRecord] = []
        for line in self._lines:
            match line:
                case _TokenLine():
                    service.tokens.live[line.token] = line.expires
                case _SearchLine():
                    search = searches.setdefault((line.fingerprint, line.began), Search(line.fingerprint, line.began))
                    search.ids.append((line.id, line.issued))
                    service.searches.by_id[line.id] = search
                case _ValidationLine():
                    service.validations.by_id[line.task.id] = line.task
                case _GoneLine():
                    restore(service.world.catalog, line.by_hand)
                case _RequestLine() if line.record.day >= since:
                    records.append(line.record)
                case _:
                    pass
        service.journal.restore(records)
        for record in records:
            if record.charged:
                moment = datetime.fromisoformat(record.time).timestamp()
                service.quotas.charge(record.endpoint, moment, service.settings)
        self._rewrite(service, records)
        service.on_departure = lambda: self._keep_departures(service)
        service.on_served = lambda record: self._keep(service, record)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def _rewrite(self, service: Service, records: list[RequestRecord]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_name(self.path.name + ".new")
        self._file = fresh.open("wb")
        if self.world_end is not None:
            self._append(_WorldLine(self.world_end))
        for record in records:
            self._append(_RequestLine(record))
        self._append(_GoneLine(by_hand(service.world.catalog)))
        self._keep_news(service)
        self._file.flush()
        fresh.replace(self.path)
        self._lines = []

    def _keep(self, service: Service, record: RequestRecord) -> None:
        self._keep_news(service)
        self._append(_RequestLine(record))
        if self._file is not None:
            self._file.flush()

    def _keep_departures(self, service: Service) -> None:
        self._append(_GoneLine(by_hand(service.world.catalog)))
        if self._file is not None:
            self._file.flush()

    def _keep_news(self, service: Service) -> None:
        """Append the tokens, tasks and search ids that are new; ids are in order of issue, so the new ones are last."""
        for task_id in service.validations.by_id.keys() - self._known_tasks:
            self._known_tasks.add(task_id)
            self._append(_ValidationLine(service.validations.by_id[task_id]))
        for token in service.tokens.live.keys() - self._known_tokens:
            self._known_tokens.add(token)
            self._append(_TokenLine(token, service.tokens.live[token]))
        fresh: list[str] = []
        for search_id in reversed(service.searches.by_id):
            if search_id in self._known_ids:
                break
            fresh.append(search_id)
        for search_id in reversed(fresh):
            self._known_ids.add(search_id)
            search = service.searches.by_id[search_id]
            issued = next(moment for number, moment in search.ids if number == search_id)
            self._append(_SearchLine(search.fingerprint, search.began, search_id, issued))

    def _append(self, line: _Line) -> None:
        if self._file is not None:
            self._file.write(msgspec.json.encode(line) + b"\n")


def _read(path: Path) -> list[_Line]:
    if not path.exists():
        return []
    decoder = msgspec.json.Decoder(_WorldLine | _TokenLine | _SearchLine | _ValidationLine | _GoneLine | _RequestLine)
    lines: list[_Line] = []
    texts = path.read_bytes().splitlines()
    for number, text in enumerate(texts, start=1):
        try:
            lines.append(decoder.decode(text))
        except msgspec.DecodeError as error:
            if number == len(texts):
                break  # the sandbox was killed while it wrote this line
            raise ValueError(
                f"The state file {path} is damaged in line {number} ({error}); delete it to start afresh."
            ) from error
    return lines
