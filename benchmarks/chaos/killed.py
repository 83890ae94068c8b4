"""Processes killed at any instruction, as Lambda kills what has run out of time or memory; then they go on."""

from functools import partial
from random import Random
from typing import Final

from benchmarks.chaos.case import Case, Figures, Size
from benchmarks.chaos.guillotine import Guillotine
from benchmarks.chaos.place import Place
from benchmarks.chaos.play import Invocations
from benchmarks.chaos.scene import SCENES
from tiktok_collector.tasks.store import LEASE

_KILLS: Final = {Size.REDUCED: 60, Size.FULL: 80}
_RUNS: Final = {Size.REDUCED: 1, Size.FULL: 15}
_THREADS: Final = {Size.REDUCED: 2, Size.FULL: 4}
_LEAST: Final = 300
_MOST: Final = 60_000
"""Instructions of an invocation: early ones and late ones alike."""
_A_BLOCK: Final = 10


def _killed(size: Size, seed: int) -> Figures:
    return Figures.total(_one_run(size, seed + number) for number in range(_RUNS[size]))


def _one_run(size: Size, seed: int) -> Figures:
    random = Random(seed)  # noqa: S311 - reproducible kills
    scene, threads = SCENES[size], _THREADS[size]
    with scene.sandbox() as sandbox:
        place, guillotine, invocations = Place(scene, sandbox, threads), Guillotine(), Invocations()
        kills = in_vain = 0
        for number in range(_KILLS[size]):
            fatal = int(_LEAST * (_MOST / _LEAST) ** random.random())
            collector, before = place.collector(), len(sandbox.requests())
            with guillotine.falling(fatal):
                invocations(partial(collector.extract, scene.event()) if number % 3 == 0 else collector.tick)
            kills += guillotine.killed
            in_vain += guillotine.killed * min(threads * _A_BLOCK, len(sandbox.requests()) - before)
            place.true.sleep(random.choice([1, LEASE.total_seconds() + 30]))
        invocations(lambda: place.collector().extract(scene.event()))
        place.finish(invocations)
        return place.figures(invocations, injected=kills, extra_allowed=in_vain)


CASES: Final = (Case("killed-anywhere", "functions are killed at any instruction, all threads at once", _killed),)
