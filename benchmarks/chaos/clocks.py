"""Clocks that are wrong: two workers five minutes apart from TikTok, one fast and one slow, over the turn of the day.

While one of them is anywhere in its work, the other one runs a whole tick. So leases are looked at with both clocks,
and each worker loses tasks to the other one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final

from benchmarks.chaos.case import Case, Figures, Size
from benchmarks.chaos.play import Invocations, has_ended
from benchmarks.chaos.scene import RUN, SCENES
from benchmarks.chaos.storm import Fault
from benchmarks.chaos.stormy_run import STORMS, calm_requests, figures_of
from benchmarks.chaos.surroundings import StormyCloud, TrueTime
from benchmarks.chaos.verdict import Verdict
from benchmarks.collector import sandbox_token
from benchmarks.fake_dynamodb import FakeDynamoDB
from benchmarks.fake_s3 import FakeS3
from tiktok_collector.collection.reservations import A_BLOCK
from tiktok_collector.collection.resumption import ResumptionReport
from tiktok_collector.quota.families import Family

AHEAD: Final = timedelta(minutes=5)
TURN_OF_DAY: Final = timedelta(minutes=6)
"""The clocks' error and a request's timeout: what `TurnOfDaySeconds` must be for such clocks."""
_EVENING: Final = datetime(2026, 11, 20, 23, 20, tzinfo=UTC)
_LIMITS: Final = {
    Size.REDUCED: {Family.RESEARCH: 40, Family.FOLLOWERS: 30},
    Size.FULL: {Family.RESEARCH: 130, Family.FOLLOWERS: 60},
}
"""So little that the work goes on to the second day, and the first one's quota is used up."""
_OFTEN: Final = {"put_object": 0.4, "update_item": 0.15, "put_item": 0.1, "query": 0.01}
"""The share of a worker's calls to AWS during which the other one runs: mostly while a page is being committed."""
_WITH_BLOCKS: Final = 0.7
_MOST_TICKS: Final = 1_500
_A_MOMENT: Final = (32, 50)
_A_WHILE: Final = (40, 120)
"""Seconds that a tick has, so that much is under way when the other one comes; of them 30 are kept for commits."""


@dataclass(slots=True)
class _Meanwhile:
    """Runs the other worker's tick in the middle of a call of the one under way."""

    random: Random
    invocations: Invocations
    other: StormyCloud | None = None
    times: int = 0
    busy: bool = False

    def __call__(self, method: str, parameters: Mapping[str, Any]) -> Fault | None:
        """Strikes no call; before some of them, the other worker has its turn."""
        if self.busy or self.other is None or self.random.random() >= _share(method, parameters):
            return None
        self.busy = True
        self.times += 1
        try:
            self.invocations(lambda: _tick(self.other, self.random.uniform(*_A_MOMENT)))
        finally:
            self.busy = False
        return None


def in_two_times(size: Size, seed: int, turn_of_day: timedelta = TURN_OF_DAY) -> Figures:
    """The run by both workers, each of one thread; `turn_of_day` is how long they keep silent on each side of it."""
    scene, limits = SCENES[size], _LIMITS[size]
    with scene.sandbox(
        now=_EVENING, research_quota=limits[Family.RESEARCH], followers_quota=limits[Family.FOLLOWERS]
    ) as sandbox:
        true, invocations = TrueTime(sandbox), Invocations()
        random = Random(seed)  # noqa: S311 - reproducible turns, not secrets
        meanwhile = _Meanwhile(random, invocations)
        shared: dict[str, Any] = {
            "dynamodb": FakeDynamoDB(),
            "s3": FakeS3(),
            "token": sandbox_token(sandbox.url),
            "true": true,
            "turn_of_day": turn_of_day,
            "limits": tuple(limits.values()),
        }
        fast = StormyCloud(sandbox, strikes=meanwhile, ahead=AHEAD, **shared)
        slow = StormyCloud(sandbox, strikes=meanwhile, ahead=-AHEAD, **shared)
        calm = StormyCloud(sandbox, strikes=lambda *_: None, **shared)
        workers = [fast, slow]
        random.shuffle(workers)
        meanwhile.other = workers[1]
        invocations(lambda: workers[0].extract(scene.event(), seconds=_A_WHILE[0]))
        for _ in range(_MOST_TICKS):
            if has_ended(calm, RUN):
                break
            true.sleep(random.uniform(0, 5) * 60)
            workers.reverse()
            meanwhile.other = workers[1]
            seconds = random.uniform(*_A_WHILE)
            invocations(lambda: _tick(workers[0], seconds))  # noqa: B023 - called at once
        return figures_of(
            Verdict(scene, sandbox, calm),
            calm,
            limits,
            invocations,
            injected=meanwhile.times,
            extra_allowed=meanwhile.times * A_BLOCK[Family.FOLLOWERS],
            requests=calm_requests(scene),
        )


def _share(method: str, parameters: Mapping[str, Any]) -> float:
    """How often the other worker comes during such a call: mostly while blocks are stored, which it makes shorter."""
    return _WITH_BLOCKS if "/entity=followers/" in parameters.get("Key", "") else _OFTEN.get(method, 0)


def _tick(worker: StormyCloud | None, seconds: float) -> ResumptionReport:
    assert worker is not None
    return worker.tick(seconds=seconds)


def _run(size: Size, seed: int) -> Figures:
    return Figures.total(in_two_times(size, seed + number) for number in range(STORMS[size]))


CASES: Final = (
    Case("clocks", "a worker five minutes fast and one five minutes slow, within one another, over midnight", _run),
)
