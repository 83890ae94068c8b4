"""Lets the containers of one bridge, and nobody else, reach servers that listen on 127.0.0.1 only."""

import contextlib
import errno
import socket
import threading
from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any

from local_cloud.container_engine import Bridge
from local_cloud.errors import LocalCloudError

_CHUNK = 65_536
_POLL_SECONDS = 0.05


@contextlib.contextmanager
def open_door(bridge: Bridge, ports: Iterable[int]) -> Iterator[None]:
    """While it is open, each of `ports` on the bridge's gateway leads to the same port of 127.0.0.1.

    Raises:
        LocalCloudError: the gateway is not an address of this machine, or a port of it is taken.
    """
    with contextlib.ExitStack() as open_doors:
        for port in sorted(ports):
            door = open_doors.enter_context(_opened(bridge, port))
            threading.Thread(target=door.serve_forever, args=(_POLL_SECONDS,), daemon=True).start()
            open_doors.callback(door.shutdown)
        yield


def _opened(bridge: Bridge, port: int) -> "_Door":
    try:
        return _Door(bridge, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise LocalCloudError(
                f"Port {port} of {bridge.gateway} is taken, by another `make sam-local` perhaps: end it and try again."
            ) from error
        raise LocalCloudError(
            f"The containers' way to port {port} of this machine cannot be opened at {bridge.gateway} "
            f"({error.strerror}). If the engine runs in a machine of its own, as Docker Desktop's does, name the IP "
            "address at which its containers reach this one, as in SAM_LOCAL_HOST=192.168.65.254."
        ) from error


class _Door(ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, bridge: Bridge, port: int) -> None:
        self._bridge = bridge
        super().__init__((str(bridge.gateway), port), _Visit)

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ARG002 # socketserver's signature
        """Whether the visitor is a container: a bridge's address is not hidden from the network around the machine."""
        return ip_address(client_address[0]) in self._bridge.subnet


class _Visit(BaseRequestHandler):
    def handle(self) -> None:
        outside: socket.socket = self.request
        _, port = outside.getsockname()
        # Either side may be gone, and the other then sees its connection end, as it would without a door.
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)) as inside:
            inward = threading.Thread(target=_carry, args=(outside, inside), daemon=True)
            inward.start()
            _carry(inside, outside)
            inward.join()


def _carry(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while chunk := source.recv(_CHUNK):
            target.sendall(chunk)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
