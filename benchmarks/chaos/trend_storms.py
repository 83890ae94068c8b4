"""Polls of trend lists over three days, while AWS and the sources fail, processes are killed, and events come again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Any, Final

from benchmarks.chaos.case import Case, Figures, Size
from benchmarks.chaos.guillotine import Guillotine
from benchmarks.chaos.play import RETRIES, Invocations
from benchmarks.chaos.storm import Fault, Faults, Spell, Storm, When
from benchmarks.chaos.trend_place import BEGIN, DAILY_REQUESTS, TrendPlace, trend_place
from benchmarks.chaos.trend_verdict import PollName, TrendVerdict
from benchmarks.chaos.weathers import spells
from sandbox.world import World
from tiktok_collector.trends.poll import poll_of

_DAYS: Final = 3
_DAY: Final = timedelta(days=1)
_HOURS: Final = 24
_POLLS: Final = 2
_HALF: Final = 12
_TICK: Final[dict[str, Any]] = {"study": True}
_ADHOC: Final[dict[str, Any]] = {
    "countries": ["US"],
    "kinds": {"hashtag": "creative_center"},
    "periods": [30],
    "acknowledge_unofficial_terms": True,
    "daily_requests": DAILY_REQUESTS,
    "run_id": "by-hand",
}
_ADHOC_AT: Final = (5, 8, 11)
"""Its hours on the first day: it comes again twice, late."""
_READS: Final = [
    Fault("ThrottlingException"),
    Fault("InternalServerError", 500),
    Fault("reset"),
    Fault("silence"),
]
_WRITES: Final = [
    *_READS,
    Fault("InternalServerError", 500, When.AFTER),
    Fault("reset", when=When.AFTER),
    Fault("reset", when=When.TWICE),
]
_FAULTS: Final[Faults] = {
    **dict.fromkeys(("get_item", "query", "get_object", "list_objects_v2", "get_secret_value"), _READS),
    **dict.fromkeys(("put_item", "update_item", "put_object"), _WRITES),
}
_OF_SOURCES: Final = (
    "internal_error",
    "gateway_timeout",
    "bad_gateway",
    "reset_before",
    "reset_after",
    "rate_limited",
    "html",
    "broken_json",
)
_STORMS: Final = {Size.REDUCED: 1, Size.FULL: 20}
_THREADS: Final = {Size.REDUCED: 1, Size.FULL: 3}
_LEAST, _MOST = 300, 150_000
"""Instructions after which a process is killed."""
_IN_THE_MIDDLE: Final = 0.01
"""The share of calls to AWS during which the event comes once more."""
_ENOUGH: Final = 900.0
_LITTLE: Final = 36.0
"""Seconds of an invocation, of which 30 are kept for what there is to store."""
_CUT: Final = 12
"""The hour in which a poll begins that an outage cuts."""


@dataclass
class _Weather:
    """All that goes wrong in the days, but for the sources' own faults.

    Attributes:
        storm: At AWS.
        random: Of everything else.
        again: Delivers the event once more.
        invocation: The number of the present one.
        in_vain: Answers that could not be stored: one for each invocation and key at most.
        times: Kills, and deliveries too many.
    """

    storm: Storm
    random: Random
    again: Any = None
    invocation: int = 0
    in_vain: set[tuple[int, str]] = field(default_factory=set)
    times: int = 0

    def strikes(self, method: str, parameters: Mapping[str, Any]) -> Fault | None:
        """The fault that a call ends with; before some calls, the event comes again."""
        if self.again is not None and self.random.random() < _IN_THE_MIDDLE:
            again, self.again = self.again, None
            self.times += 1
            again()
        fault = self.storm.strikes(method, parameters)
        if fault and method == "put_object" and "-raw-" in parameters["Key"]:
            self.in_vain.add((self.invocation, parameters["Key"]))
        return fault


def _in_storm(size: Size, seed: int) -> Figures:
    threads = _THREADS[size]
    random = Random(seed)  # noqa: S311 - reproducible weather, not secrets
    with trend_place(_world(), threads=threads, seed=seed) as place:
        weather = _Weather(Storm(_FAULTS, _days(seed), place.true.now, seed=seed), random)
        played = _Play(place, weather, random, cut=_is_cut(seed))
        for number in range(_DAYS * _HOURS + 1):
            played.hour(number)
        return played.figures(_calm())


@dataclass
class _Play:
    """The hours of the days, one after the other; `cut`: a long outage comes in the middle of a poll."""

    place: TrendPlace
    weather: _Weather
    random: Random
    cut: bool
    invocations: Invocations = field(default_factory=Invocations)
    guillotine: Guillotine = field(default_factory=Guillotine)
    killed_in_vain: int = 0
    calm_at: dict[PollName, bool] = field(default_factory=dict)

    def hour(self, number: int) -> None:
        """One hour's tick, on time or late, and whatever comes with it."""
        day, hour = divmod(number, _HOURS)
        _until(self.place, number, self.random.uniform(1, 20))
        if hour == 0:
            self.place.renew_credentials()
        self._disturb_sources(day, hour)
        if self.cut and number == _CUT:
            self._invoke(_TICK, _LITTLE)
            return
        if day == 0 and hour in _ADHOC_AT:
            self._deliver(_ADHOC, hour)
        self._deliver(_TICK, hour)
        if self.random.random() < 0.3:
            self.weather.times += 1
            self._invoke(_TICK, _ENOUGH)

    def figures(self, calm: TrendPlace) -> Figures:
        """What is left."""
        ended = frozenset(poll for poll, was_calm in self.calm_at.items() if was_calm)
        verdict = TrendVerdict(self.place, calm, _names(), ended)
        gaps = len(list(verdict.gaps()))
        return Figures(
            injected=self.weather.storm.injected + self.weather.times + self._source_faults(),
            invocations=self.invocations.made,
            pages=verdict.answered(),
            rows=verdict.rows(),
            lost=verdict.lost(),
            over_quota=verdict.over_quota(),
            duplicates=verdict.duplicates(),
            false_gaps=verdict.false_gaps(),
            untyped=len(self.invocations.untyped),
            unfinished=verdict.unfinished() + (not verdict.compared_days() and not self.cut),
            extra=verdict.extra(),
            extra_allowed=len(self.weather.in_vain) + self.killed_in_vain,
            gaps=gaps,
        )

    def _deliver(self, event: dict[str, Any], hour: int) -> None:
        """As Lambda does: again where it fails; the last hour of a poll is spared by kills."""
        last = hour % _HALF == _HALF - 1
        for pause in RETRIES:
            self.place.true.sleep(pause.total_seconds())
            if not last and self.random.random() < 0.25:
                self._kill(event)
                continue
            seconds = _ENOUGH if last else self.random.choice([40.0, 60.0, 120.0, _ENOUGH])
            if self._invoke(event, seconds):
                return

    def _kill(self, event: dict[str, Any]) -> None:
        self.weather.again = None
        self.weather.invocation += 1
        fatal = int(_LEAST * (_MOST / _LEAST) ** self.random.random())
        services, before = self.place.services(self.weather.strikes), len(self.place.sandbox.requests())
        with services.http, self.guillotine.falling(fatal):
            self.invocations(lambda: self.place.ingest(services, event, 120))
        requests = len(self.place.sandbox.requests()) - before
        self.killed_in_vain += self.guillotine.killed * min(self.place.threads, requests)
        self.weather.times += self.guillotine.killed

    def _invoke(self, event: dict[str, Any], seconds: float) -> bool:
        self.weather.invocation += 1
        struck = self.weather.storm.injected
        services = self.place.services(self.weather.strikes)
        self.weather.again = lambda: self._once_more(event)
        with services.http:
            report = self.invocations(lambda: self.place.ingest(services, event, seconds))
        self.weather.again = None
        now = self.place.true.now()
        calm = struck == self.weather.storm.injected and not self.place.sandbox.faults.rules()
        worked = report is not None and "note" not in report
        self.calm_at[poll_of(now, _POLLS)] = calm and worked and seconds == _ENOUGH and _is_late(now)
        return report is not None

    def _once_more(self, event: dict[str, Any]) -> None:
        services = self.place.services(self.weather.strikes)
        with services.http:
            self.invocations(lambda: self.place.ingest(services, event, 120))

    def _disturb_sources(self, day: int, hour: int) -> None:
        """Some hours of bad weather at the sources: a little on the first day, more on the second."""
        faults = self.place.sandbox.faults
        faults.clear()
        if hour % _HALF >= _HALF - 2 or self.random.random() < 0.4:
            return
        for kind in self.random.sample(_OF_SOURCES, 3):
            share = (0.02, 0.2, 0.05, 0)[day]
            more = {"retry_after": self.random.choice([5, 30, 600])} if kind == "rate_limited" else {}
            faults.add(kind, endpoint="trends", probability=share, **more)

    def _source_faults(self) -> int:
        return sum(bool(record.faults) for record in self.place.sandbox.requests())


