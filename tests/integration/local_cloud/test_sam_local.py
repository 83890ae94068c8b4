"""What stands between `make sam-local` and the SAM CLI: the way into this machine, and the sentences."""

import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from local_cloud.container_door import open_door, ways_in
from local_cloud.container_engine import NO_ENGINE, find_engine
from local_cloud.errors import LocalCloudError
from local_cloud.layout import Layout, Source
from local_cloud.relay.inside import Relay
from local_cloud.sam_local import SamLocal


@pytest.fixture
def port() -> Iterator[int]:
    """Of a server on 127.0.0.1 that answers what it is sent, once it was sent all of it."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def echo() -> None:
            visitor, _ = server.accept()
            with visitor:
                heard = b"".join(iter(lambda: visitor.recv(65_536), b""))
                visitor.sendall(heard)

        threading.Thread(target=echo, daemon=True).start()
        yield server.getsockname()[1]


@pytest.fixture
def folder() -> Iterator[Path]:
    """With a path that is short enough for a socket's."""
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


@contextmanager
def relay(way_out: Path) -> Iterator[int]:
    """What runs in a container, run here; yields its port."""
    with Relay(("127.0.0.1", 0), way_out) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def said_through(port: int, text: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as container:
        container.sendall(text)
        container.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: container.recv(65_536), b""))


def test_a_container_reaches_the_server_and_hears_all_of_its_answer(port: int, folder: Path) -> None:
    text = b"a page of videos" * 100_000
    with ways_in(folder, [port]), relay(folder / str(port)) as outside:
        assert said_through(outside, text) == text


def test_whoever_asks_for_a_port_that_is_not_open_hears_nothing(port: int, folder: Path) -> None:
    with ways_in(folder, [port]), relay(folder / str(port + 1)) as outside:
        assert said_through(outside, b"") == b""


def test_afterwards_the_door_is_shut(port: int, folder: Path) -> None:
    with ways_in(folder, [port]):
        pass
    with relay(folder / str(port)) as outside:
        assert said_through(outside, b"") == b""


def test_a_relay_that_does_not_start_is_one_sentence(layout: Layout, port: int) -> None:
    python = layout.sam.with_name("python")
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\necho 'invalid mount config' >&2\nexit 1\n")
    python.chmod(0o755)
    with pytest.raises(LocalCloudError, match="SAM_LOCAL_HOST") as refused, open_door(layout, {}, [port]):
        pass
    assert "invalid mount config" in str(refused.value)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path, Source.SANDBOX)


@pytest.mark.parametrize(("arguments", "named"), [([], "nothing"), (["start-api"], "start-api")])
def test_only_what_has_a_function_is_run(layout: Layout, arguments: list[str], named: str) -> None:
    with pytest.raises(LocalCloudError, match=f"is given {named}:"):
        SamLocal(layout, {}).run(arguments)


def test_without_a_local_cloud_it_says_what_starts_one(layout: Layout) -> None:
    for asked in (lambda: SamLocal(layout, {}).run(["invoke"]), SamLocal(layout, {}).write_env_file):
        with pytest.raises(LocalCloudError, match="`make run` starts it"):
            asked()


def test_without_an_engine_there_is_one_sentence(layout: Layout) -> None:
    """The library that asks is the SAM CLI's, which is not installed here: its silence is played."""
    python = layout.sam.with_name("python")
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\nexit 3\n")
    python.chmod(0o755)
    with pytest.raises(LocalCloudError) as refused:
        find_engine(layout, {})
    assert str(refused.value) == NO_ENGINE
