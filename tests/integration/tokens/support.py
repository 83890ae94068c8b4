import io
import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from time import sleep
from typing import Any, Self
from urllib.parse import parse_qs

KEY = "key-of-the-client-0001"
SECRET = "secret-of-the-client-0001"


class TokenServer:
    """A token endpoint on 127.0.0.1 that counts what it is asked, and can be told what to answer.

    `accepted` are the client secrets that it takes; None: any.
    """

    def __init__(self) -> None:
        self.forms: list[dict[str, list[str]]] = []
        self.answers: list[tuple[int, bytes]] = []
        self.accepted: set[str] | None = None
        self.lifetime = 7200
        self.seconds = 0.0
        self._lock = Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def grants(self) -> int:
        return len(self.forms)

    def refuse(self, error: str, status: int = 400, description: str = "no") -> None:
        """Queue one flat error answer (API: OAuth token management)."""
        body = {"error": error, "error_description": description, "log_id": "L1"}
        self.answers.append((status, json.dumps(body).encode()))

    def answer(self, form: dict[str, list[str]]) -> tuple[int, bytes]:
        with self._lock:
            self.forms.append(form)
            number = len(self.forms)
            queued = self.answers.pop(0) if self.answers else None
        sleep(self.seconds)
        if not queued and self.accepted is not None and form["client_secret"][0] not in self.accepted:
            queued = (401, b'{"error": "invalid_client", "error_description": "Client secret is incorrect."}')
        body = {"access_token": token(number), "expires_in": self.lifetime, "token_type": "Bearer"}
        return queued or (200, json.dumps(body).encode())

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                status, body = server.answer({**form, "path": [self.path]})
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
                pass

        return Handler


def token(number: int) -> str:
    return f"clt.token-number-{number}-of-the-test"


class InProcessLambda:
    """Answers `invoke` as Lambda does, with the function in this process."""

    def __init__(self, function: Callable[[dict[str, Any], object], Any]) -> None:
        self._function = function
        self.payloads: list[bytes] = []

    def invoke(self, **request: Any) -> dict[str, Any]:
        assert request["InvocationType"] == "RequestResponse"
        try:
            payload, failed = self._function(json.loads(request["Payload"]), None), {}
        except Exception as error:  # noqa: BLE001 - as the runtime does
            payload = {"errorMessage": str(error), "errorType": type(error).__name__, "stackTrace": []}
            failed = {"FunctionError": "Unhandled"}
        text = json.dumps(payload).encode()
        self.payloads.append(text)
        return {"StatusCode": 200, "Payload": io.BytesIO(text), **failed}
