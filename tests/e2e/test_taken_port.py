"""An emulator that is not ours, on the port that was free a moment ago, is not taken for ours."""

import http.server
import threading
from pathlib import Path

import pytest
import requests

from local_cloud import ports
from local_cloud.layout import Layout, Source
from local_cloud.ministack import MiniStack
from tests.e2e.conftest import copy_the_checkout

pytestmark = pytest.mark.e2e


class Foreign(http.server.BaseHTTPRequestHandler):
    """Answers everything, as another checkout's emulator would."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1")
        self.end_headers()
        self.wfile.write(b"1")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # the base class's name
        pass


def test_a_port_that_another_emulator_has_taken_meanwhile_is_left_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free, asked = ports.is_free, list[int]()

    def free_at_first(port: int) -> bool:
        asked.append(port)
        return len(asked) == 1 or free(port)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Foreign) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setattr("local_cloud.ministack._FIRST_PORT", {Source.SANDBOX: server.server_port})
        monkeypatch.setattr(ports, "is_free", free_at_first)
        emulator = MiniStack(Layout(copy_the_checkout(tmp_path), Source.SANDBOX))
        try:
            url = emulator.start()
            assert asked[0] == server.server_port
            assert url != f"http://127.0.0.1:{server.server_port}"
            assert requests.get(f"{url}/_ministack/ready", timeout=5).ok
        finally:
            emulator.stop()
            server.shutdown()
