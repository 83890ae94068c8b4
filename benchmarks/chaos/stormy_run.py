"""One extraction through a storm, and what must be true of it in the end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from benchmarks.chaos.case import Figures, Size
from benchmarks.chaos.play import Invocations, play
from benchmarks.chaos.scene import SCENES, Scene
from benchmarks.chaos.storm import Faults, Spell, Storm
from benchmarks.chaos.surroundings import StormyCloud, TrueTime
from benchmarks.chaos.verdict import Verdict
from benchmarks.chaos.weathers import weather
from benchmarks.collector import sandbox_token
from benchmarks.fake_dynamodb import FakeDynamoDB
from benchmarks.fake_s3 import FakeS3
from tests.integration.collection.cloud import Cloud
from tiktok_collector.collection.reservations import A_BLOCK
from tiktok_collector.quota.families import Family
from tiktok_collector.research_api.endpoints import ENDPOINTS

LIMITS: Final = {Family.RESEARCH: 1_000, Family.FOLLOWERS: 20_000}
STORMS: Final = {Size.REDUCED: 1, Size.FULL: 25}
THREADS: Final = {Size.REDUCED: 1, Size.FULL: 4}
"""One in a test, so that the same seed gives the same faults."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Trouble:
    """What is different from an ordinary run.

    Attributes:
        faults: Of AWS, by the client's method.
        spells: When they strike, by the number of the storm.
        only: Which of the calls are in the storm, by their parameters.
        limits: Requests a day, the server's and the ledger's.
        explained: How many more requests than in calm weather what happened explains, by the collector that met it.
    """

    faults: Faults
    spells: Callable[[int], Sequence[Spell]] = weather
    only: Callable[[str, Mapping[str, Any]], bool] = lambda *_: True
    limits: Mapping[Family, int] = field(default_factory=lambda: LIMITS)
    explained: Callable[[Cloud], int] = lambda _: 0


def storms(trouble: Trouble, size: Size, seed: int) -> Figures:
    """Plays the run in one storm, or in many of them, one seed after the other."""
    return Figures.total(
        in_storm(trouble, SCENES[size], seed + number, THREADS[size]) for number in range(STORMS[size])
    )


def in_storm(trouble: Trouble, scene: Scene, seed: int, threads: int) -> Figures:
    """Plays the run in the storm of this seed."""
    limits = trouble.limits
    with scene.sandbox(research_quota=limits[Family.RESEARCH], followers_quota=limits[Family.FOLLOWERS]) as sandbox:
        true, dynamodb, s3 = TrueTime(sandbox), FakeDynamoDB(), FakeS3()
        storm = Storm(trouble.faults, trouble.spells(seed), true.now, seed=seed, only=trouble.only)

        def cloud(strikes: Any) -> StormyCloud:
            return StormyCloud(
                sandbox,
                dynamodb=dynamodb,
                s3=s3,
                token=sandbox_token(sandbox.url),
                true=true,
                strikes=strikes,
                limits=(limits[Family.RESEARCH], limits[Family.FOLLOWERS]),
                threads=threads,
            )

        stormy = cloud(storm.strikes)
        invocations = play(stormy, scene.event(), is_over=lambda: storm.over)
        calm = cloud(lambda *_: None)
        return figures_of(
            Verdict(scene, sandbox, calm),
            calm,
            limits,
            invocations,
            injected=storm.injected,
            extra_allowed=trouble.explained(stormy),
            requests=calm_requests(scene),
        )


def figures_of(
    verdict: Verdict,
    calm: Cloud,
    limits: Mapping[Family, int],
    invocations: Invocations,
    *,
    injected: int,
    extra_allowed: int,
    requests: int,
) -> Figures:
    """The figures of one run that should be complete and without a gap."""
    gaps = len(verdict.gaps())
    return Figures(
        injected=injected,
        invocations=invocations.made,
        pages=verdict.answered(),
        rows=len(verdict.truth),
        lost=verdict.lost() + verdict.not_stored(),
        over_quota=verdict.over_quota(calm.ledger(), limits),
        duplicates=verdict.duplicates(),
        false_gaps=gaps,
        untyped=len(invocations.untyped),
        unfinished=verdict.unfinished(),
        extra=max(0, verdict.received() - requests),
        extra_allowed=extra_allowed,
        gaps=gaps,
    )


def not_stored(cloud: Cloud) -> int:
    """How many requests may have been in vain because their pages could not be stored: a block's each time."""
    found = 0
    for line, fields in cloud.log.lines:
        if line == "page not available" and "s3://" in str(fields["reason"]):
            found += A_BLOCK.get(ENDPOINTS[str(fields["endpoint"])].family, 1)
    return found


@cache
def calm_requests(scene: Scene) -> int:
    """How many requests the run takes in calm weather."""
    with scene.sandbox() as sandbox:
        true = TrueTime(sandbox)
        token = sandbox_token(sandbox.url)
        cloud = StormyCloud(
            sandbox, dynamodb=FakeDynamoDB(), s3=FakeS3(), token=token, true=true, strikes=lambda *_: None
        )
        cloud.extract(scene.event())
        verdict = Verdict(scene, sandbox, cloud)
        assert verdict.lost() == verdict.duplicates() == verdict.unfinished() == 0, "calm weather, and yet"
        return verdict.received()
