"""A month of a study in bad weather, in full: 1,000 accounts, five searches, 200,000 videos, 1,000 requests a day.

    python -m benchmarks.simulated_month

The collector runs alone in its process, which lives for the whole month, with the clients that it has in Lambda; the
sandbox and the fakes of AWS are in the process that plays the days, and prove in the end that everything is there.
What happens and what is proven is that of `tests/simulation`.
"""

import os
import resource
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from benchmarks.aws_server import AwsServer
from benchmarks.processes import Child, environment
from sandbox.testing import SandboxServer
from tests.simulation.evidence import Evidence
from tests.simulation.fast_cloud import FastCloud
from tests.simulation.invocations import Function, Invocations, Outcome
from tests.simulation.month import Month, SimulatedDay
from tests.simulation.proof import Proof
from tests.simulation.scenario import SETTINGS, Scenario

IN_FULL: Final = Scenario(
    begin=datetime(2026, 10, 1, tzinfo=UTC),
    days=30,
    back_days=30,
    accounts=1_000,
    videos=420_000,
    searches=5,
    quota=1_000,
    quotas={6: 80, 9: 250, 15: 60, 22: 90},
    late_resets=(1, 2, 8, 16),
    broken=5,
)
_SEED: Final = 1
_WIDTH: Final = 120
_STATUS: Final = Path("/proc/self/status")


@dataclass(frozen=True, slots=True)
class PlayedDay:
    """A day of the month: what happened, and what the collector's process held in memory when it was over."""

    day: SimulatedDay
    requests: int
    failed: int
    seconds: float
    megabytes: float
    peak_megabytes: float


@dataclass(frozen=True, slots=True)
class PlayedMonth:
    """What was played and what was proven.

    Attributes:
        days: Day after day.
        world_videos: How many videos the world had.
        videos: How many of them were due, all of which are there.
        comments: The same of comments.
        gaps: Entries in the days' manifests about something that is missing, all of which had failed.
        searches: Searches of the API.
        unknown: Requests of unknown fate.
        play_seconds: By the clock on the wall.
        proof_seconds: Likewise.
    """

    days: list[PlayedDay]
    world_videos: int
    videos: int
    gaps: int
    searches: int
    comments: int
    unknown: int
    play_seconds: float
    proof_seconds: float


def measure(scenario: Scenario = IN_FULL, after: Callable[[PlayedDay], None] = lambda _: None) -> PlayedMonth:
    """Plays the month and proves it; `after` is told of each day.

    Raises:
        AssertionError: something that was promised is not so.
    """
    aws = AwsServer()
    threading.Thread(target=aws.serve_forever, daemon=True).start()
    with SandboxServer(scenario.world(), now=scenario.begin, settings=SETTINGS, seed=_SEED) as sandbox:
        studied = scenario.studied(sandbox)
        aws.s3.put_object(Key="config/study.yaml", Body=scenario.study_text(studied).encode())
        with Child(_collect, aws.url, sandbox.url, scenario.quota) as child:
            collector = _Collector(child, sandbox)
            began = time.monotonic()
            days: list[PlayedDay] = []
            month = Month(
                sandbox, collector.invoke, weather=scenario.weather(studied), quota=scenario.quota, seed=_SEED
            )

            def note(day: SimulatedDay) -> None:
                served = sandbox.served(day=day.day)
                failed = sum(count for status, count in served.by_status.items() if status != "200")
                passed = time.monotonic() - began - sum(each.seconds for each in days)
                days.append(PlayedDay(day, served.received, failed, passed, *collector.memory))
                after(days[-1])

            month.play(scenario.days, note)
            played = time.monotonic() - began
        return _proven(scenario, sandbox, aws, days, played)


def _proven(
    scenario: Scenario, sandbox: SandboxServer, aws: AwsServer, days: list[PlayedDay], play_seconds: float
) -> PlayedMonth:
    began, studied = time.monotonic(), scenario.studied(sandbox)
    cloud = FastCloud(sandbox, dynamodb=aws.dynamodb, s3=aws.s3, token="", research_limit=scenario.quota)
    services = cloud.services()
    evidence = Evidence(studied, sandbox.requests(), services.objects, services.pages)
    proof = Proof(sandbox, evidence, scenario.weather(studied), quota=scenario.quota)
    unknown = proof.no_day_is_over_quota(services.ledger)
    gaps = proof.every_gap_is_real_and_recorded()
    searches = proof.nothing_is_paid_for_twice()
    proof.no_fetch_has_a_row_twice()
    return PlayedMonth(
        days=days,
        world_videos=len(sandbox.world.catalog.videos.ids),
        videos=proof.everything_is_there_once(),
        gaps=len(gaps),
        searches=searches,
        comments=proof.comments_are_there(),
        unknown=unknown,
        play_seconds=play_seconds,
        proof_seconds=time.monotonic() - began,
    )


