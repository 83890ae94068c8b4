"""What must be true after a simulated month, held against the sandbox's truth and its own request log."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Final

from sandbox.testing import SandboxServer
from tests.simulation.evidence import Evidence, Gap, UnitDay
from tests.simulation.study import COMMENTED, FIRST_PASS, LAST_PASS
from tests.simulation.truth import Truth
from tests.simulation.weather import Weather
from tiktok_collector.quota.families import Family
from tiktok_collector.quota.ledger import QuotaLedger
from tiktok_collector.study.day_plan import VideoWork

_MOST_SHOWN: Final = 5
_DAYS_OF_A_RUN: Final = 3
"""A run may be finished on a later day than the one that it was planned for."""


class Proof:
    """Checks one month; each method is one promise of the collector."""

    def __init__(self, sandbox: SandboxServer, evidence: Evidence, weather: Weather, *, quota: int) -> None:
        self._sandbox = sandbox
        self._evidence = evidence
        self._studied = evidence.studied
        self._weather = weather
        self._quota = quota
        self._truth = Truth(sandbox.world)
        self._due = self._studied.days()

    def everything_is_there_once(self) -> int:
        """Every video that the sandbox could serve by the last pass is in the view once, with its collections.

        The accounts and days that the weather keeps from being served are left out. Returns how many videos were due.
        """
        view = self._evidence.view()
        found: defaultdict[str, set[int]] = defaultdict(set)
        for video, collections in view.items():
            for name in collections:
                found[name].add(video)
        everything: set[int] = set()
        for name, units in self._studied.units.items():
            due = set().union(*self._served(units).values())
            missing, foreign = due - found[name], found[name] - self._ever(units)
            assert not missing, f"{len(missing)} of {len(due)} videos of {name} are missing: {_some(missing)}"
            assert not foreign, f"{len(foreign)} videos are not of {name}: {_some(foreign)}"
            everything |= due
        return len(everything)

    def no_day_is_over_quota(self, ledger: QuotaLedger) -> int:
        """No day is over its quota by the server's count, and the ledger is above that count by no unexplained request.

        On a day with a whole quota the server never had to refuse. Returns the requests of unknown fate.
        """
        unknown = 0
        for number in range((self._studied.last_asked - self._studied.begin).days + 1):
            day = (self._studied.begin + timedelta(days=number)).isoformat()
            served = self._sandbox.served(day=day, family=Family.RESEARCH)
            usage = ledger.usage(day, Family.RESEARCH)
            entries = list(ledger.entries(day, Family.RESEARCH))
            fates = usage.used - len(entries) + sum(entry.outcome == "unknown" for entry in entries)
            assert served.charged <= self._weather.quotas.get(number, self._quota), (day, served)
            assert served.received <= usage.used <= self._quota, (day, served, usage)
            assert usage.used - served.received <= fates, (day, served, usage)
            if number not in self._weather.quotas and number not in self._weather.late_resets:
                assert "429" not in served.by_status, (day, served)
            unknown += fates
        return unknown

    def every_gap_is_real_and_recorded(self) -> list[Gap]:
        """What could not be served is recorded, and what is recorded had failed; returns the recorded gaps.

        A day that waits for a retry and was never asked for is recorded as waiting.
        """
        gaps, failures = self._evidence.gaps(), self._evidence.failures()
        waiting = self._evidence.waiting()
        recorded: defaultdict[UnitDay, list[Gap]] = defaultdict(list)
        for gap in gaps:
            recorded[gap.collection, gap.day].append(gap)
            tried = [gap.asked_on + timedelta(days=number) for number in range(_DAYS_OF_A_RUN)]
            units = gap.usernames or self._studied.units[gap.collection]
            assert any((on, unit, gap.day) in failures for on in tried for unit in units), gap
        for name, units in self._studied.units.items():
            for day in self._due:
                known = [unit for unit in units if waiting & {(unit, day), ("", day)}]
                known += [unit for unit in units if _names(recorded[name, day], unit)]
                silent = [unit for unit in units if self._blocked(unit, day) and unit not in known]
                assert not silent, f"{name} has no gap recorded for {day}, of {_some(silent)}"
        return gaps

    def nothing_is_paid_for_twice(self) -> int:
        """Each window of a plan begins and ends with a day that was still due, and is paged to its end once.

        A window may span days in between that are there already, where that saves a request. Returns how many searches
        of the API there were.
        """
        had: dict[UnitDay, int] = {}
        fetches = self._evidence.fetches()
        for planned_for, works in self._evidence.works().items():
            for work in works:
                for day in (work.window.start, work.window.end):
                    assert any(had.get((unit, day), 0) < _passes(planned_for, day) for unit in _units(work)), work
            ended = [fetch for fetch in fetches if fetch.planned_for == planned_for and fetch.ended]
            assert len(ended) == len({(fetch.run, fetch.task) for fetch in ended}), planned_for
            for fetch in ended:
                passes = {day: _passes(planned_for, day) for day in fetch.days}
                had |= {(unit, day): number for unit in fetch.units for day, number in passes.items()}
        return len(fetches)

    def no_fetch_has_a_row_twice(self) -> None:
        """Within a search of the API each video came once."""
        for fetch in self._evidence.fetches():
            assert len(fetch.videos) == len(set(fetch.videos)), fetch

    def comments_are_there(self) -> int:
        """The comments of all videos whose last pass is over; returns how many there are."""
        settled = self._studied.last_due - timedelta(days=LAST_PASS)
        videos = {video for day, found in self._served(COMMENTED).items() if day <= settled for video in found}
        expected = self._truth.comments(videos, self._end)
        missing = expected - self._evidence.comments()
        assert not missing, f"{len(missing)} of {len(expected)} comments are missing: {_some(missing)}"
        return len(expected)

    def _served(self, units: tuple[str, ...]) -> Mapping[date, set[int]]:
        """By day, the videos of accounts or a search that were there from when the last pass was due until it was had.

        "Had" is the last time that the server answered for the unit and day, whoever received that answer.
        """
        found: dict[date, set[int]] = {}
        for day, due in self._due.items():
            alike: defaultdict[datetime, list[str]] = defaultdict(list)
            for unit in units:
                if not self._blocked(unit, day):
                    answered = self._answers.get((unit, day))
                    assert answered is not None, f"{unit} was never had for {day}."
                    assert answered >= due, f"{unit} was not had for {day} after {due}, but at {answered}."
                    alike[answered].append(unit)
            found[day] = set().union(
                *(
                    self._truth.served_throughout(self._studied.query(*same), day, due, answered)
                    for answered, same in alike.items()
                )
            )
        return found

    def _ever(self, units: tuple[str, ...]) -> set[int]:
        return self._truth.ever(self._studied.query(*units), min(self._due), self._studied.last_asked, self._end)

    def _blocked(self, unit: str, day: date) -> bool:
        """Whether the weather keeps this from ever being served."""
        settings = self._weather.settings
        return unit in settings.get("poison_usernames", ()) or f"{day:%Y%m%d}" in settings.get("broken_days", ())

    @cached_property
    def _answers(self) -> dict[UnitDay, datetime]:
        return self._evidence.last_answers()

    @cached_property
    def _end(self) -> datetime:
        return datetime.combine(self._studied.last_asked + timedelta(days=1), time(), UTC)


def _passes(asked_on: date, day: date) -> int:
    age = (asked_on - day).days
    return (age >= FIRST_PASS) + (age >= LAST_PASS)


def _units(work: VideoWork) -> tuple[str, ...]:
    return work.usernames or (work.search,)


def _names(gaps: list[Gap], unit: str) -> bool:
    return any(not gap.usernames or unit in gap.usernames for gap in gaps)


def _some(found: object) -> list[object]:
    return list(found)[:_MOST_SHOWN]  # type: ignore[call-overload,no-any-return] # of any iterable
