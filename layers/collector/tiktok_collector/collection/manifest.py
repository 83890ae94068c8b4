"""Writes a run's manifest: at planning what is asked, at the end what came of it, subject by subject."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any, Final, Protocol

import msgspec

from tiktok_collector.clock import Clock, iso
from tiktok_collector.collection import naming
from tiktok_collector.collection.file_upload import FileUpload
from tiktok_collector.collection.kinds import kind_of
from tiktok_collector.collection.manifest_document import (
    COMPLETE,
    RUNNING,
    WITH_GAPS,
    is_complete,
    manifest_head,
    subject_report,
)
from tiktok_collector.collection.manifest_status import manifest_has_ended
from tiktok_collector.lake.keys import manifest_key
from tiktok_collector.lake.objects import MultipartUpload, ObjectStore
from tiktok_collector.tasks.run import Run
from tiktok_collector.tasks.runs import RunStore
from tiktok_collector.tasks.store import TaskStore
from tiktok_collector.tasks.task import Task, TaskKind, TaskState, UploadState

_OTHERS_FIRST: Final = timedelta(minutes=1)


class RunClosing(Protocol):
    """What a kind of run needs to be done at its end beside its manifest."""

    def close(self, run: Run, tasks: Iterable[Task], still_ours: Callable[[], None]) -> None:
        """Does it, perhaps again after a crash; `still_ours` renews the lease, or raises LeaseLost."""
        ...


class ManifestWriter:
    """Works manifest tasks, and writes the first form of a manifest when a run is planned.

    `closings` are by the run's function.
    """

    def __init__(
        self,
        *,
        tasks: TaskStore,
        runs: RunStore,
        objects: ObjectStore,
        parts: MultipartUpload,
        clock: Clock,
        closings: Mapping[str, Callable[[], RunClosing]],
    ) -> None:
        self._tasks = tasks
        self._runs = runs
        self._objects = objects
        self._parts = parts
        self._clock = clock
        self._closings = closings

    def announce(self, run: Run, event: dict[str, Any]) -> None:
        """Stores what is asked, usernames included: enough to plan the run again should the tables be lost."""
        head = manifest_head(run, RUNNING)
        self._objects.put_json(manifest_key(run.run_id), {**head, "event": event})

    def work(self, task: Task) -> TaskState:
        """Writes the final manifest of a claimed task and closes the run.

        Returns:
            The state of the task: parked where another task of the run has yet to end.

        Raises:
            LeaseLost: another worker has the task.
            Fatal: the run is missing from the table.
        """
        run = self._runs.read(task.run_id)
        if manifest_has_ended(self._objects, task.run_id):
            # Whoever did this was killed after its last step but one. The pages may have gone since, and ids with them.
            return self._end(run, task)
        # Read twice, since the status comes first in the file and the tasks of a large run do not fit into memory.
        complete = True
        for each in self._worked(run):
            if not each.state.terminal:
                # Added while the run was being reviewed; what it brings belongs into the manifest.
                self._tasks.park(task, self._clock.now() + _OTHERS_FIRST)
                return TaskState.PARKED
            complete = complete and is_complete(each)
        key = manifest_key(run.run_id)
        upload = FileUpload(self._objects, self._parts, key, UploadState())
        head = manifest_head(run, COMPLETE if complete else WITH_GAPS)
        head["finished_at"] = iso(self._clock.now())
        subjects = kind_of(run.function).subjects
        upload.write(msgspec.json.encode(head).removesuffix(b"}") + f',\n"{subjects}":['.encode())
        for number, tasks in enumerate(naming.by_subject(self._worked(run))):
            upload.write((b",\n" if number else b"\n") + msgspec.json.encode(subject_report(tasks)))
            if upload.part_is_full:
                upload.flush()
        upload.write(b"]}\n")
        if run.function in self._closings:
            self._closings[run.function]().close(run, self._worked(run), lambda: self._tasks.commit(task))
        upload.close()
        return self._end(run, task)

    def _end(self, run: Run, task: Task) -> TaskState:
        task.progress.result_key = manifest_key(run.run_id)
        self._tasks.finish(task, TaskState.DONE)
        self._runs.close(run)
        return TaskState.DONE

    def _worked(self, run: Run) -> Iterator[Task]:
        return (task for task in self._tasks.of_run(run.run_id) if task.spec.kind is not TaskKind.MANIFEST)
