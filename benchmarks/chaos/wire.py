"""Faults on the wire between botocore and AWS: the collector's own clients, with the retries that Lambda gives them."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from types import SimpleNamespace
from typing import Any, Final, override
from unittest.mock import patch
from zlib import crc32

from benchmarks.aws_server import AwsServer, Handler
from benchmarks.chaos.case import Case, Figures, Size
from benchmarks.chaos.play import play
from benchmarks.chaos.scene import SCENES, Scene
from benchmarks.chaos.storm import Fault, Spell, Storm, When
from benchmarks.chaos.stormy_run import LIMITS, THREADS, calm_requests, figures_of, not_stored
from benchmarks.chaos.surroundings import StormyCloud, TrueTime
from benchmarks.chaos.verdict import Verdict
from benchmarks.chaos.weathers import spells
from benchmarks.collector import sandbox_token
from benchmarks.processes import environment
from tiktok_collector.aws import dynamodb_client, s3_client

_STORMS: Final = {Size.REDUCED: 1, Size.FULL: 12}
_CUT: Final = "cut"
_HTML: Final = b"<html><body><h1>Bad gateway</h1></body></html>"
_DYNAMODB: Final = (
    Fault("ProvisionedThroughputExceededException", 400),
    Fault("ThrottlingException", 400),
    Fault("InternalServerError", 500),
    Fault("InternalServerError", 500, When.AFTER),
)
_S3: Final = (
    Fault("SlowDown", 503),
    Fault("InternalError", 500),
    Fault("InternalError", 500, When.AFTER),
    Fault("RequestTimeout", 400),
)
_BOTH: Final = (
    Fault("html", 502),
    Fault("html", 504, When.AFTER),
    Fault("reset"),
    Fault("reset", when=When.AFTER),
    Fault(_CUT, when=When.AFTER),
)


class _StormyServer(AwsServer):
    """The fakes behind a bad wire; `storm` is set once there is one."""

    storm: Storm | None = None

    def __init__(self) -> None:
        super().__init__(_StormyHandler)

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: a client that gave up is no news here."""


class _StormyHandler(Handler):
    """Answers, or loses the request, or the answer."""

    server: _StormyServer

    @override
    def do_POST(self) -> None:
        self._answer(super().do_POST)

    @override
    def do_PUT(self) -> None:
        self._answer(super().do_PUT)

    @override
    def do_HEAD(self) -> None:
        self._answer(super().do_HEAD)

    @override
    def do_GET(self) -> None:
        self._answer(super().do_GET)

    def _answer(self, ordinary: Callable[[], None]) -> None:
        storm, dynamodb = self.server.storm, "X-Amz-Target" in self.headers
        fault = storm.strikes("dynamodb" if dynamodb else "s3", {}) if storm else None
        if fault is None:
            ordinary()
            return
        came, gone = self.rfile, self.wfile
        self.rfile = BytesIO(came.read(int(self.headers.get("Content-Length", 0))))
        self.wfile = BytesIO()
        if fault.when is not When.BEFORE:
            ordinary()
        answer, self.rfile, self.wfile = self.wfile.getvalue(), came, gone
        if fault.code in {"reset", _CUT}:
            self._break_off(_half(answer) if fault.code == _CUT else b"")
        elif self.command == "HEAD":
            self._send(fault.status, b"")
        elif fault.code == "html":
            self._send(fault.status, _HTML)
        elif dynamodb:
            self._send(fault.status, f'{{"__type":"com.amazonaws.dynamodb.v20120810#{fault.code}"}}'.encode())
        else:
            self._send(fault.status, f"<Error><Code>{fault.code}</Code></Error>".encode())

    @override
    def _send(self, status: int, body: bytes, **headers: str) -> None:
        if "X-Amz-Target" in self.headers:
            headers["x-amz-crc32"] = str(crc32(body))
        super()._send(status, body, **headers)

    def _break_off(self, answer: bytes) -> None:
        self.wfile.write(answer)
        self.wfile.flush()
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_WR)


def _half(answer: bytes) -> bytes:
    """An answer's head and half of its body; nothing of one without a body.

    A head is never cut: https, unlike this wire, tells a broken connection from the end of an answer.
    """
    head, end, body = answer.partition(b"\r\n\r\n")
    return head + end + body[: len(body) // 2] if body else b""


@contextmanager
def _served() -> Iterator[_StormyServer]:
    server = _StormyServer()
    thread = threading.Thread(target=server.serve_forever, name="aws")
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _in_storm(scene: Scene, seed: int, threads: int) -> Figures:
    with scene.sandbox() as sandbox, _served() as aws:
        true, token = TrueTime(sandbox), sandbox_token(sandbox.url)
        with (
            patch.dict(os.environ, environment(aws.url, sandbox.url, (1_000, 20_000))),
            patch("botocore.endpoint.time", SimpleNamespace(sleep=true.sleep)),
        ):
            clients: list[Any] = [dynamodb_client(), s3_client()]
            storm = Storm({"dynamodb": (*_DYNAMODB, *_BOTH), "s3": (*_S3, *_BOTH)}, _weather(seed), true.now, seed=seed)
            aws.storm = storm
            stormy = StormyCloud(
                sandbox,
                dynamodb=clients[0],
                s3=clients[1],
                token=token,
                true=true,
                strikes=lambda *_: None,
                threads=threads,
            )
            invocations = play(stormy, scene.event(), is_over=lambda: storm.over)
            for client in clients:
                client.close()
        calm = StormyCloud(sandbox, dynamodb=aws.dynamodb, s3=aws.s3, token=token, true=true, strikes=lambda *_: None)
        return figures_of(
            Verdict(scene, sandbox, calm),
            calm,
            LIMITS,
            invocations,
            injected=storm.injected,
            extra_allowed=not_stored(stormy),
            requests=calm_requests(scene),
        )


def _weather(seed: int) -> list[Spell]:
    """Heavier than elsewhere: most faults are mended by botocore's own retries."""
    return [Spell(each.after, each.lasts, each.share**0.4) for each in spells(seed)]


def _run(size: Size, seed: int) -> Figures:
    return Figures.total(_in_storm(SCENES[size], seed + number, THREADS[size]) for number in range(_STORMS[size]))


CASES: Final = (
    Case("wire", "the collector's own botocore clients: 400, 500, 502, 504, 503, resets, answers cut in half", _run),
)
