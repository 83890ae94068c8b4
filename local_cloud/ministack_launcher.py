"""Serves MiniStack on 127.0.0.1 and keeps its state on disk while it runs.

Run by MiniStack's own interpreter, so it imports nothing of this project. MiniStack itself writes its state at an
orderly stop only, and a killed process would take the tables back to the last one. This launcher writes it every few
seconds when something was written, and on `POST /_local/save`, which answers once the state is on disk.
"""

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

# These belong to MiniStack's environment, where this file runs.
from hypercorn.asyncio import serve  # type: ignore[import-not-found]
from hypercorn.config import Config  # type: ignore[import-not-found]
from ministack import app as ministack  # type: ignore[import-not-found]
from ministack.core.persistence import save_all  # type: ignore[import-not-found]

SAVE_PATH = "/_local/save"
_INTERVAL_SECONDS = 2.0
# A snapshot copies the tables on the event loop: it may take this share of the time at most.
_MOST_OF_THE_TIME = 0.05

type Scope = dict[str, Any]
type Receive = Callable[[], Awaitable[dict[str, Any]]]
type Send = Callable[[dict[str, Any]], Awaitable[None]]


class SavingApp:
    """MiniStack's ASGI application with a route that saves, and a note of whether anything was written since."""

    def __init__(self) -> None:
        self._changed = False
        self._cost = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers the save route; passes everything else on."""
        if scope["type"] == "http" and scope["path"] == SAVE_PATH:
            self.save()
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"saved"})
            return
        if scope["type"] == "http" and scope["method"] not in {"GET", "HEAD"}:
            self._changed = True
        await ministack.app(scope, receive, send)

    def save(self) -> None:
        """Writes every service's state; each file is replaced whole."""
        started = time.monotonic()
        self._changed = False
        save_all(ministack._build_persistence_save_dict())  # noqa: SLF001 # MiniStack's only way to its state, version locked
        self._cost = time.monotonic() - started

    async def save_for_ever(self) -> None:
        """Saves every few seconds while there is something new, more rarely as the state grows."""
        while True:
            await asyncio.sleep(max(_INTERVAL_SECONDS, self._cost / _MOST_OF_THE_TIME))
            if self._changed:
                self.save()


async def main() -> None:
    """Serves until SIGTERM or SIGINT."""
    config = Config()
    config.bind = [f"127.0.0.1:{os.environ['GATEWAY_PORT']}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 2
    config.loglevel = "WARNING"
    app = SavingApp()
    saving = asyncio.create_task(app.save_for_ever())
    await serve(app, config)
    saving.cancel()


if __name__ == "__main__":
    asyncio.run(main())
    # Functions that are still running hold threads that would keep the process; their work is resumable.
    sys.stdout.flush()
    os._exit(0)
