"""Pure: what an export holds, section by section, from the pages of its tasks."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from tiktok_collector.collection.disclosure import Disclosure
from tiktok_collector.collection.page_reader import StoredPage
from tiktok_collector.collection.subject import Sections
from tiktok_collector.lake.keys import raw_page_key
from tiktok_collector.research_api.endpoints import ENDPOINTS
from tiktok_collector.research_api.export_rows import exportable_row, exportable_value
from tiktok_collector.tasks.task import Task, TaskKind

FORMAT: Final = "tiktok-research-collector/export"
VERSION: Final = 1

QUARANTINE: Final = "quarantine"


class PageRef(msgspec.Struct, frozen=True):
    """A stored page of an export; rows are deduplicated among the pages of one `scope`."""

    section: str
    key: str
    scope: str


def page_refs(tasks: Sequence[Task], sections: Sections) -> Iterator[PageRef]:
    """The pages of a subject in the order of its export, the quarantined rows' pages last (a second time)."""
    for section, streams in sections.items():
        for task in _with_pages(tasks, streams):
            scope = task.task_id if section == "comments" else section
            yield from (PageRef(section, key, scope) for key in page_keys(task))
    for task in tasks:
        if task.progress.counts.quarantined:
            yield from (PageRef(QUARANTINE, key, QUARANTINE) for key in page_keys(task))


def page_keys(task: Task) -> Iterator[str]:
    """The keys of all pages that the task has committed, generation by generation."""
    progress = task.progress
    generations = [*((each.number, each.pages) for each in progress.earlier), (progress.generation, progress.page - 1)]
    for generation, pages in generations:
        for page in range(1, pages + 1):
            yield raw_page_key(
                entity=ENDPOINTS[task.spec.endpoint].entity,
                dt=task.spec.dt.isoformat(),
                run_id=task.run_id,
                task_id=task.task_id,
                generation=generation,
                page=page,
            )


def good_rows(page: StoredPage) -> Iterator[dict[str, Any]]:
    """The rows that keep to their model as decoded, in the order of `page.typed.rows`."""
    broken = {quarantined.index for quarantined in page.typed.quarantined}
    for index, row in enumerate(page.frame.rows):
        if index not in broken:
            yield row


def identities(page: StoredPage) -> Iterator[str]:
    """What tells the page's good rows apart, in order; empty for rows that are never duplicates of one another."""
    for row in good_rows(page):
        yield _identity(row)


def rows_of(page: StoredPage, disclosure: Disclosure) -> Iterator[tuple[str, bytes]]:
    """The identity and the JSON of each good row: ids as strings, with its time of retrieval."""
    for row in good_rows(page):
        yield _identity(row), msgspec.json.encode(exported(row, page, disclosure))


def exported(row: dict[str, Any], page: StoredPage, disclosure: Disclosure) -> dict[str, Any]:
    """A good row of the page as an export has it."""
    shown = disclosure.row(exportable_row(row), page.envelope.entity)
    return {**shown, "_retrieved_at": page.envelope.retrieved_at}


def profile_row(page: StoredPage, username: str) -> dict[str, Any] | None:
    """The account's profile with its username, which the API does not repeat; None if it broke its model."""
    row = next(good_rows(page), None)
    return None if row is None else {"username": username, **row}


def quarantined_of(page: StoredPage, disclosure: Disclosure) -> Iterator[bytes]:
    """The JSON of each row that broke its model: where it is, why, and the row."""
    where = {"key": page.key, "page": page.envelope.page}
    for quarantined in page.typed.quarantined:
        kept = disclosure.broken(exportable_value(quarantined.row))
        entry = {**where, "index": quarantined.index, "reason": quarantined.reason, "row": kept}
        yield msgspec.json.encode(entry)


def _with_pages(tasks: Sequence[Task], streams: tuple[str, ...]) -> Iterator[Task]:
    for stream in streams:
        for task in tasks:
            if task.spec.stream == stream and task.spec.kind in {TaskKind.PAGES, TaskKind.SWEEP}:
                yield task


def _identity(row: Mapping[str, Any]) -> str:
    if "playlist_video_ids" in row:
        return ""
    return str(row.get("id") or row.get("username") or "")
