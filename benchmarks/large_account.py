"""Memory: one account with 100,000 followers and 10,000 videos of 100 comments each, its export included.

    python -m benchmarks.large_account [videos [followers]]

The collector runs alone in its process, with the clients that it has in Lambda and the settings of the template. The
sandbox and the fakes of AWS are processes of their own, reached over HTTP.
"""

import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final, Self

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


def measure(videos: int, followers: int) -> LargeAccount:
    """Collects the account in a process of its own; returns what that process saw of itself."""
    context = multiprocessing.get_context("spawn")
    with _Child(context, _serve_aws) as aws, _Child(context, _serve_tiktok, videos, followers) as tiktok:
        addresses = aws.receive(), tiktok.receive()
        with _Child(context, _collect, *addresses, videos, followers) as collector:
            found = collector.receive()
    assert isinstance(found, LargeAccount)
    return found


class _Child:
    """A process that ends with the block."""

    def __init__(self, context: Any, target: Callable[..., None], *args: object) -> None:
        self._connection, self._theirs = context.Pipe()
        self._process = context.Process(target=target, args=(self._theirs, *args), daemon=True)

    def __enter__(self) -> Self:
        self._process.start()
        self._theirs.close()  # so that the end of the process is the end of the pipe
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.join()

    def receive(self) -> Any:
        """What the process sends.

        Raises:
            RuntimeError: it ended without a word; its standard error says why.
        """
        try:
            return self._connection.recv()
        except EOFError as error:
            raise RuntimeError("A process of the benchmark ended before its time.") from error


def _serve_aws(connection: Connection) -> None:
    from benchmarks.aws_server import AwsServer  # noqa: PLC0415 - of this process alone

    server = AwsServer()
    connection.send(server.url)
    server.serve_forever()


def _serve_tiktok(connection: Connection, videos: int, followers: int) -> None:
    from sandbox.testing import SandboxServer  # noqa: PLC0415 - of this process alone
    from sandbox.world import AccountSpec, World  # noqa: PLC0415

    big = AccountSpec("big", videos=videos, days=_DAYS, followers=followers, comments_per_video=_COMMENTS)
    world = World.generate(accounts=1, videos=1, days=_DAYS + 10, specs=[big])
    lifted = {"research_quota": 10**9, "followers_quota": 10**9, "followers_cap": None, "archive_lag_scale": 0}
    with SandboxServer(world, settings=lifted) as server:
        connection.send(server.url)
        threading.Event().wait()


def _collect(connection: Connection, aws: str, tiktok: str, videos: int, followers: int) -> None:
    os.environ.update(
        {
            "AWS_ENDPOINT_URL": aws,
            "AWS_ACCESS_KEY_ID": "none",
            "AWS_SECRET_ACCESS_KEY": "none",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "BUCKET": "bucket",
            "TASKS_TABLE": "tasks",
            "USAGE_LOG_TABLE": "usage-log",
            "ACCESS_TOKEN_SECRET": "access-token",
            "TOKEN_REFRESH_FUNCTION": "token-refresh",
            "RESEARCH_API_URL": tiktok,
            "RESEARCH_DAILY_LIMIT": str(10**9),
            "FOLLOWERS_DAILY_LIMIT": str(10**9),
            "TURN_OF_DAY_SECONDS": "0",
        }
    )
    from benchmarks.collector import Collector, with_token  # noqa: PLC0415 - of this process alone
    from tiktok_collector.collection.services import CollectionServices  # noqa: PLC0415

    expected = videos + videos // 100 + followers // 100
    memory = _Memory(expected)
    services = with_token(CollectionServices.build(os.environ), tiktok)
    memory.note("start")
    began = time.monotonic()
    event = {
        "username": "big",
        "include": ["profile", "videos", "comments", "followers"],
        "start_date": f"{datetime.now(tz=UTC) - timedelta(days=_DAYS + 2):%Y-%m-%d}",
        "end_date": f"{datetime.now(tz=UTC) - timedelta(days=3):%Y-%m-%d}",
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
    sizes = [int(each) for each in sys.argv[1:]] or [10_000, 100_000]
    found = measure(*sizes)
    for sample in found.samples:
        print(f"{sample.when:>16}: {sample.pages:6} pages {sample.megabytes:6.1f} MB")
    print(f"peak {found.peak_megabytes:.1f} MB, {found.seconds:.0f} s, {found.requests} requests, {found.tasks} tasks")
    print(dict(found.rows))


if __name__ == "__main__":
    main()
