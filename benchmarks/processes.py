"""Processes beside a benchmark, and a sandbox in one of them."""

import multiprocessing
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from multiprocessing.connection import Connection
from typing import Any, Final, Self

_CONTEXT: Final = multiprocessing.get_context("spawn")
NO_LIMITS: Final[Mapping[str, Any]] = {
    "research_quota": 10**9,
    "followers_quota": 10**9,
    "followers_cap": None,
    "archive_lag_scale": 0,
}


class Child:
    """A process that runs `target(connection, *args)` and ends with the block."""

    def __init__(self, target: Callable[..., None], *args: object) -> None:
        self._connection, self._theirs = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=target, args=(self._theirs, *args), daemon=True)

    def __enter__(self) -> Self:
        self._process.start()
        self._theirs.close()  # so that the end of the process is the end of the pipe
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.join()

    def receive(self) -> Any:
        """What the process sends.

        Raises:
            RuntimeError: it ended without a word; its standard error says why.
        """
        try:
            return self._connection.recv()
        except EOFError as error:
            raise RuntimeError("A process of the benchmark ended before its time.") from error


def last_day() -> date:
    """The newest day that an event may ask for without a warning; the sandboxes' worlds end with it."""
    return datetime.now(tz=UTC).date() - timedelta(days=3)


def serve_tiktok(
    connection: Connection, accounts: list[Mapping[str, Any]], days: int, settings: Mapping[str, Any]
) -> None:
    """The target of a child that is a sandbox with these accounts (fields of `AccountSpec`); sends its address."""
    from sandbox.testing import SandboxServer  # noqa: PLC0415 - of that process alone
    from sandbox.world import AccountSpec, World  # noqa: PLC0415

    world = World.generate(
        accounts=1,
        videos=1,
        days=days,
        end=last_day() + timedelta(days=1),
        specs=[AccountSpec(days=days, **account) for account in accounts],
    )
    with SandboxServer(world, settings={**NO_LIMITS, **settings}) as server:
        connection.send(server.url)
        threading.Event().wait()
