import asyncio
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from local_cloud.emulator.journal import Journal


class Table:
    """A handler like the emulator's: adds a number on UpdateItem, refuses what is not positive."""

    def __init__(self) -> None:
        self.total = 0

    async def handle(
        self, _method: str, _path: str, headers: dict[str, str], body: bytes, _query: dict[str, Any]
    ) -> tuple[int, Any, Any]:
        number = json.loads(body)["n"]
        if headers["x-amz-target"].endswith("GetItem"):
            return 200, {}, str(self.total)
        if number <= 0:
            return 400, {}, "refused"
        self.total += number
        return 200, {}, "ok"


def send(journal: Journal, table: Table, action: str, number: int) -> int:
    handler = journal.recording(table.handle)
    body = json.dumps({"n": number}).encode()
    answer = asyncio.run(_call(handler, action, body))
    return answer[0]


async def _call(handler: Any, action: str, body: bytes) -> tuple[int, Any, Any]:
    answer: tuple[int, Any, Any] = await handler("POST", "/", {"x-amz-target": f"DynamoDB_20120810.{action}"}, body, {})
    return answer


def replayed(folder: Path) -> tuple[int, int]:
    table = Table()
    with closing(Journal(folder)) as journal:
        return asyncio.run(journal.replay(table.handle)), table.total


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with closing(Journal(tmp_path)) as each:
        yield each


def test_writes_that_were_answered_are_repeated_after_a_kill(journal: Journal, tmp_path: Path) -> None:
    table = Table()
    assert send(journal, table, "UpdateItem", 3) == 200
    assert send(journal, table, "PutItem", 4) == 200
    assert replayed(tmp_path) == (2, 7)


def test_reads_and_refused_writes_are_not_journalled(journal: Journal, tmp_path: Path) -> None:
    table = Table()
    send(journal, table, "GetItem", 1)
    assert send(journal, table, "UpdateItem", -1) == 400
    assert replayed(tmp_path) == (0, 0)


def test_a_snapshot_ends_a_journal_and_the_next_one_goes_on(journal: Journal, tmp_path: Path) -> None:
    table = Table()
    send(journal, table, "UpdateItem", 3)
    older = journal.rotate()
    send(journal, table, "UpdateItem", 5)
    assert replayed(tmp_path) == (2, 8)
    for file in older:
        file.unlink()
    assert replayed(tmp_path) == (1, 5)


def test_a_torn_last_line_is_left_out(journal: Journal, tmp_path: Path) -> None:
    table = Table()
    send(journal, table, "UpdateItem", 3)
    (file,) = [each for each in tmp_path.iterdir() if each.stat().st_size]
    with file.open("ab") as torn:
        torn.write(b'{"target": "DynamoDB_20120810.Upd')
    assert replayed(tmp_path) == (1, 3)
