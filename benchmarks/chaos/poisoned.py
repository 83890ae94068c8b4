"""Tasks whose items or next pages nobody wrote like this: they end with a sentence, and keep nobody waiting."""

from collections.abc import Sequence
from random import Random
from typing import Final

from benchmarks.chaos.case import Case, Figures, Size
from benchmarks.chaos.guillotine import Guillotine
from benchmarks.chaos.place import Place
from benchmarks.chaos.play import Invocations
from benchmarks.chaos.poison import ITEMS, BoundedDynamoDB, strays
from benchmarks.chaos.scene import RUN, SCENES
from benchmarks.chaos.stormy_run import LIMITS, calm_requests
from benchmarks.chaos.verdict import Verdict
from tests.integration.collection.cloud import TASKS
from tiktok_collector.collection.page_records import page_key
from tiktok_collector.lake.raw_pages import decode_pages
from tiktok_collector.research_api.endpoints import ENDPOINTS
from tiktok_collector.tasks.store import LEASE
from tiktok_collector.tasks.task import Task, TaskKind

_RUNS: Final = {Size.REDUCED: 1, Size.FULL: 4}
_KILLED_AFTER: Final = (150_000, 600_000)
"""Instructions, while the run is worked for the first time."""
_IN_FLIGHT: Final = 10
_STRAYS: Final = 4
_STREWN: Final = 2
"""Runs with strays for each run with every poison."""


def _items(size: Size, seed: int) -> Figures:
    """Each poison in a task of its own run, or several in one."""
    kinds = list(ITEMS)
    Random(seed).shuffle(kinds)  # noqa: S311 - reproducible
    groups = [kinds[at::5] for at in range(5)] if size is Size.REDUCED else [[kind] for kind in kinds]
    return Figures.total(_poisoned(size, seed + number, group) for number in range(_RUNS[size]) for group in groups)


def _objects(size: Size, seed: int) -> Figures:
    return Figures.total(_poisoned(size, seed + number, []) for number in range(_STREWN * _RUNS[size]))


def _poisoned(size: Size, seed: int, kinds: Sequence[str]) -> Figures:
    """Kills a run midway, poisons tasks of it that have yet to end, and lets it go on.

    Without `kinds` it is the objects at the tasks' next pages.
    """
    random, scene, table = Random(seed), SCENES[size], BoundedDynamoDB()  # noqa: S311 - reproducible
    with scene.sandbox() as sandbox:
        place, guillotine, invocations = Place(scene, sandbox, dynamodb=table), Guillotine(), Invocations()
        collector = place.collector()
        with guillotine.falling(random.randint(*_KILLED_AFTER)):
            invocations(lambda: collector.extract(scene.event()))
        place.true.sleep(LEASE.total_seconds() + 1)
        invocations(lambda: place.collector().extract(scene.event(), seconds=1))
        befallen = _befall(place, random, kinds) if kinds else []
        strewn = {} if kinds else _strew(place, random)
        place.finish(invocations)
        for key in strewn:
            # They are none of the run's pages, so they are not judged as such.
            place.s3.delete_object(Key=key)
        return _figures(place, invocations, [*befallen, *strewn.values()])


def _befall(place: Place, random: Random, kinds: Sequence[str]) -> list[Task]:
    calm = place.collector()
    open_tasks = [task for task in calm.services().tasks.of_run(RUN) if not task.state.terminal]
    chosen = random.sample(open_tasks, min(len(kinds), len(open_tasks)))
    table = place.dynamodb
    assert isinstance(table, BoundedDynamoDB)
    for task, kind in zip(chosen, kinds, strict=False):
        table.poison(TASKS, f"RUN#{RUN}", f"TASK#{task.task_id}", ITEMS[kind])
    return chosen


def _strew(place: Place, random: Random) -> dict[str, Task]:
    """Puts what is no page where the next pages of some tasks will be looked for; the tasks by these keys."""
    tasks = list(place.collector().services().tasks.of_run(RUN))
    asking = [task for task in tasks if task.spec.kind in {TaskKind.PAGES, TaskKind.SWEEP} and not task.state.terminal]
    pages = [key for key in place.s3.objects if key.startswith("raw/")]
    if not pages:
        return {}
    good = decode_pages(place.s3.objects[random.choice(pages)], key="")[0]
    chosen = random.sample(asking, min(_STRAYS, len(asking)))
    found = {page_key(task, ENDPOINTS[task.spec.endpoint]): task for task in chosen}
    found = {key: task for key, task in found.items() if key not in place.s3.objects}
    for key in found:
        place.s3.put_object(Key=key, Body=random.choice(strays(good)).data)
    return found


def _figures(place: Place, invocations: Invocations, befallen: Sequence[Task]) -> Figures:
    scene, sandbox, calm = place.scene, place.sandbox, place.collector()
    verdict = Verdict(scene, sandbox, calm)
    accounts = calm.manifest(RUN)["accounts"] if not verdict.unfinished() else []
    with_gaps = {number for number, account in enumerate(accounts) if not account["complete"]}
    allowed = {int(task.task_id[1:6]) - 1 for task in befallen if task.task_id.startswith("a")}
    excused = {key for number in with_gaps & allowed for key in scene.truth_of(sandbox, scene.usernames[number])}
    return Figures(
        injected=len(befallen),
        invocations=invocations.made,
        pages=verdict.answered(),
        rows=len(verdict.truth),
        lost=verdict.lost(excused),
        over_quota=verdict.over_quota(calm.ledger(), LIMITS),
        duplicates=verdict.duplicates(),
        false_gaps=len(with_gaps - allowed),
        untyped=len(invocations.untyped) + invocations.failed.total(),
        unfinished=verdict.unfinished(),
        extra=max(0, verdict.received() - calm_requests(scene)),
        extra_allowed=_IN_FLIGHT,
        gaps=len(verdict.gaps()) if accounts else 0,
    )


CASES: Final = (
    Case("poisoned-items", "items of tasks that nobody writes like this, of up to 400 KB", _items),
    Case("poisoned-pages", "where a next page should be, there is something else", _objects),
)
