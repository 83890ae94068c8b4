"""Long work of DuckDB: what it returns, what it raises, and Ctrl-C."""

import _thread
import signal
from collections.abc import Iterator
from threading import Timer

import duckdb
import pytest

from cli.exit_codes import ExitCode
from cli.failures import Failure
from cli.lake import lake_problems, patiently
from cli.screen import screen
from tiktok_collector.errors import InvalidRequest
from tiktok_lake.engine import EngineLimits, engine

SCREEN = screen(as_json=True)
FOREVER = "SELECT count(*) FROM range(100000000) a, range(100000000) b WHERE a.range % 7 = b.range % 11"


def test_what_the_work_returns_and_raises_comes_back() -> None:
    def fail() -> None:
        raise InvalidRequest("wrong")

    with engine() as connection:
        assert patiently(SCREEN, connection, "asking", lambda: 5) == 5
        with pytest.raises(InvalidRequest, match="wrong"):
            patiently(SCREEN, connection, "asking", fail)


@pytest.fixture
def _ctrl_c_counts() -> Iterator[None]:
    """What a shell starts in the background ignores Ctrl-C, and so do tests in it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_ctrl_c_counts")
@pytest.mark.timeout(60)
def test_ctrl_c_ends_the_query() -> None:
    with engine() as connection:
        Timer(0.3, _thread.interrupt_main).start()
        with pytest.raises(KeyboardInterrupt):
            patiently(SCREEN, connection, "asking", lambda: connection.execute(FOREVER))
        assert connection.execute("SELECT 1").fetchall() == [(1,)]


def test_too_little_memory_and_damaged_files_are_said() -> None:
    with engine(EngineLimits(10_000_000)) as connection:
        connection.execute("SET temp_directory = ''")
        with pytest.raises(Failure, match="--memory") as raised, lake_problems():
            connection.execute("SELECT list(range) FROM range(100000000)")
    assert raised.value.code is ExitCode.USAGE
    with pytest.raises(Failure, match="cannot be read") as raised, lake_problems():
        raise duckdb.InvalidInputException("no magic bytes")
    assert raised.value.code is ExitCode.INVALID
