"""Lets Lambda containers reach servers that listen on 127.0.0.1 only, and opens no port to anybody else.

A container's 127.0.0.1 is the container. Beside the functions runs one more container, the relay (relay/); it hands on
what they send through sockets in a folder that it shares with this machine, and from there it goes to 127.0.0.1.
"""

import contextlib
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Address
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingUnixStreamServer

from local_cloud.environment import architecture
from local_cloud.errors import LocalCloudError
from local_cloud.layout import Layout
from local_cloud.relay.inside import pass_on

_POLL_SECONDS = 0.05


@contextlib.contextmanager
def open_door(layout: Layout, environment: Mapping[str, str], ports: Iterable[int]) -> Iterator[IPv4Address]:
    """The address at which containers find `ports` of this machine's 127.0.0.1, while the door is open.

    Raises:
        LocalCloudError: the engine does not run the relay, or the relay does not reach this machine.
    """
    # The path of a socket is a hundred characters at most, so it is not below the checkout.
    with (
        tempfile.TemporaryDirectory() as folder,
        ways_in(Path(folder), ports),
        _relay(layout, environment, folder) as host,
    ):
        yield host


@contextlib.contextmanager
def ways_in(folder: Path, ports: Iterable[int]) -> Iterator[None]:
    """While they are open, the socket `<port>` in `folder` leads to that port of 127.0.0.1."""
    with contextlib.ExitStack() as open_ways:
        for port in sorted(ports):
            way_in = open_ways.enter_context(_WayIn(folder, port))
            threading.Thread(target=way_in.serve_forever, args=(_POLL_SECONDS,), daemon=True).start()
            open_ways.callback(way_in.shutdown)
        yield


class _WayIn(ThreadingUnixStreamServer):
    daemon_threads = True

    def __init__(self, folder: Path, port: int) -> None:
        self.port = port
        super().__init__(str(folder / str(port)), _Visit)


class _Visit(BaseRequestHandler):
    server: _WayIn

    def handle(self) -> None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.server.port)) as inside:
            pass_on(self.request, inside)


@contextlib.contextmanager
def _relay(layout: Layout, environment: Mapping[str, str], folder: str) -> Iterator[IPv4Address]:
    python = str(layout.sam.with_name("python"))
    ports = sorted(path.name for path in Path(folder).iterdir())
    with subprocess.Popen(  # noqa: S603 # our own program
        [python, "-m", "local_cloud.relay", architecture(), folder, *ports],
        cwd=layout.root,
        env={**environment},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None  # noqa: S101 # a pipe, as asked for
        address = child.stdout.readline().strip()
        if not address:
            _, said = child.communicate()
            raise LocalCloudError(
                f"The containers' way to this machine cannot be opened ({said.strip()[-300:]}). If the engine runs in "
                "a machine of its own, as Docker Desktop's does, name the IP address at which its containers reach "
                "this one, as in SAM_LOCAL_HOST=192.168.65.254."
            )
        try:
            yield IPv4Address(address)
        finally:
            child.communicate()
