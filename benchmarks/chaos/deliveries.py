"""Events delivered twice, at once, late and out of order, by schedules and by people: as if each had come once."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from random import Random
from typing import Final

import msgspec

from benchmarks.chaos.case import Case, Figures, Size
from benchmarks.chaos.place import Place
from benchmarks.chaos.play import Invocations
from benchmarks.chaos.scene import FIRST, LAST, SCENES
from benchmarks.chaos.surroundings import StormyCloud
from tests.integration.studies.study_text import study_text
from tiktok_collector.accounting.forecasting import Forecasting
from tiktok_collector.accounting.quota_accounting import QuotaAccounting
from tiktok_collector.accounting.stored_pages import StoredPages
from tiktok_collector.events.study import Part
from tiktok_collector.research_api.endpoints import ENDPOINTS

type Function = Callable[[StormyCloud], msgspec.Struct]

_MIDNIGHT: Final = datetime(2026, 11, 21, tzinfo=UTC)
_SCHEDULED: Final = "2026-11-20T23:59:00Z"
RUN: Final = "user-extraction-20261120T235900Z"
_STORMS: Final = {Size.REDUCED: 1, Size.FULL: 20}
_AT_ONCE: Final = 3
_TICKS_AT_ONCE: Final = 5
_OLD_ONES: Final = 2
_LATE: Final = (timedelta(minutes=1), timedelta(hours=3))
_QUERY: Final = {"and": [{"field_name": "username", "operation": "IN", "field_values": ["small1"]}]}
_STUDY: Final[tuple[Function, ...]] = (
    lambda cloud: cloud.study(Part.ACCOUNTS),
    lambda cloud: cloud.study(Part.SEARCHES),
)
_PERIOD: Final = {"start_date": FIRST.isoformat(), "end_date": LAST.isoformat()}


def _extraction(size: Size) -> Function:
    """What the schedule of 23:59 asks for."""
    event = {**SCENES[size].event(), "scheduled_time": _SCHEDULED}
    del event["run_id"]
    return lambda cloud: cloud.extract(event)


def _tick(cloud: StormyCloud) -> msgspec.Struct:
    return cloud.tick()


def _search(cloud: StormyCloud) -> msgspec.Struct:
    return cloud.search({"name": "small", "query": _QUERY, "run_id": "search", **_PERIOD})


def _accounting(cloud: StormyCloud) -> msgspec.Struct:
    services = cloud.services()
    families = {endpoint.entity: endpoint.family for endpoint in ENDPOINTS.values()}
    forecasting = Forecasting(services.runs, services.tasks, services.objects)
    pages = StoredPages(services.pages, families)
    return QuotaAccounting(services.ledger, pages, services.objects, forecasting, cloud.clock).run(reconciling=True)


def _schedule(size: Size) -> list[tuple[timedelta, list[Function]]]:
    """What comes when, from the midnight after the evening for which the extraction was meant."""
    return [
        (timedelta(minutes=5), [_tick]),
        (timedelta(minutes=10), [_extraction(size)]),
        (timedelta(minutes=15), [*_STUDY, _search]),
        (timedelta(minutes=37), [_accounting]),
        (timedelta(days=1, minutes=15), list(_STUDY)),
        (timedelta(days=4, minutes=15), list(_STUDY)),
    ]


def _delivered(size: Size, seed: int) -> Figures:
    return Figures.total(play(size, Random(seed + number)) for number in range(_STORMS[size]))  # noqa: S311 - reproducible


@cache
def calm_requests(size: Size) -> int:
    """How many requests the schedule takes when each event comes once."""
    figures = play(size, None)
    assert figures.lost == figures.duplicates == figures.unfinished == figures.untyped == 0, figures
    return figures.extra


def play(size: Size, random: Random | None) -> Figures:
    """Plays the schedule; with `random` each event comes several times, and earlier ones with it."""
    scene = SCENES[size]
    with scene.sandbox(now=_MIDNIGHT - timedelta(minutes=10)) as sandbox:
        place, invocations, extra = Place(scene, sandbox, 2), Invocations(), 0
        text = study_text(first_day=FIRST, cohorts={"all": scene.usernames}, searches={"small": _QUERY})
        place.collector().upload_study(text)
        before: list[Function] = []
        for after, functions in _schedule(size):
            place.true.sleep((_MIDNIGHT + after - place.true.now()).total_seconds())
            if random:
                extra += _surprise(place, invocations, random, functions, before)
            else:
                _at_once(place, invocations, functions)
            before += functions
            place.finish(invocations)
        open_runs = len(list(place.collector().services().runs.open()))
        figures = place.figures(
            invocations,
            injected=extra,
            extra_allowed=0,
            runs=(RUN,),
            requests=calm_requests(size) if random else 0,
        )
        return replace(figures, unfinished=figures.unfinished + open_runs)


def _surprise(
    place: Place, invocations: Invocations, random: Random, functions: Sequence[Function], before: Sequence[Function]
) -> int:
    """Delivers the functions' events more often than once, with older ones and a storm of ticks; how many too many."""
    deliveries = [function for function in functions for _ in range(random.randint(1, _AT_ONCE))]
    deliveries += random.sample(before, min(_OLD_ONES, len(before)))
    deliveries += [_tick] * random.randint(0, _TICKS_AT_ONCE)
    random.shuffle(deliveries)
    _at_once(place, invocations, deliveries)
    place.true.sleep(random.choice(_LATE).total_seconds())
    again = [random.choice(functions)]
    _at_once(place, invocations, again)
    return len(deliveries) - len(functions) + len(again)


def _at_once(place: Place, invocations: Invocations, functions: Sequence[Function]) -> None:
    """Invokes them side by side, each in a process of its own."""
    with ThreadPoolExecutor(len(functions)) as pool:
        for function in functions:
            pool.submit(invocations, partial(function, place.collector()))


CASES: Final = (
    Case("deliveries", "events come twice, at once, hours and days late, out of order, in storms of ticks", _delivered),
)
