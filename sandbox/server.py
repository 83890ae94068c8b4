"""uvicorn on 127.0.0.1, with connections that can be cut."""

import asyncio
import socket
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from sandbox.api.app import CONNECTION, make_app
from sandbox.api.service import Service

HOST = "127.0.0.1"


class CuttableProtocol(H11Protocol):
    """HTTP/1.1 whose requests know their connection, so that a fault can close it without an answer."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Hand the transport to the application with every request."""
        super().connection_made(transport)
        app = self.app

        async def with_connection(scope: Any, receive: Any, send: Any) -> None:
            scope.setdefault("extensions", {})[CONNECTION] = transport
            await app(scope, receive, send)

        self.app = with_connection


def make_server(service: Service) -> uvicorn.Server:
    """Return a server that is not running yet; give it a bound socket."""
    config = uvicorn.Config(
        make_app(service), host=HOST, http=CuttableProtocol, ws="none", lifespan="off", log_level="critical",
        access_log=False, timeout_graceful_shutdown=1, timeout_keep_alive=120,
    )  # fmt: skip
    return uvicorn.Server(config)


def bound_socket(port: int) -> socket.socket:
    """Return a socket listening on 127.0.0.1; port 0 picks a free one.

    Raises:
        OSError: The port is taken.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(128)  # a client that is early waits in the backlog instead of being refused
    except OSError:
        listener.close()
        raise
    return listener
