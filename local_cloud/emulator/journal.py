"""A journal of the writes to tables since the last snapshot: appended before each answer, replayed at the start."""

import base64
import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

type Handler = Callable[[str, str, dict[str, str], bytes, dict[str, Any]], Awaitable[tuple[int, Any, Any]]]

_WRITES = {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"}
_OK = 200


class Journal:
    """Numbered files in `folder`, each the writes between two snapshots, one JSON line a write."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._file = self._next().open("ab", buffering=0)

    def recording(self, handler: Handler) -> Handler:
        """`handler`, with each successful write journalled before its answer goes out."""

        async def recorded(
            method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
        ) -> tuple[int, Any, Any]:
            answer = await handler(method, path, headers, body, query)
            target = headers.get("x-amz-target", "")
            if answer[0] == _OK and target.rpartition(".")[2] in _WRITES:
                line = {"target": target, "body": base64.b64encode(body).decode()}
                self._file.write(json.dumps(line).encode() + b"\n")
            return answer

        return recorded

    def rotate(self) -> list[Path]:
        """Begins a new file; returns the older ones, to be removed once the snapshot is on disk."""
        older = self._files()
        self._file.close()
        self._file = self._next().open("ab", buffering=0)
        return older

    def close(self) -> None:
        """Ends the journal; nothing can be recorded any more."""
        self._file.close()

    async def replay(self, handler: Handler) -> int:
        """Repeats the journalled writes in their order; returns how many there were.

        They are decided by the state that the snapshot holds, as they were the first time. If the process was killed
        between a snapshot and the removal of its journal, they are counted twice, which the ledger may be but not less.
        """
        count = 0
        for line in self._lines():
            await handler("POST", "/", {"x-amz-target": line["target"]}, base64.b64decode(line["body"]), {})
            count += 1
        return count

    def _lines(self) -> Iterator[dict[str, str]]:
        for file in self._files():
            for line in file.read_bytes().splitlines():
                try:
                    yield json.loads(line)
                except ValueError:
                    return  # the last line of a killed process: its write was not answered

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("*.jsonl"))

    def _next(self) -> Path:
        numbers = [int(file.stem) for file in self._files()]
        return self._folder / f"{max(numbers, default=0) + 1:09d}.jsonl"
