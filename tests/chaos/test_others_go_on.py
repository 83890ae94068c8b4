"""What is wrong with one run or one task does not keep the others waiting, and is told."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from benchmarks.chaos.case import Size
from benchmarks.chaos.place import Place
from benchmarks.chaos.play import Invocations
from benchmarks.chaos.poison import BoundedDynamoDB, instead
from benchmarks.chaos.scene import RUN, SCENES
from tests.integration.collection.cloud import TASKS
from tiktok_collector.collection import failing
from tiktok_collector.collection.page_worker import PageWorker
from tiktok_collector.tasks.task import Task, TaskState

SCENE = SCENES[Size.REDUCED]


@pytest.fixture
def place() -> Iterator[Place]:
    with SCENE.sandbox() as sandbox:
        yield Place(SCENE, sandbox, dynamodb=BoundedDynamoDB())


def test_a_run_whose_item_cannot_be_read(place: Place) -> None:
    collector, invocations = place.collector(), Invocations()
    for run in ("damaged", RUN):
        collector.extract(SCENE.event(run_id=run), seconds=1)
    assert isinstance(place.dynamodb, BoundedDynamoDB)
    place.dynamodb.poison(TASKS, "RUN#damaged", "RUN", instead("run", {"S": "{}"}))
    report = collector.tick()
    assert [each.run_id for each in report.runs] == [RUN]
    place.finish(invocations)
    assert collector.manifest(RUN)["status"] == "complete"
    assert collector.manifest("damaged")["status"] == "running"
    said = [str(fields["reason"]) for line, fields in collector.log.lines if line == "run cannot be read"]
    assert "delete it and send" in said[0]


def defective(monkeypatch: pytest.MonkeyPatch, *task_ids: str) -> None:
    """Working these tasks is a defect of the code."""
    work = PageWorker.work

    def meets_a_defect(worker: PageWorker, task: Task) -> TaskState:
        if not task_ids or task.task_id in task_ids:
            raise KeyError("nobody thought of this")
        return work(worker, task)

    monkeypatch.setattr(PageWorker, "work", meets_a_defect)


def test_a_task_that_meets_a_defect_rests_and_then_fails(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    defective(monkeypatch, "a00002.followers")
    collector, invocations = place.collector(), Invocations()
    report = collector.extract(SCENE.event())
    assert (report.state, report.parked) == ("parked", {"defect": 1})
    began = place.true.now()
    place.finish(invocations)
    assert place.true.now() - began > sum(failing.SET_ASIDE, timedelta())
    assert not invocations.untyped + list(invocations.failed)
    complete = {account["username"]: account["complete"] for account in collector.manifest(RUN)["accounts"]}
    assert complete == {"large": True, "small1": False, "small2": True}
    (gap,) = [gap for each in collector.manifest(RUN)["accounts"] for stream in each["streams"]
              for gap in stream.get("gaps", ())]  # fmt: skip
    assert "met a defect (KeyError in meets_a_defect" in gap["detail"]


def test_a_defect_that_every_task_meets_loses_nothing_for_a_day(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    invocations = Invocations()
    with monkeypatch.context() as code:
        defective(code)
        for _ in range(24):
            invocations(lambda: place.collector().extract(SCENE.event()))
            place.true.sleep(3_600)
    assert invocations.made == 24
    assert not invocations.untyped
    place.finish(invocations)
    assert place.figures(invocations, injected=1, extra_allowed=0).broken() == []
