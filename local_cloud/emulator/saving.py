"""MiniStack's ASGI application, with its state written while it runs and on `POST /_local/save`."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

# These belong to MiniStack's environment, where this file runs.
from ministack import app as ministack  # type: ignore[import-not-found]
from ministack.core.persistence import save_all  # type: ignore[import-not-found]
from ministack.services import dynamodb  # type: ignore[import-not-found]

from local_cloud.emulator.journal import Journal

SAVE_PATH = "/_local/save"
PID_PATH = "/_local/pid"
_INTERVAL_SECONDS = 5.0
_LAST = ("cloudformation",)
# A snapshot copies the tables on the event loop: it may take this share of the time at most.
_MOST_OF_THE_TIME = 0.05

type Scope = dict[str, Any]
type Receive = Callable[[], Awaitable[dict[str, Any]]]
type Send = Callable[[dict[str, Any]], Awaitable[None]]


class SavingApp:
    """MiniStack with a route that saves, one that says which process answers, and a note of what is not saved yet."""

    def __init__(self) -> None:
        self._changed = False
        self._cost = 0.0
        self._journal = Journal(Path(os.environ["STATE_DIR"]) / "journal")
        self._ready = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers these two routes; passes everything else on."""
        if scope["type"] == "lifespan":
            await ministack.app(scope, receive, send)
            return
        if not self._ready:
            await self._recover()
        if scope["type"] == "http" and scope["path"] == SAVE_PATH:
            self.save()
            await _say(send, "saved")
            return
        if scope["type"] == "http" and scope["path"] == PID_PATH:
            await _say(send, str(os.getpid()))
            return
        if scope["type"] == "http" and scope["method"] not in {"GET", "HEAD"}:
            self._changed = True
        await ministack.app(scope, receive, send)

    async def _recover(self) -> None:
        """Before the first request: what was written after the last snapshot is written again."""
        self._ready = True
        if await self._journal.replay(dynamodb.handle_request):
            self.save()
        dynamodb.handle_request = self._journal.recording(dynamodb.handle_request)

    def save(self) -> None:
        """Writes every service's state; each file is replaced whole."""
        started = time.monotonic()
        self._changed = False
        older = self._journal.rotate()
        states = ministack._build_persistence_save_dict()  # noqa: SLF001 # the only way to its state; version locked
        # The stack comes last: a process killed halfway must not leave a stack without its resources.
        stacks = {name: states.pop(name) for name in _LAST if name in states}
        save_all(states)
        save_all(stacks)
        for file in older:
            file.unlink(missing_ok=True)
        self._cost = time.monotonic() - started

    async def save_for_ever(self) -> None:
        """Saves every few seconds while there is something new, more rarely as the state grows."""
        while True:
            await asyncio.sleep(max(_INTERVAL_SECONDS, self._cost / _MOST_OF_THE_TIME))
            if self._changed:
                self.save()


async def _say(send: Send, text: str) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": text.encode()})
