"""Runs alone in a container: what comes to a port of its own address goes through the socket of that name in a folder.

It may import nothing but Python's own library.
"""

import contextlib
import socket
import sys
import threading
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer

READY = "ready"
_CHUNK = 65_536
_POLL_SECONDS = 0.05


class Relay(ThreadingTCPServer):
    """Listens at `address` and passes every connection on to the socket `way_out`."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], way_out: Path) -> None:
        self.way_out = way_out
        super().__init__(address, _Visit)


class _Visit(BaseRequestHandler):
    server: Relay

    def handle(self) -> None:
        # Either side may be gone, and the other then sees its connection end, as it would without a relay.
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as way_out:
            way_out.connect(str(self.server.way_out))
            pass_on(self.request, way_out)


def pass_on(one: socket.socket, other: socket.socket) -> None:
    """Carries what either side says to the other until both have said all."""
    there = threading.Thread(target=_carry, args=(one, other), daemon=True)
    there.start()
    _carry(other, one)
    there.join()


def _carry(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while chunk := source.recv(_CHUNK):
            target.sendall(chunk)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def main(folder: str, *ports: str) -> None:
    """Relays each of `ports` until the container is removed."""
    here = socket.gethostbyname(socket.gethostname())
    for port in ports:
        relay = Relay((here, int(port)), Path(folder) / port)
        threading.Thread(target=relay.serve_forever, args=(_POLL_SECONDS,)).start()
    print(READY, flush=True)  # noqa: T201 # whoever started the container waits for it


if __name__ == "__main__":
    main(*sys.argv[1:])
