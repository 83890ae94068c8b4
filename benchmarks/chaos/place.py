"""One server with one table, bucket and ledger, and the collectors that work over them; no storm at AWS."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from benchmarks.chaos.case import Figures
from benchmarks.chaos.play import TICK, Invocations
from benchmarks.chaos.scene import RUN, Scene
from benchmarks.chaos.storm import Fault
from benchmarks.chaos.stormy_run import LIMITS, calm_requests, figures_of
from benchmarks.chaos.surroundings import StormyCloud, TrueTime
from benchmarks.chaos.verdict import Verdict
from benchmarks.collector import sandbox_token
from benchmarks.fake_dynamodb import FakeDynamoDB
from benchmarks.fake_s3 import FakeS3
from sandbox.testing import SandboxServer
from tiktok_collector.quota.families import Family

_MOST_TICKS: Final = 600


@dataclass
class Place:
    """What the processes of a stack share.

    Attributes:
        scene: What is asked for.
        sandbox: TikTok, which has the scene's world.
        threads: Of each collector.
        limits: Requests a day.
    """

    scene: Scene
    sandbox: SandboxServer
    threads: int = 1
    limits: Mapping[Family, int] = field(default_factory=lambda: LIMITS)
    dynamodb: FakeDynamoDB = field(default_factory=FakeDynamoDB)
    s3: FakeS3 = field(default_factory=FakeS3)

    def __post_init__(self) -> None:
        """The time of all."""
        self.true = TrueTime(self.sandbox)

    def collector(self) -> StormyCloud:
        """A new process of a function."""
        return StormyCloud(
            self.sandbox,
            dynamodb=self.dynamodb,
            s3=self.s3,
            token=sandbox_token(self.sandbox.url),
            true=self.true,
            strikes=_never,
            limits=(self.limits[Family.RESEARCH], self.limits[Family.FOLLOWERS]),
            threads=self.threads,
        )

    def finish(self, invocations: Invocations) -> None:
        """Ticks every ten minutes until no run is open, or for four days."""
        for _ in range(_MOST_TICKS):
            self.true.sleep(TICK.total_seconds())
            report = invocations(self.collector().tick)
            if report is not None and not report["open_runs"]:
                return

    def figures(
        self,
        invocations: Invocations,
        *,
        injected: int,
        extra_allowed: int,
        runs: tuple[str, ...] = (RUN,),
        requests: int | None = None,
    ) -> Figures:
        """What the place is left with; `requests` is how many the work takes in calm weather."""
        calm = self.collector()
        return figures_of(
            Verdict(self.scene, self.sandbox, calm, runs),
            calm,
            self.limits,
            invocations,
            injected=injected,
            extra_allowed=extra_allowed,
            requests=calm_requests(self.scene) if requests is None else requests,
        )


def _never(_: str, __: Mapping[str, Any]) -> Fault | None:
    return None
