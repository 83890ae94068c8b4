"""A month of a study, day after day: schedules, ticks while there is work, bad weather, crashes.

Ticks become rarer while the server takes nothing, so a month has some hundred of them instead of thousands.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Final

from sandbox.testing import SandboxServer
from tests.simulation.invocations import Function, Outcome
from tests.simulation.weather import Weather

type Invoke = Callable[[Function, int | None], Outcome]

FIRST_TICK: Final = timedelta(minutes=5)
SCHEDULE: Final = timedelta(minutes=15)
_TICK: Final = timedelta(minutes=10)
_MOST_CALLS: Final = 300
_MOST_TICKS: Final = 150
_LONGEST_PAUSE: Final = timedelta(minutes=160)


@dataclass(frozen=True, slots=True)
class SimulatedDay:
    """What happened on one day."""

    day: date
    ticks: int
    crashes: int
    unfinished: bool


class Month:
    """Plays days one after the other.

    Args:
        sandbox: The server, whose clock is everybody's; it stands at 00:00 UTC of the first day.
        invoke: Invokes a function, and kills its process after so many calls.
        weather: What goes wrong.
        quota: The server's research quota on a good day.
        seed: Of the moments of the crashes.
    """

    def __init__(self, sandbox: SandboxServer, invoke: Invoke, *, weather: Weather, quota: int, seed: int) -> None:
        self._sandbox = sandbox
        self._invoke = invoke
        self._weather = weather
        self._quota = quota
        self._random = Random(seed)  # noqa: S311 - reproducible crashes, not secrets
        self._crashes = 0
        for rule in weather.faults:
            options = {name: value for name, value in rule.items() if name != "kind"}
            sandbox.faults.add(rule["kind"], **options)

    def play(self, days: int, after: Callable[[SimulatedDay], None] | None = None) -> list[SimulatedDay]:
        """Plays so many days; `after` is told of each one when it is over."""
        first = self._sandbox.clock.now().date()
        played = []
        for number in range(days):
            played.append(self._day(number, first + timedelta(days=number)))
            if after:
                after(played[-1])
        return played

    def _day(self, number: int, day: date) -> SimulatedDay:
        midnight = datetime.combine(day, time(), UTC)
        self._wait_until(midnight)
        self._sandbox.change(**self._weather.of_day(number, self._quota))
        self._crashes = 0
        self._wait_until(midnight + FIRST_TICK)
        self._call(Function.TICK)
        self._wait_until(midnight + SCHEDULE)
        self._call(Function.ACCOUNTS)
        self._call(Function.SEARCHES)
        ticks, unfinished = self._tick_on(midnight + timedelta(days=1))
        return SimulatedDay(day, ticks + 1, self._crashes, unfinished)

    def _tick_on(self, end: datetime) -> tuple[int, bool]:
        """Ticks until nothing is left to do, or until the next day's first tick; how many, and whether work is left."""
        pause, answered = _TICK, self._answered()
        for ticks in range(_MOST_TICKS):
            at = _next_tick(self._sandbox.clock.now() + pause - _TICK)
            if at >= end:
                return ticks, True
            self._wait_until(at)
            outcome = self._call(Function.TICK)
            if not outcome.unfinished:
                return ticks + 1, False
            answered, before = self._answered(), answered
            pause = _TICK if answered > before else min(2 * pause, _LONGEST_PAUSE)
        raise AssertionError(f"{_MOST_TICKS} ticks of one day, and still something runnable")

    def _answered(self) -> int:
        """How many requests the server has taken so far."""
        return sum(record.charged for record in self._sandbox.requests())

    def _call(self, function: Function) -> Outcome:
        """Invokes it; where the day has not had its crashes yet, it is killed at a random one of its calls."""
        fatal = self._any_call() if self._crashes < self._weather.crashes_a_day else None
        outcome = self._invoke(function, fatal)
        self._crashes += outcome.killed
        return outcome

    def _any_call(self) -> int:
        """The number of a call: early ones and late ones alike, since an invocation makes three of them or hundreds."""
        return int(_MOST_CALLS ** self._random.random())

    def _wait_until(self, moment: datetime) -> None:
        if self._sandbox.clock.now() < moment:
            self._sandbox.clock.set(moment)


def _next_tick(moment: datetime) -> datetime:
    """The first tick after `moment`: they come at five minutes past every ten."""
    midnight = datetime.combine(moment.date(), time(), UTC)
    number = (moment - midnight - FIRST_TICK) // _TICK + 1
    return midnight + FIRST_TICK + number * _TICK
