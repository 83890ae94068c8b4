"""What a server may do to a client: redirects, cookies, bodies without end, numbers and tokens that are none."""

import gzip
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

import pytest
from pydantic import SecretStr

from tests.integration.research_api.conftest import WireServer, send, server
from tests.integration.tokens.support import TokenServer
from tiktok_collector.clock import SystemClock
from tiktok_collector.errors import CollectorError, Retriable, TokenUnavailable
from tiktok_collector.http.answer import Answer
from tiktok_collector.http.client import MAX_BODY_BYTES, HttpClient
from tiktok_collector.http.json_body import MOST_VALUES, NotJson, decode_body
from tiktok_collector.tokens.client_versions import ClientCredentials
from tiktok_collector.tokens.grant import Granted, TokenEndpoint

__all__ = ["server"]

CREDENTIALS = ClientCredentials(SecretStr("key"), SecretStr("secret"))


def ask(url: str) -> Answer:
    with HttpClient(SystemClock(), setting="X_URL") as client:
        return client.send("GET", url, auth=lambda request: request, timeout_seconds=10)


@pytest.mark.parametrize(
    "location", ["http://[::1", "http://\udcff/", "//", "\x01", "http://a:99999999999/", "javascript:x", "/" * 30_000]
)
def test_a_redirect_that_leads_nowhere_is_an_answer_like_others(server: WireServer, location: str) -> None:
    def redirect(wire: BinaryIO) -> None:
        head = f"HTTP/1.1 302 X\r\nContent-Length: 4\r\nLocation: {location}\r\n\r\nbody"
        wire.write(head.encode(errors="surrogateescape"))
        wire.flush()

    server.script = redirect
    answer = ask(server.url)
    assert (answer.status, answer.body) == (302, b"body")


def test_the_body_of_a_redirect_is_bounded_like_any(server: WireServer) -> None:
    bomb = gzip.compress(bytes(MAX_BODY_BYTES + 1), 9)
    server.script = lambda wire: send(wire, 301, bomb, Content_Encoding="gzip", Location="/")
    with pytest.raises(Retriable, match=f"answered HTTP 301 with more than {MAX_BODY_BYTES} bytes"):
        ask(server.url)


def test_a_body_that_was_compressed_twice_is_bounded_too(server: WireServer) -> None:
    bomb = gzip.compress(gzip.compress(bytes(MAX_BODY_BYTES + 1), 9), 9)
    server.script = lambda wire: send(wire, 200, bomb, Content_Encoding="gzip, gzip")
    with pytest.raises(Retriable, match="more than"):
        ask(server.url)


def test_cookies_are_not_kept(server: WireServer) -> None:
    server.script = lambda wire: send(wire, 200, b"", Set_Cookie="a=" + "x" * 3_000)
    with HttpClient(SystemClock(), setting="X_URL") as client:
        for _ in range(2):
            client.send("GET", server.url, auth=lambda request: request, timeout_seconds=10)
    assert [got.headers["Cookie"] for got in server.received] == [None, None]


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 99999999999 X\r\n\r\n",
        b"HTTP/1.1 200 X\r\nA: " + b"a" * 200_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 X\r\n" + b"A: a\r\n" * 500 + b"\r\n",
        b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n" + b"F" * 60 + b"\r\n",
        b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n5;" + b"a" * 200_000 + b"\r\n",
        b"HTTP/1.1 200 X\r\nContent-Encoding: " + b", ".join([b"gzip"] * 40) + b"\r\nContent-Length: 3\r\n\r\nabc",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 200,
    ],
    ids=["status", "header", "headers", "chunk", "chunk extension", "encodings", "continue"],
)
def test_what_is_no_http_is_a_typed_error(server: WireServer, head: bytes) -> None:
    def script(wire: BinaryIO) -> None:
        wire.write(head)
        wire.flush()
        raise ConnectionError

    server.script = script
    with pytest.raises(Retriable) as caught:
        ask(server.url)
    assert len(str(caught.value)) < 500


def test_json_of_too_many_values_is_not_decoded() -> None:
    with pytest.raises(NotJson, match=f"more than {MOST_VALUES} values"):
        decode_body(b"[" + b"[]," * MOST_VALUES + b"[]]")
    assert decode_body(b'["' + b"a b " * MOST_VALUES + b'"]')


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_a_word_that_is_no_number_costs_its_row_and_not_its_page(word: str) -> None:
    assert decode_body(f'[{{"id":{word}}},{{"id":{2**63}}}]'.encode()) == [{"id": word}, {"id": 2**63}]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "cp037"])
def test_json_in_another_encoding_is_no_json(encoding: str) -> None:
    with pytest.raises(NotJson):
        decode_body('{"a": "é+"}'.encode(encoding))


@pytest.fixture
def tokens() -> Iterator[TokenServer]:
    with TokenServer() as running:
        yield running


class NoTime:
    now = SystemClock().now

    def sleep(self, _: float) -> None:
        """Passes at once."""


def granted(tokens: TokenServer, answer: bytes) -> Granted:
    tokens.answers = [(200, answer)] * 2
    return TokenEndpoint(tokens.url, NoTime()).grant(CREDENTIALS)


@pytest.mark.parametrize("lifetime", [2**40, 10**18, 10**300])
def test_a_token_is_not_believed_to_live_for_ever(tokens: TokenServer, lifetime: int) -> None:
    answer = json.dumps({"access_token": "clt.1", "expires_in": lifetime}).encode()
    assert granted(tokens, answer).lifetime.days == 30


@pytest.mark.parametrize(
    "answer",
    [
        b" " * 70_000 + b'{"access_token":"clt.1","expires_in":7200}',
        b'{"access_token":"a\\r\\nX-Evil: 1","expires_in":7200}',
        b'{"access_token":"' + b"a" * 9_000 + b'","expires_in":7200}',
        '{"access_token":"clt.\u202e","expires_in":7200}'.encode(),
        b'{"access_token":"\\ud800","expires_in":7200}',
        b'{"access_token":"clt.1","expires_in":NaN}',
        b'{"access_token":"clt.1","expires_in":-1}',
        b'{"access_token":' + b"[" * 50_000,
        b"[" * 50_000,
        b"\xff\xfe{\x00",
        b'{"error":' + b"[" * 500 + b"]" * 500 + b"}",
        b'{"error":"' + b"x" * 60_000 + b'","error_description":"a\\nb\\u001b[2J"}',
    ],
)
def test_what_is_no_token_is_asked_for_again_and_then_a_sentence(tokens: TokenServer, answer: bytes) -> None:
    with pytest.raises(TokenUnavailable) as caught:
        granted(tokens, answer)
    assert len(str(caught.value)) < 1_000
    assert "\n" not in str(caught.value)
    assert tokens.grants == 2


@pytest.mark.parametrize("location", ["http://[::1", "/"])
def test_the_token_endpoint_is_not_left(server: WireServer, location: str) -> None:
    server.script = lambda wire: send(wire, 302, b"", Location=location)
    clock: Any = NoTime()
    with pytest.raises(CollectorError, match="answered 302"):
        TokenEndpoint(server.url, clock).grant(CREDENTIALS)
    assert {got.line.split()[1] for got in server.received} == {"/v2/oauth/token/"}
