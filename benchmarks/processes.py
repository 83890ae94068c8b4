"""Processes beside a benchmark, a sandbox or the fakes of AWS in one of them, and the settings that lead there."""

import multiprocessing
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from multiprocessing.connection import Connection
from typing import Any, Final, Self

_CONTEXT: Final = multiprocessing.get_context("spawn")
NO_LIMIT: Final = 10**9
NO_LIMITS: Final[Mapping[str, Any]] = {
    "research_quota": NO_LIMIT,
    "followers_quota": NO_LIMIT,
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

    def send(self, message: object) -> None:
        """Sends it to the process."""
        self._connection.send(message)

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


def serve_aws(connection: Connection) -> None:
    """The target of a child that is the fakes of AWS behind HTTP; sends its address."""
    from benchmarks.aws_server import AwsServer  # noqa: PLC0415 - of that process alone

    server = AwsServer()
    connection.send(server.url)
    server.serve_forever()


def environment(aws: str, tiktok: str, limits: tuple[int, int]) -> dict[str, str]:
    """The environment of a collecting function between these addresses, with the limits of research and followers."""
    return {
        "AWS_ENDPOINT_URL": aws,
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "BUCKET": "bucket",
        "TASKS_TABLE": "tasks",
        "USAGE_LOG_TABLE": "usage-log",
        "ACCESS_TOKEN_SECRET": "access-token",
        "PSEUDONYM_KEY_SECRET": "pseudonym-key",
        "TOKEN_REFRESH_FUNCTION": "token-refresh",
        "RESEARCH_API_URL": tiktok,
        "RESEARCH_DAILY_LIMIT": str(limits[0]),
        "FOLLOWERS_DAILY_LIMIT": str(limits[1]),
        "TURN_OF_DAY_SECONDS": "0",
    }
