"""A server on 127.0.0.1 that answers as each test says, down to the bytes on the wire."""

import contextlib
import socketserver
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import Message
from http.client import parse_headers
from typing import BinaryIO, cast

import pytest

from tiktok_collector.clock import SystemClock
from tiktok_collector.research_api.client import ResearchApiClient

Script = Callable[[BinaryIO], None]


@dataclass
class Received:
    line: str
    headers: Message
    body: bytes
    connection: int


@dataclass
class WireServer:
    """Keeps what it received, and answers with `script` (by default an empty page)."""

    url: str = ""
    script: Script = field(default=lambda wire: send(wire, 200, b'{"data":{},"error":{"code":"ok"}}'))
    received: list[Received] = field(default_factory=list)


def send(wire: BinaryIO, status: int, body: bytes, **headers: str) -> None:
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    wire.write("\r\n".join([*lines, "", ""]).encode() + body)
    wire.flush()


@pytest.fixture
def server() -> Iterator[WireServer]:
    state = WireServer()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            # A script hangs up by raising it; a client that timed out causes it.
            with contextlib.suppress(ConnectionError):
                while line := self.rfile.readline().decode().strip():
                    headers = parse_headers(self.rfile)
                    body = self.rfile.read(int(headers.get("Content-Length", "0")))
                    state.received.append(Received(line, headers, body, self.client_address[1]))
                    state.script(cast("BinaryIO", self.wfile))

        def finish(self) -> None:
            with contextlib.suppress(ConnectionError):
                super().finish()

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

    with Server(("127.0.0.1", 0), Handler) as tcp:
        state.url = f"http://127.0.0.1:{tcp.server_address[1]}"
        thread = threading.Thread(target=tcp.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield state
        tcp.shutdown()
        thread.join(timeout=5)


@pytest.fixture
def client(server: WireServer) -> Iterator[ResearchApiClient]:
    with ResearchApiClient(server.url, SystemClock()) as made:
        yield made
