"""Writes the export of an account or a search: one file, streamed from raw pages, resumable between parts."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

import msgspec

from tiktok_collector import __version__
from tiktok_collector.clock import Clock
from tiktok_collector.collection import naming
from tiktok_collector.collection.disclosure import AsGiven, Disclosure, Pseudonymous, known_names
from tiktok_collector.collection.export_document import (
    FORMAT,
    QUARANTINE,
    VERSION,
    PageRef,
    exported,
    identities,
    page_keys,
    page_refs,
    profile_row,
    quarantined_of,
    rows_of,
)
from tiktok_collector.collection.file_upload import FileUpload
from tiktok_collector.collection.manifest_document import stream_report
from tiktok_collector.collection.page_reader import PageReader, StoredPage
from tiktok_collector.collection.subject import Sections, Subject, subject_of
from tiktok_collector.deadline import Deadline
from tiktok_collector.lake.objects import MultipartUpload, ObjectStore
from tiktok_collector.lake.s3_errors import UploadLost
from tiktok_collector.pseudonyms.keys import PseudonymKeys
from tiktok_collector.pseudonyms.people import Pseudonyms, key_statement
from tiktok_collector.tasks.run import Run
from tiktok_collector.tasks.runs import RunStore
from tiktok_collector.tasks.store import TaskStore
from tiktok_collector.tasks.task import Task, TaskKind, TaskState, UploadState

# Many small pages take long to fill a part; the lease (150 s) must not run out meanwhile.
_LEASE_RENEWED_EVERY: Final = timedelta(seconds=50)


class ExportWriter:
    """Works export tasks."""

    def __init__(
        self,
        *,
        tasks: TaskStore,
        runs: RunStore,
        reader: PageReader,
        objects: ObjectStore,
        parts: MultipartUpload,
        keys: PseudonymKeys,
        clock: Clock,
        deadline: Deadline,
    ) -> None:
        self._tasks = tasks
        self._runs = runs
        self._reader = reader
        self._objects = objects
        self._parts = parts
        self._keys = keys
        self._clock = clock
        self._deadline = deadline

    def work(self, task: Task) -> TaskState:
        """Writes the export of a claimed task; returns the state it was left in.

        Raises:
            LeaseLost: another worker has the task.
            MissingResource: there is no key for pseudonyms.
            Fatal: a raw page is damaged or missing.
        """
        run = self._runs.read(task.run_id)
        tasks = list(self._tasks.of_run(task.run_id, naming.prefix(naming.subject_of(task.task_id))))
        subject = subject_of(task.spec)
        try:
            return self._write(task, run, tasks, subject)
        except UploadLost:
            task.progress.upload = None
            self._tasks.park(task, self._clock.now())
            return TaskState.PARKED

    def _write(self, task: Task, run: Run, tasks: Sequence[Task], subject: Subject) -> TaskState:
        state = msgspec.structs.replace(task.progress.upload or UploadState())
        profile, page = self._profile(tasks)
        disclosure = self._disclosure(run, state, known_names(task.spec.username, profile, run.event))
        subject = subject.named(disclosure.name)
        key = subject.export_key(run.started)
        upload = FileUpload(self._objects, self._parts, key, state)
        refs = list(page_refs(tasks, subject.sections))
        sections = _Sections(task.spec.limit, subject.sections, upload, self._reader, disclosure)
        if upload.state.next_input == 0:
            shown = exported(profile, page, disclosure) if profile and page else None
            request = disclosure.request(run.event)
            upload.write(_opening(run, request, subject.head(request, shown), disclosure))
        else:
            sections.recall(refs[: upload.state.next_input], refs[upload.state.next_input :])
        renewed = self._clock.now()
        for number in range(upload.state.next_input, len(refs)):
            sections.add(refs[number])
            if upload.part_is_full:
                upload.flush()
                upload.state.next_input = number + 1
                # A copy: what follows is in no part yet, so the checkpoint must not see it.
                task.progress.upload = msgspec.structs.replace(upload.state)
            elif self._clock.now() - renewed < _LEASE_RENEWED_EVERY and not self._deadline.passed:
                continue
            self._tasks.commit(task)
            renewed = self._clock.now()
            if self._deadline.passed:
                self._tasks.park(task, renewed)
                return TaskState.PARKED
        sections.close()
        upload.write(_closing(tasks, disclosure))
        upload.close()
        task.progress.result_key = key
        task.progress.result_rows = {**upload.state.rows, "duplicates": upload.state.duplicates}
        task.progress.result_key_id = disclosure.key_id
        task.progress.upload = None
        self._tasks.finish(task, TaskState.DONE)
        return TaskState.DONE

    def _disclosure(self, run: Run, state: UploadState, known: Sequence[str]) -> Disclosure:
        """How to name people; a file is ended with the key that it was begun with, whatever became of that since."""
        if run.event.get("identified"):
            return AsGiven()
        key = self._keys.version(state.key_version) if state.key_version else self._keys.current()
        if key is None:
            raise UploadLost(f"The key that the export of run {run.run_id} was begun with is gone; it begins again.")
        state.key_version = key.version_id
        return Pseudonymous(Pseudonyms(key), known)

    def _profile(self, tasks: Sequence[Task]) -> tuple[dict[str, Any], StoredPage] | tuple[None, None]:
        for task in tasks:
            for key in page_keys(task) if task.spec.stream == "profile" else ():
                page = self._reader.read(key)
                row = profile_row(page, task.spec.username)
                return (None, None) if row is None else (row, page)
        return None, None


class _Sections:
    """Opens and closes the sections of the document, and leaves out rows that a section has already."""

    def __init__(
        self,
        most_videos: int | None,
        sections: Sections,
        upload: FileUpload,
        reader: PageReader,
        disclosure: Disclosure,
    ) -> None:
        self._most_videos = most_videos
        self._names = [*sections, QUARANTINE]
        self._upload = upload
        self._reader = reader
        self._disclosure = disclosure
        self._scope = ""
        self._seen: set[str] = set()

    def recall(self, written: Sequence[PageRef], coming: Sequence[PageRef]) -> None:
        """After a resumption, learns again which rows of the scope under way are written already."""
        if not coming:
            return
        self._scope = coming[0].scope
        for ref in written:
            if ref.scope == self._scope and ref.section != QUARANTINE:
                self._seen.update(identities(self._reader.read(ref.key)))

    def add(self, ref: PageRef) -> None:
        """Writes the rows of one page."""
        self._open(ref.section)
        if ref.scope != self._scope:
            self._scope, self._seen = ref.scope, set()
        page = self._reader.read(ref.key)
        if ref.section == QUARANTINE:
            for row in quarantined_of(page, self._disclosure):
                self._write(row)
            return
        for identity, row in rows_of(page, self._disclosure):
            if identity and identity in self._seen:
                self._upload.state.duplicates += 1
            elif not self._enough(ref.section):
                self._seen.add(identity)
                self._write(row)

    def close(self) -> None:
        """Closes the section under way and writes the rest as empty ones."""
        self._open("")

    def _enough(self, section: str) -> bool:
        written = self._upload.state.rows.get(section, 0)
        return section == "videos" and self._most_videos is not None and written >= self._most_videos

    def _write(self, row: bytes) -> None:
        rows = self._upload.state.rows
        section = self._upload.state.section
        self._upload.write((b",\n" if rows.get(section) else b"\n") + row)
        self._upload.state.rows = {**rows, section: rows.get(section, 0) + 1}

    def _open(self, wanted: str) -> None:
        names = self._names
        state = self._upload.state
        if wanted and state.section == wanted:
            return
        first = names.index(state.section) + 1 if state.section else 0
        last = names.index(wanted) if wanted else len(names) - 1
        for name in names[first : last + 1]:
            self._upload.write((b"]" if state.section else b"") + f',\n"{name}":['.encode())
            state.section = name
        if not wanted:
            self._upload.write(b"]")


def _opening(run: Run, request: dict[str, Any], subject: dict[str, Any], disclosure: Disclosure) -> bytes:
    head: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "collector": __version__,
        **subject,
        "run_id": run.run_id,
        "started_at": run.started_at,
        "request": request,
        **key_statement(disclosure.key_id),
    }
    return msgspec.json.encode(head).removesuffix(b"}")


def _closing(tasks: Sequence[Task], disclosure: Disclosure) -> bytes:
    asked = [task for task in tasks if task.spec.kind in {TaskKind.PAGES, TaskKind.SWEEP}]
    reports = [disclosure.report(stream_report(task)) for task in asked]
    return b',\n"streams":' + msgspec.json.encode(reports) + b"}\n"