def _days(seed: int) -> list[Spell]:
    """Bad weather in the first hours of each poll; and in some storms a poll is missed, or three from its middle on."""
    found = []
    for half in range(_DAYS * _POLLS):
        begins = timedelta(hours=_HALF * half + seed % 3)
        found += [Spell(begins + each.after, each.lasts, each.share * 0.5) for each in spells(seed * 7 + half)]
    begin, hours = ((0, 0), (26, 2), (23, 13), (_CUT + 0.4, 37))[seed % 4]
    return [*found, Spell(timedelta(hours=begin), timedelta(hours=hours), 1)]


def _is_cut(seed: int) -> bool:
    return seed % 4 == 3


def _until(place: TrendPlace, number: int, minute: float) -> None:
    goal = BEGIN + timedelta(hours=number, minutes=minute)
    place.true.sleep((goal - place.true.now()).total_seconds())


def _is_late(now: datetime) -> bool:
    return now.hour % _HALF == _HALF - 1


def _names() -> tuple[str, ...]:
    return tuple((BEGIN + number * _DAY).date().isoformat() for number in range(_DAYS))


@cache
def _world() -> World:
    return World.generate(accounts=20, videos=400, days=90)


@cache
def _calm() -> TrendPlace:
    """The same days without weather."""
    with trend_place(_world()) as place:
        for number in range(_DAYS * _HOURS + 1):
            _until(place, number, 5)
            if number % _HOURS == 0:
                place.renew_credentials()
            for event in [_TICK, _ADHOC] if number == _ADHOC_AT[0] else [_TICK]:
                services = place.services(lambda *_: None)
                with services.http:
                    place.ingest(services, event, _ENOUGH)
        return place


def _run(size: Size, seed: int) -> Figures:
    return Figures.total(_in_storm(size, seed + number) for number in range(_STORMS[size]))


CASES: Final = (
    Case(
        "trends",
        "trend lists over three days: AWS and the sources fail, processes are killed, events come again and late",
        _run,
    ),
)
