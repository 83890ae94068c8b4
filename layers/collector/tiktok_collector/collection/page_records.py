"""Pure: what is written down of a request, in the envelope of its page and in the usage log."""

from datetime import timedelta

import msgspec

from tiktok_collector import __version__
from tiktok_collector.clock import iso
from tiktok_collector.http.answer import Answer
from tiktok_collector.lake.keys import SOURCE, raw_page_key
from tiktok_collector.lake.raw_pages import PageEnvelope, body_sha256
from tiktok_collector.quota.entry import Outcome, UsageEntry
from tiktok_collector.quota.families import WorkClass
from tiktok_collector.quota.reservation import Reservation
from tiktok_collector.research_api.answers import Explanation, Frame
from tiktok_collector.research_api.endpoints import Endpoint
from tiktok_collector.tasks.task import Progress, Task


def page_key(task: Task, endpoint: Endpoint) -> str:
    """The key of the task's next page, and of the pages that are stored with it."""
    return raw_page_key(
        entity=endpoint.entity,
        dt=task.spec.dt.isoformat(),
        run_id=task.run_id,
        task_id=task.task_id,
        generation=task.progress.generation,
        page=task.progress.page,
    )


def work_class_of(task: Task) -> WorkClass:
    """Whose share of the quota the task draws on."""
    return WorkClass(task.spec.work_class)


def envelope_of(
    task: Task,
    endpoint: Endpoint,
    progress: Progress,
    *,
    url: str,
    answer: Answer,
    frame: Frame,
    reservation: Reservation,
) -> PageEnvelope:
    """The envelope of the page that was asked for at `progress`."""
    return PageEnvelope(
        collector=__version__,
        source=SOURCE,
        endpoint=endpoint.name,
        entity=endpoint.entity,
        url=url,
        request=dict(answer.request),
        retrieved_at=iso(answer.sent_at + timedelta(milliseconds=answer.latency_ms)),
        run_id=task.run_id,
        task_id=task.task_id,
        generation=progress.generation,
        page=progress.page,
        request_id=reservation.request_id,
        day=reservation.day,
        family=reservation.family,
        cursor_in=progress.cursor,
        cursor_out=frame.cursor,
        search_id_in=progress.search_id,
        search_id_out=frame.search_id,
        has_more=frame.has_more,
        http_status=answer.status,
        log_id=frame.log_id,
        body_sha256=body_sha256(answer.body),
        body_bytes=len(answer.body),
        collections=task.spec.collections,
    )


def good_entry(
    task: Task, endpoint: Endpoint, reservation: Reservation, answer: Answer, frame: Frame, *, key: str | None
) -> UsageEntry:
    """The entry of a request that was answered with data; `key` is of the object that holds it."""
    said = Explanation(error_code=None, error_message=None, log_id=frame.log_id)
    entry = entry_of(task, endpoint, reservation, answer, said, outcome="ok")
    return msgspec.structs.replace(entry, records=len(frame.rows), key=key)


def entry_of(
    task: Task,
    endpoint: Endpoint,
    reservation: Reservation,
    answer: Answer | None,
    said: Explanation,
    *,
    outcome: Outcome,
) -> UsageEntry:
    """The entry of a task's request, with the answer if one came."""
    entry = reservation.entry(run_id=task.run_id, task_id=task.task_id, endpoint=endpoint.name)
    return settled(msgspec.structs.replace(entry, collections=task.spec.collections), answer, said, outcome)


def settled(entry: UsageEntry, answer: Answer | None, said: Explanation, outcome: Outcome) -> UsageEntry:
    """The entry of a request once it is known what became of it, with the answer if one came."""
    return msgspec.structs.replace(
        entry,
        sent_at=answer.sent_at if answer else entry.sent_at,
        http_status=answer.status if answer else None,
        outcome=outcome,
        error_code=said.error_code,
        error_message=said.error_message,
        log_id=said.log_id,
        latency_ms=answer.latency_ms if answer else 0,
    )
