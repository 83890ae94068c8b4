"""Items that nobody writes like this: read as tasks that begin again or that have failed, never as an error."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok_collector.errors import Fatal
from tiktok_collector.tasks import items
from tiktok_collector.tasks.run import Run
from tiktok_collector.tasks.task import MANIFEST, Task, TaskKind, TaskSpec, TaskState

SPEC = TaskSpec(TaskKind.PAGES, "videos", date(2026, 11, 20), endpoint="video_query")
ATTRIBUTES = ("state", "priority", "quota", "fence", "lease_until", "resume_at", "spec", "progress")
VALUES = st.one_of(
    st.builds(lambda text: {"S": text}, st.text(max_size=20) | st.sampled_from(["{}", "[]", "null", '{"page":"x"}'])),
    st.builds(lambda number: {"N": number}, st.sampled_from(["1", "-1", "1e400", "x"])),
    st.just({"NULL": True}),
)


def stored(task_id: str = "a00001.videos.w001", state: TaskState = TaskState.PENDING) -> dict[str, Any]:
    return items.task_item(Task("run", task_id, SPEC, 2, "research/adhoc", state))


@given(st.dictionaries(st.sampled_from(ATTRIBUTES), VALUES, min_size=1), st.sets(st.sampled_from(ATTRIBUTES)))
def test_no_item_is_an_error(changed: dict[str, Any], removed: set[str]) -> None:
    item = {name: value for name, value in {**stored(), **changed}.items() if name not in removed}
    task = items.task_from(item)
    assert (task.run_id, task.task_id) == ("run", "a00001.videos.w001")
    if task.damage:
        (gap,) = task.progress.gaps
        assert gap.detail == task.damage
        assert "another run_id" in task.damage
        assert not gap.possible


def test_a_lost_checkpoint_begins_again() -> None:
    task = items.task_from({**stored(), "progress": {"S": "{"}})
    assert (task.damage, task.state, task.spec, task.quota) == ("", TaskState.PENDING, SPEC, "research/adhoc")
    assert (task.progress.page, task.progress.exhausted) == (1, False)
    assert [gap.possible for gap in task.progress.gaps] == [True]


def test_what_has_ended_does_not_begin_again() -> None:
    task = items.task_from({**stored(state=TaskState.DONE), "progress": {"S": "{"}})
    assert task.damage
    assert task.progress.failed


@pytest.mark.parametrize("name", ["state", "fence", "lease_until", "resume_at"])
def test_what_nobody_can_claim_has_failed(name: str) -> None:
    task = items.task_from({key: value for key, value in stored().items() if key != name})
    assert (task.state, task.spec) == (TaskState.FAILED, SPEC)


def test_what_asks_for_nobody_knows_what_can_be_claimed_and_ended() -> None:
    task = items.task_from({**stored(), "spec": {"S": '{"kind":"teleport"}'}, "fence": {"N": "7"}})
    assert (task.state, task.fence, task.spec.stream) == (TaskState.PENDING, 7, "unreadable")


def test_the_manifest_needs_nothing_but_its_id() -> None:
    item = {**stored(MANIFEST, TaskState.WAITING), "spec": {"S": ""}, "progress": {"S": ""}}
    task = items.task_from(item)
    assert (task.spec.kind, task.state, task.damage) == (TaskKind.MANIFEST, TaskState.WAITING, "")


@given(st.text(max_size=30))
def test_index_rows_of_any_shape_are_listed(due: str) -> None:
    row = {"pk": {"S": "RUN#run"}, "sk": {"S": "TASK#a.b"}, "runnable": {"S": "run#none"}, "due": {"S": due}}
    assert items.listed_from(row).ref.task_id == "a.b"
    assert items.run_ref_from(row).run_id == "run"


def test_a_run_that_cannot_be_read_is_named() -> None:
    run = Run("run", "user_extraction", {}, "adhoc", "2026-11-20T09:00:00.000Z")
    item = items.run_item(run, 1)
    assert items.run_from(item) == run
    for broken in ({}, {"run_id": "run"}, {**json.loads(item["run"]["S"]), "started_at": "soon"}):
        with pytest.raises(Fatal, match="item of run run in the table cannot be read"):
            items.run_from({**item, "run": {"S": json.dumps(broken)}})