class _Collector:
    """The collector's process, as the process sees it that plays the days; both have the sandbox's clock."""

    def __init__(self, child: Child, sandbox: SandboxServer) -> None:
        self._child = child
        self._sandbox = sandbox
        self.memory = (0.0, 0.0)

    def invoke(self, function: Function, fatal: int | None) -> Outcome:
        self._child.send((function, fatal))
        outcome, self.memory = self._child.receive()
        assert isinstance(outcome, Outcome)
        return outcome


class _DistantClock:
    """The sandbox's clock, asked and moved over HTTP."""

    def __init__(self, url: str) -> None:
        import requests  # noqa: PLC0415 - of the collector's process alone

        self._url = f"{url}/_sandbox/clock"
        self._session = requests.Session()
        self._lock = threading.Lock()
        self._now = datetime.now(tz=UTC)

    def now(self) -> datetime:
        return self._now

    def advance(self, seconds: float) -> None:
        with self._lock:
            self._take(self._session.post(self._url, json={"advance": seconds}, timeout=60))

    def read(self) -> None:
        """To be called before an invocation; in the meantime nobody else moves the clock."""
        with self._lock:
            self._take(self._session.get(self._url, timeout=60))

    def _take(self, answer: Any) -> None:
        self._now = datetime.fromisoformat(answer.json()["now"])


class _DistantSandbox:
    """As much of a sandbox in another process as a collector needs."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.clock = _DistantClock(url)


def _collect(connection: Connection, aws: str, tiktok: str, quota: int) -> None:
    """The target of the collector's process: invokes what it is told to."""
    os.environ.update(environment(aws, tiktok, (quota, 20_000)), POWERTOOLS_METRICS_DISABLED="true")
    from benchmarks.collector import sandbox_token  # noqa: PLC0415 - of this process alone
    from tiktok_collector.aws import dynamodb_client, s3_client  # noqa: PLC0415

    sandbox: Any = _DistantSandbox(tiktok)
    cloud = FastCloud(
        sandbox,
        dynamodb=dynamodb_client(),
        s3=s3_client(),
        token=sandbox_token(tiktok),
        research_limit=quota,
        threads=8,
    )
    invoke = Invocations(cloud)
    while True:
        function, fatal = connection.recv()
        sandbox.clock.read()
        outcome = invoke(function, fatal)
        cloud.log.lines.clear()
        connection.send((outcome, _memory()))


def _memory() -> tuple[float, float]:
    """Resident megabytes now, and the most so far."""
    resident = next(line for line in _STATUS.read_text().splitlines() if line.startswith("VmRSS"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(resident.split()[1]) * 1024 / 1e6, peak * 1024 / 1e6


def main() -> None:
    """Print a table of the days, and what was proven."""
    console = Console(width=_WIDTH)
    table = Table(title="A simulated month: memory is that of the collector's process")
    for heading in ("day", "requests", "in vain", "crashes", "ticks", "work left", "seconds", "MB", "most MB so far"):
        table.add_column(heading, justify="right")
    with console.status("") as status:
        found = measure(after=lambda each: status.update(f"{each.day.day} is over"))
    for each in found.days:
        table.add_row(
            each.day.day.isoformat(),
            f"{each.requests:,}",
            f"{each.failed:,}",
            str(each.day.crashes),
            str(each.day.ticks),
            "yes" if each.day.unfinished else "",
            f"{each.seconds:.1f}",
            f"{each.megabytes:.0f}",
            f"{each.peak_megabytes:.0f}",
        )
    console.print(table)
    console.print(
        f"Of {found.world_videos:,} videos {found.videos:,} were due, and all are there, once; so are {found.comments} "
        f"comments. No day was over its quota, {found.unknown} requests are of unknown fate. All {found.gaps:,} gaps "
        f"had failed, and none is unrecorded. {found.searches:,} searches, none for what was there already. "
        f"Played in {found.play_seconds:.0f} s, proven in {found.proof_seconds:.0f} s."
    )


if __name__ == "__main__":
    main()
