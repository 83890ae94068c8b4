"""Two versions of the code on one table and bucket, as in the minutes of a deployment, in turn and at once.

In full the other version is an earlier commit of this repository, in a process of its own. Reduced, the table's items
are rewritten between two invocations as other versions may write them.
"""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from random import Random
from threading import Thread
from typing import Final

from benchmarks.aws_server import AwsServer
from benchmarks.chaos.case import Case, Figures, Size
from benchmarks.chaos.earlier_code import EarlierCode
from benchmarks.chaos.place import Place
from benchmarks.chaos.play import TICK, Invocations
from benchmarks.chaos.poison import BoundedDynamoDB
from benchmarks.chaos.scene import RUN, SCENES
from benchmarks.fake_dynamodb import Item
from tests.integration.collection.cloud import TASKS

_EARLIER: Final = "bc699d5"
_RUNS: Final = 5
_TURNS: Final = 40
_SHORT: Final = (45, 60, 90)
"""Seconds of an invocation: so few that it takes many of them."""
_NOT_YET: Final = ("rank", "collections", "failed_before", "version", "names_blamed")
"""Fields that came later than others, of what is stored as JSON."""


def _versions(size: Size, seed: int) -> Figures:
    if size is Size.REDUCED:
        return _rewritten(seed)
    return Figures.total(_side_by_side(seed + number) for number in range(_RUNS))


def _rewritten(seed: int) -> Figures:
    random, scene, table = Random(seed), SCENES[Size.REDUCED], BoundedDynamoDB()  # noqa: S311 - reproducible
    with scene.sandbox() as sandbox:
        place, invocations, changed = Place(scene, sandbox, dynamodb=table), Invocations(), 0
        collector = place.collector()
        invocations(lambda: collector.extract(scene.event(), seconds=_SHORT[0]))
        for _ in range(_TURNS):
            tasks = [task.task_id for task in collector.services().tasks.of_run(RUN) if not task.state.terminal]
            for task_id in tasks:
                table.poison(TASKS, f"RUN#{RUN}", f"TASK#{task_id}", random.choice([_before, _later]))
            changed += len(tasks)
            place.true.sleep(TICK.total_seconds())
            report = invocations(lambda: place.collector().tick(seconds=random.choice(_SHORT)))
            if report is not None and not report["open_runs"]:
                break
        return place.figures(invocations, injected=changed, extra_allowed=0)


def _before(item: Item) -> None:
    """As a version wrote it that knew less."""
    if "due" in item:
        place, _, moment = item["due"]["S"].partition("#")
        item["due"] = {"S": f"{place.partition('.')[0]}#{moment}"}
    for name in ("spec", "progress"):
        known = {key: value for key, value in json.loads(item[name]["S"]).items() if key not in _NOT_YET}
        item[name] = {"S": json.dumps(known)}


def _later(item: Item) -> None:
    """As a version may write it that knows more, and says nothing that others must know."""
    item["later"] = {"S": "of no meaning yet"}
    for name in ("spec", "progress"):
        item[name] = {"S": json.dumps({**json.loads(item[name]["S"]), "later": {"of": ["no", "meaning"]}})}


def _side_by_side(seed: int) -> Figures:
    """The earlier code begins; then both take turns, or work at once."""
    random, scene = Random(seed), SCENES[Size.FULL]  # noqa: S311 - reproducible turns
    with scene.sandbox() as sandbox, _aws() as aws, EarlierCode(_EARLIER, aws.url, sandbox.url) as earlier:
        place = Place(scene, sandbox, dynamodb=aws.dynamodb, s3=aws.s3)
        invocations, turns = Invocations(), 1
        earlier.invoke("extract", scene.event(), _SHORT[0])
        for number in range(_TURNS):
            place.true.sleep(TICK.total_seconds())
            seconds = random.choice(_SHORT)
            who = random.choice(["earlier", "present", "both"])
            with ThreadPoolExecutor(2) as pool:
                if who != "present":
                    turns += 1
                    told = pool.submit(earlier.invoke, "tick", {}, seconds)
                if who != "earlier":
                    invocations(partial(place.collector().tick, seconds=seconds))
            if who != "present":
                told.result()
            if number and not list(place.collector().services().runs.open()):
                break
        place.finish(invocations)
        return place.figures(invocations, injected=turns, extra_allowed=0)


@contextmanager
def _aws() -> Iterator[AwsServer]:
    server = AwsServer()
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


CASES: Final = (Case("versions", "two versions of the code, in turn and at once, on one table and bucket", _versions),)
