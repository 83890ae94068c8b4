"""The quota used up on several days while its counter cannot be relied on, and `quota_accounting` keeps it true."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import chain
from typing import Any, Final

from benchmarks.chaos.case import Case, Figures, Size
from benchmarks.chaos.play import Invocations, play
from benchmarks.chaos.scene import SCENES
from benchmarks.chaos.storm import Fault, Faults, Spell, Storm, When
from benchmarks.chaos.stormy_run import THREADS, calm_requests, figures_of, not_stored
from benchmarks.chaos.surroundings import StormyCloud, TrueTime
from benchmarks.chaos.verdict import Verdict
from benchmarks.chaos.weathers import spells
from benchmarks.collector import sandbox_token
from benchmarks.fake_dynamodb import FakeDynamoDB
from benchmarks.fake_s3 import FakeS3
from sandbox.testing import SandboxServer
from tiktok_collector.accounting.usage_log import stored_log
from tiktok_collector.quota.families import Family

_LIMITS: Final = {
    Size.REDUCED: {Family.RESEARCH: 25, Family.FOLLOWERS: 12},
    Size.FULL: {Family.RESEARCH: 90, Family.FOLLOWERS: 25},
}
"""For three days' work, or more where reservations are counted that were never sent."""
_FAULTS: Final[Faults] = {
    name: [
        Fault("ThrottlingException"),
        Fault("InternalServerError", 500),
        Fault("InternalServerError", 500, When.AFTER),
        Fault("reset", when=When.TWICE),
    ]
    for name in ("get_item", "put_item", "update_item", "query", "put_object", "get_object", "list_objects_v2")
}
_STORMS: Final = {Size.REDUCED: 1, Size.FULL: 12}
_DAYS: Final = 3
_DAY: Final = timedelta(days=1)
_TO_MIDNIGHT: Final = timedelta(hours=14, minutes=55)
_CLOSINGS: Final = 3


def _in_storm(size: Size, seed: int) -> Figures:
    scene, limits = SCENES[size], _LIMITS[size]
    with scene.sandbox(research_quota=limits[Family.RESEARCH], followers_quota=limits[Family.FOLLOWERS]) as sandbox:
        true = TrueTime(sandbox)
        storm = Storm(_FAULTS, _each_day(seed), true.now, seed=seed)
        shared: dict[str, Any] = {
            "dynamodb": FakeDynamoDB(),
            "s3": FakeS3(true.now),
            "token": sandbox_token(sandbox.url),
            "true": true,
            "limits": tuple(limits.values()),
            "threads": THREADS[size],
        }
        stormy = StormyCloud(sandbox, strikes=storm.strikes, **shared)
        calm = StormyCloud(sandbox, strikes=lambda *_: None, **shared)
        invocations = play(stormy, scene.event(), is_over=lambda: storm.over, hourly=lambda: stormy.accounting().run())
        figures = figures_of(
            Verdict(scene, sandbox, calm),
            calm,
            limits,
            invocations,
            injected=storm.injected,
            extra_allowed=not_stored(stormy),
            requests=calm_requests(scene),
        )
        return replace(figures, over_quota=figures.over_quota + _wrong_logs(sandbox, calm, true, invocations))


def _each_day(seed: int) -> Sequence[Spell]:
    """A storm at the beginning, and one at the beginning of each day after that."""
    days = (
        [replace(each, after=each.after + _TO_MIDNIGHT + number * _DAY) for each in spells(seed + number + 1)]
        for number in range(_DAYS - 1)
    )
    return [*spells(seed), *chain.from_iterable(days)]


def _wrong_logs(sandbox: SandboxServer, calm: StormyCloud, true: TrueTime, invocations: Invocations) -> int:
    """Requests that the usage logs of the closed days do not count, after as many days as it takes to close them."""
    days = {record.day for record in sandbox.requests()}
    for _ in range(_CLOSINGS):
        invocations(calm.accounting().run)
        true.sleep(_DAY.total_seconds())
    missing = 0
    for day in days:
        log = stored_log(calm.services().objects, day)
        counted = {each.family: each.used for each in log.families} if log else {}
        for family in _LIMITS[Size.FULL]:
            missing += max(0, sandbox.served(day, family=family).received - counted.get(family, 0))
    return missing


def _run(size: Size, seed: int) -> Figures:
    return Figures.total(_in_storm(size, seed + number) for number in range(_STORMS[size]))


CASES: Final = (
    Case(
        "accounting",
        "DynamoDB and S3 fail on three days on which the quota is used up, while quota_accounting runs hourly",
        _run,
    ),
)
