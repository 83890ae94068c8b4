"""A table full of tasks: each tick ends in time, reads a bounded part of it, and lets a small run go first."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any, Final, override

import msgspec

from benchmarks.chaos.case import Case, Figures, Size
from benchmarks.chaos.play import TICK, Invocations
from benchmarks.chaos.scene import MORNING
from benchmarks.chaos.surroundings import StormyCloud, TrueTime
from benchmarks.fake_dynamodb import FakeDynamoDB, Traffic
from benchmarks.fake_s3 import FakeS3
from benchmarks.processes import NO_LIMIT
from benchmarks.scale import SmallAnswers
from sandbox.clock import SandboxClock
from tiktok_collector.collection.completion import MOST_TASKS_AFTER_DEADLINE
from tiktok_collector.collection.services import CollectionServices
from tiktok_collector.http.answer import Answer
from tiktok_collector.research_api.endpoints import Endpoint
from tiktok_collector.tasks.task import TaskKind, TaskState

_ACCOUNTS: Final = {Size.REDUCED: 300, Size.FULL: 12_500}
"""Each has eight tasks."""
_SECONDS: Final = {Size.REDUCED: 100, Size.FULL: 900}
_MOST_TICKS: Final = 200
_A_REQUEST: Final = 0.05
_LARGE: Final = "large"
_SMALL: Final = "small"
_SMALL_RUN: Final = 5
_READ_FOR_A_TASK: Final = 20
"""Items of the index and the table that a tick may read for each request, beside its review."""
_REVIEWS: Final = 6
"""How often a tick that finds nothing more to ask for may look at all tasks."""


@dataclass(frozen=True, slots=True)
class _Tick:
    """What a tick did: requests of the large run and of the small one, items read from index and table, seconds."""

    large: int
    small: int
    items_read: int
    seconds: float


class _Answers(SmallAnswers):
    """Counts the requests by run, and lets time pass."""

    def __init__(self, true: TrueTime) -> None:
        super().__init__()
        self._true = true
        self.sent: Counter[str] = Counter()

    @override
    def send(self, endpoint: Endpoint, body: Mapping[str, Any], _token: object, *, timeout_seconds: float) -> Answer:
        self._true.sleep(_A_REQUEST)
        self.sent[_SMALL if _SMALL.encode() in msgspec.json.encode(body) else _LARGE] += 1
        answer = super().send(endpoint, body, _token, timeout_seconds=timeout_seconds)
        return replace(answer, sent_at=self._true.now())


class _Collector(StormyCloud):
    """Without limits, over answers that are always there."""

    def __init__(self, answers: _Answers, true: TrueTime, table: FakeDynamoDB, server: Any) -> None:
        super().__init__(
            server,
            dynamodb=table,
            s3=FakeS3(),
            token="token",  # noqa: S106 - of nothing
            true=true,
            strikes=lambda *_: None,
            limits=(NO_LIMIT, NO_LIMIT),
        )
        self._answers: Any = answers

    @override
    def services(self) -> CollectionServices:
        return replace(super().services(), client=self._answers)


def _full(size: Size, _: int) -> Figures:
    """Plans a large run, then a small one, and ticks until both have ended.

    Raises:
        AssertionError: a tick ended too late, read too much, or let the small run wait.
    """
    server: Any = SimpleNamespace(url="http://127.0.0.1:9", clock=SandboxClock(MORNING, frozen=True))
    true, table, invocations = TrueTime(server), FakeDynamoDB(), Invocations()
    answers = _Answers(true)
    collector = _Collector(answers, true, table, server)
    invocations(lambda: collector.extract(_event(_LARGE, _ACCOUNTS[size]), seconds=1))
    invocations(lambda: collector.extract(_event(_SMALL, _SMALL_RUN), seconds=1))
    ticks: list[_Tick] = []
    while len(ticks) < _MOST_TICKS and list(collector.services().runs.open()):
        true.sleep(TICK.total_seconds())
        table.traffic, before, began = Traffic(), answers.sent.copy(), true.now()
        invocations(lambda: collector.tick(seconds=_SECONDS[size]))
        now, seconds = answers.sent - before, (true.now() - began).total_seconds()
        ticks.append(_Tick(now[_LARGE], now[_SMALL], table.traffic.items_read, seconds))
    tasks = Counter(_states(collector, _LARGE))
    _judge(ticks, tasks.total(), _SECONDS[size])
    return Figures(
        injected=tasks.total(),
        invocations=invocations.made,
        pages=answers.sent.total(),
        rows=tasks.total(),
        lost=tasks.total() - sum(tasks[kind, TaskState.DONE] for kind in TaskKind),
        untyped=len(invocations.untyped) + invocations.failed.total(),
        unfinished=len(list(collector.services().runs.open())),
        extra=answers.sent[_LARGE] - tasks[TaskKind.PAGES, TaskState.DONE],
    )


def _states(collector: StormyCloud, run: str) -> Iterator[tuple[TaskKind, TaskState]]:
    return ((task.spec.kind, task.state) for task in collector.services().tasks.of_run(run))


def _judge(ticks: Sequence[_Tick], tasks: int, seconds: int) -> None:
    last = max(number for number, tick in enumerate(ticks) if tick.large)
    assert sum(tick.small for tick in ticks[1:]) == 0, "the small run had to wait"
    for number, tick in enumerate(ticks):
        assert tick.seconds <= seconds, f"tick {number} took {tick.seconds} of {seconds} seconds"
        reviews = _REVIEWS * tasks if number >= last else MOST_TASKS_AFTER_DEADLINE
        most = reviews + _READ_FOR_A_TASK * (tick.large + tick.small)
        assert tick.items_read <= most, f"tick {number} read {tick.items_read} items, {most} are explained"


def _event(run: str, accounts: int) -> dict[str, Any]:
    names = [f"{run}{number}" for number in range(accounts)]
    return {"usernames": names, "days_back": 90, "run_id": run, "identified": True}


CASES: Final = (Case("full-table", "a run of 100,000 tasks (of 2,400 in make test), and a small one behind it", _full),)
