"""Does anything grow faster than the run? Planning, one review and the work of many accounts, few against many.

    python -m benchmarks.scale

Everything is a fake that answers at once, so what is left is the collector's own bookkeeping. CPU time of the process
per task, and what the table was asked for per task; both should be the same for ten times as many accounts.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import msgspec

from benchmarks.collector import Collector, over_fakes
from benchmarks.fake_dynamodb import FakeDynamoDB, Traffic
from tiktok_collector.clock import SystemClock
from tiktok_collector.collection.completion import Completion, Reading
from tiktok_collector.deadline import Deadline
from tiktok_collector.http.answer import Answer
from tiktok_collector.research_api.endpoints import ENDPOINTS, Endpoint

THREADS: Final = 8
PLANNED: Final = (2_000, 20_000)
WORKED: Final = (300, 3_000)
_NO_TIME: Final = timedelta()
_RUN: Final = "scale"


@dataclass(frozen=True, slots=True)
class Effort:
    """Per task of a run: microseconds of CPU time, and what was asked of the table."""

    accounts: int
    tasks: int
    microseconds: float
    calls: float
    items_read: float
    bytes_read: float


@dataclass(frozen=True, slots=True)
class Scale:
    """One phase of a run with few accounts and of one with ten times as many."""

    phase: str
    few: Effort
    many: Effort

    @property
    def ratio(self) -> float:
        """1 where the effort grows with the run; more where it grows faster."""
        return self.many.microseconds / self.few.microseconds


class SmallAnswers:
    """A TikTok on which every account has a profile and nothing else."""

    def __init__(self) -> None:
        self._clock = SystemClock()
        self._bodies = {name: _body(endpoint) for name, endpoint in ENDPOINTS.items()}

    def url(self, endpoint: Endpoint) -> str:
        return f"https://small{endpoint.path}"

    def send(self, endpoint: Endpoint, body: Mapping[str, Any], _token: object, *, timeout_seconds: float) -> Answer:
        assert timeout_seconds > 0
        return Answer(200, self._bodies[endpoint.name], {}, self._clock.now(), 0, None, body)


class _Meter:
    """Measures one call after the other over the same table."""

    def __init__(self, accounts: int) -> None:
        self._table = FakeDynamoDB()
        self._collector = Collector(over_fakes(SmallAnswers(), threads=THREADS, dynamodb=self._table))
        self._accounts = accounts
        self._event = {"usernames": [f"account{number}" for number in range(accounts)], "days_back": 90}

    def extract(self, time_left: timedelta) -> Effort:
        """Sends the event; what that took per task."""
        return self._effort(lambda: self._collector.extract(self._event, _RUN, time_left=time_left))

    def review(self) -> Effort:
        """Reviews the run as a tick does that has the time for it; what that took per task."""
        services = self._collector.services
        completion = Completion(services.tasks, services.runs, services.clock)
        deadline = Deadline(services.clock, services.clock.now() + timedelta(days=1))
        return self._effort(lambda: completion.review(services.runs.read(_RUN), Reading(deadline)))

    def _effort(self, work: Callable[[], object]) -> Effort:
        self._table.traffic = Traffic()
        start = time.process_time()
        work()
        seconds = time.process_time() - start
        traffic, self._table.traffic = self._table.traffic, Traffic()
        tasks = sum(1 for _ in self._collector.services.tasks.of_run(_RUN))
        return Effort(
            self._accounts,
            tasks,
            seconds / tasks * 1e6,
            sum(traffic.calls.values()) / tasks,
            traffic.items_read / tasks,
            traffic.bytes_read / tasks,
        )


def measure() -> list[Scale]:
    """All phases."""
    plans, reviews = zip(*(_plan(accounts) for accounts in PLANNED), strict=True)
    work = [_work(accounts) for accounts in WORKED]
    return [Scale("plan", *plans), Scale("review", *reviews), Scale("work to the end", *work)]


def _plan(accounts: int) -> tuple[Effort, Effort]:
    """Planning, for which alone there is time, and then a review."""
    meter = _Meter(accounts)
    return meter.extract(_NO_TIME), meter.review()


def _work(accounts: int) -> Effort:
    meter = _Meter(accounts)
    meter.extract(_NO_TIME)
    return meter.extract(timedelta(days=1))


def _body(endpoint: Endpoint) -> bytes:
    data = {endpoint.row_keys[0]: [], "has_more": False} if endpoint.row_keys else {"display_name": "Someone"}
    return msgspec.json.encode({"data": data, "error": {"code": "ok", "message": "", "log_id": "log"}})


def main() -> None:
    """Print the figures."""
    for each in measure():
        for effort in (each.few, each.many):
            print(
                f"{each.phase:16} {effort.accounts:6} accounts {effort.tasks:7} tasks: {effort.microseconds:6.0f} us, "
                f"{effort.calls:4.1f} calls, {effort.items_read:5.1f} items and {effort.bytes_read:6.0f} bytes read"
            )
        print(f"{each.phase:16} ratio {each.ratio:.2f}")


if __name__ == "__main__":
    main()
