"""What stands between `make sam-local` and the SAM CLI: the way into this machine, and the sentences."""

import contextlib
import socket
import sys
import threading
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest

from local_cloud.container_door import open_door
from local_cloud.container_engine import NO_ENGINE, Bridge, bridge_of
from local_cloud.errors import LocalCloudError
from local_cloud.layout import Layout, Source
from local_cloud.sam_local import SamLocal

pytestmark = pytest.mark.skipif(sys.platform == "darwin", reason="macOS has one loopback address only")

# The loopback network stands in for a bridge: its second address leads here, too.
GATEWAY = IPv4Address("127.0.0.2")
HERE = Bridge(GATEWAY, IPv4Network("127.0.0.0/8"))
ELSEWHERE = Bridge(GATEWAY, IPv4Network("172.17.0.0/16"))
NOT_OURS = Bridge(IPv4Address("192.0.2.1"), IPv4Network("192.0.2.0/24"))


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


def said_through(port: int, text: bytes) -> bytes:
    with socket.create_connection((str(GATEWAY), port), timeout=10) as door:
        door.sendall(text)
        door.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: door.recv(65_536), b""))


def test_a_container_reaches_the_server_and_hears_all_of_its_answer(port: int) -> None:
    text = b"a page of videos" * 100_000
    with open_door(HERE, [port]):
        assert said_through(port, text) == text


def test_whoever_is_not_of_the_bridge_is_not_let_in(port: int) -> None:
    # It may be closed before it was asked.
    with open_door(ELSEWHERE, [port]), contextlib.suppress(ConnectionError):
        assert said_through(port, b"who is there?") == b""


def test_afterwards_the_door_is_shut(port: int) -> None:
    with open_door(HERE, [port]):
        pass
    with pytest.raises(ConnectionRefusedError):
        said_through(port, b"too late")


def test_a_second_door_is_one_sentence(port: int) -> None:
    with (
        open_door(HERE, [port]),
        pytest.raises(LocalCloudError, match="another `make sam-local`"),
        open_door(HERE, [port]),
    ):
        pass


def test_an_engine_in_another_machine_is_one_sentence(port: int) -> None:
    with pytest.raises(LocalCloudError, match="SAM_LOCAL_HOST") as refused, open_door(NOT_OURS, [port]):
        pass
    assert "192.0.2.1" in str(refused.value)


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
        bridge_of(layout, {})
    assert str(refused.value) == NO_ENGINE
