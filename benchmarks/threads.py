"""The same extraction of twenty accounts with 1 and with 8 threads, at 150 ms a request.

    python -m benchmarks.threads

Real time, real HTTP: the sandbox answers from a process of its own and holds each answer back; tables and bucket are
fakes in memory, since an emulator of AWS would be slower than AWS itself.
"""

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from benchmarks.collector import Collector, over_fakes, sandbox_token
from benchmarks.processes import Child, last_day, serve_tiktok
from tiktok_collector.clock import SystemClock
from tiktok_collector.research_api.client import ResearchApiClient

LATENCY_SECONDS: Final = 0.15
THREADS: Final = 8
_DAYS: Final = 90
_ACCOUNTS: Final = [
    {"username": f"account{number}", "videos": 240, "liked": 300, "reposted": 120, "pinned": 3} for number in range(20)
]


@dataclass(frozen=True, slots=True)
class Speedup:
    """Seconds by the clock on the wall, and the requests that each of the two runs sent."""

    alone: float
    together: float
    requests: int

    @property
    def ratio(self) -> float:
        """How many times faster the threads are; latency alone would allow as many as there are threads."""
        return self.alone / self.together


def measure() -> Speedup:
    """Both runs, one after the other, on the same sandbox."""
    settings = {"latency_seconds": {"*": LATENCY_SECONDS}}
    with Child(serve_tiktok, _ACCOUNTS, _DAYS, settings) as tiktok:
        url = tiktok.receive()
        alone, requests = _extract(url, 1)
        together, again = _extract(url, THREADS)
    assert requests == again
    return Speedup(alone, together, requests)


def _extract(url: str, threads: int) -> tuple[float, int]:
    event = {
        "usernames": [account["username"] for account in _ACCOUNTS],
        "start_date": f"{last_day() - timedelta(days=_DAYS - 1)}",
        "end_date": f"{last_day()}",
    }
    with ResearchApiClient(url, SystemClock()) as client:
        collector = Collector(over_fakes(client, threads=threads, token=sandbox_token(url)))
        began = time.perf_counter()
        report = collector.extract(event, f"threads-{threads}")
        seconds = time.perf_counter() - began
    assert report.state == "complete", report
    return seconds, report.requests


def main() -> None:
    """Print the figures."""
    found = measure()
    print(f"{found.requests} requests: {found.alone:.1f} s with 1 thread, {found.together:.1f} s with {THREADS}")
    print(f"speed-up {found.ratio:.1f}")


if __name__ == "__main__":
    main()
