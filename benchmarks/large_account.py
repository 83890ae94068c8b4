"""Memory: one account with 100,000 followers and 10,000 videos of 100 comments each, its export included.

    python -m benchmarks.large_account [videos [followers]]

The collector runs alone in its process, with the clients that it has in Lambda and the settings of the template. The
sandbox and the fakes of AWS are processes of their own, reached over HTTP.
"""

import os
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from benchmarks.processes import NO_LIMIT, Child, environment, last_day, serve_aws, serve_tiktok

VIDEOS: Final = 10_000
FOLLOWERS: Final = 100_000
MOST_MEGABYTES: Final = 256
_DAYS: Final = 300
_COMMENTS: Final = 100
_STATUS: Final = Path("/proc/self/status")
_MEGABYTE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Sample:
    """Resident megabytes at a moment of the run."""

    when: str
    pages: int
    megabytes: float


@dataclass(frozen=True, slots=True)
class LargeAccount:
    """What the run took; `samples` from the start to the end of the export."""

    samples: list[Sample]
    peak_megabytes: float
    seconds: float
    rows: Mapping[str, int]
    requests: int
    tasks: int


def measure(videos: int = VIDEOS, followers: int = FOLLOWERS) -> LargeAccount:
    """Collects the account in a process of its own; returns what that process saw of itself."""
    account = {"username": "big", "videos": videos, "followers": followers, "comments_per_video": _COMMENTS}
    with Child(serve_aws) as aws, Child(serve_tiktok, [account], _DAYS, {}) as tiktok:
        addresses = aws.receive(), tiktok.receive()
        with Child(_collect, *addresses, videos + videos // 100 + followers // 100) as collector:
            found = collector.receive()
    assert isinstance(found, LargeAccount)
    return found


def _collect(connection: Connection, aws: str, tiktok: str, pages: int) -> None:
    os.environ.update(environment(aws, tiktok, (NO_LIMIT, NO_LIMIT)))
    from benchmarks.collector import Collector, with_token  # noqa: PLC0415 - of this process alone
    from tiktok_collector.collection.services import CollectionServices  # noqa: PLC0415

    memory = _Memory(pages)
    services = with_token(CollectionServices.build(os.environ), tiktok)
    memory.note("start")
    began = time.monotonic()
    event = {
        "username": "big",
        "include": ["profile", "videos", "comments", "followers"],
        "start_date": f"{last_day() - timedelta(days=_DAYS)}",
        "end_date": f"{last_day()}",
        "playlists": False,
    }
    report = Collector(services, memory).extract(event, "large-account")
    memory.note("export written")
    assert report.state == "complete", report
    export = next(services.tasks.of_run("large-account", "a00001.zexport"))
    connection.send(
        LargeAccount(
            samples=memory.samples,
            peak_megabytes=memory.peak(),
            seconds=time.monotonic() - began,
            rows=export.progress.result_rows,
            requests=report.requests,
            tasks=sum(report.tasks.values()),
        )
    )


class _Memory:
    """A log that looks at this process's memory as pages come in."""

    def __init__(self, expected: int) -> None:
        self.samples: list[Sample] = []
        self._expected = expected
        self._pages = 0
        self._lock = threading.Lock()

    def info(self, msg: object, /, *, extra: Mapping[str, object]) -> None:  # noqa: ARG002 - the Log protocol
        if msg != "page committed":
            return
        with self._lock:
            self._pages += 1
            for percent in (25, 50, 75, 100):
                if self._pages == self._expected * percent // 100:
                    self.note(f"{percent} % of pages")

    def warning(self, msg: object, /, *, extra: Mapping[str, object]) -> None:
        print(f"large account: {msg} {dict(extra)}", file=sys.stderr)

    def note(self, when: str) -> None:
        """Takes a sample."""
        self.samples.append(Sample(when, self._pages, _resident("VmRSS")))

    def peak(self) -> float:
        """The most megabytes that were ever resident."""
        return _resident("VmHWM")


def _resident(field: str) -> float:
    for line in _STATUS.read_text(encoding="ascii").splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) * 1024 / _MEGABYTE
    raise RuntimeError(f"{_STATUS} has no {field}; this benchmark needs Linux.")


def main() -> None:
    """Print the figures."""
    found = measure(*map(int, sys.argv[1:]))
    for sample in found.samples:
        print(f"{sample.when:>16}: {sample.pages:6} pages {sample.megabytes:6.1f} MB")
    print(f"peak {found.peak_megabytes:.1f} MB, {found.seconds:.0f} s, {found.requests} requests, {found.tasks} tasks")
    print(dict(found.rows))


if __name__ == "__main__":
    main()
