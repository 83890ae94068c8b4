"""The client on the wire."""

import gzip
import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import BinaryIO, NoReturn

import pytest
from pydantic import SecretStr

from tests.integration.research_api.conftest import WireServer, send
from tiktok_collector import __version__
from tiktok_collector.clock import SystemClock
from tiktok_collector.errors import Fatal, InvalidRequest, Retriable, Unreachable
from tiktok_collector.http.answer import Answer
from tiktok_collector.research_api.client import ResearchApiClient
from tiktok_collector.research_api.endpoints import ENDPOINTS, Endpoint

QUERY = ENDPOINTS["video_query"]
TOKEN = SecretStr("clt.2.example")
PAGE = b'{"data":{"videos":[{"id":7320768196569599275}]},"error":{"code":"ok"}}'


def ask(client: ResearchApiClient, endpoint: Endpoint = QUERY, *, timeout: float = 5) -> Answer:
    return client.send(endpoint, {"max_count": 100, "cursor": 2**53 + 1}, TOKEN, timeout_seconds=timeout)


def test_what_is_sent(server: WireServer, client: ResearchApiClient) -> None:
    ask(client)
    [got] = server.received
    fields = ",".join(QUERY.fields)
    assert got.line == f"POST /v2/research/video/query/?fields={fields} HTTP/1.1"
    assert json.loads(got.body) == {"max_count": 100, "cursor": 9_007_199_254_740_993}
    assert got.headers["Authorization"] == "Bearer clt.2.example"
    assert got.headers["Content-Type"] == "application/json"
    assert got.headers["User-Agent"] == f"tiktok-research-collector/{__version__}"
    assert got.headers["Accept-Encoding"] == "gzip"
    assert not [name for name in got.headers if name.lower().startswith("x-")]


def test_followers_take_no_fields(server: WireServer, client: ResearchApiClient) -> None:
    ask(client, ENDPOINTS["user_followers"])
    assert server.received[0].line == "POST /v2/research/user/followers/ HTTP/1.1"


def test_what_comes_back(server: WireServer, client: ResearchApiClient) -> None:
    server.script = lambda wire: send(wire, 429, PAGE, Retry_After="7", X_Tt_Logid="L")
    before = datetime.now(tz=UTC)
    answer = ask(client)
    assert (answer.status, answer.body, answer.retry_after) == (429, PAGE, timedelta(seconds=7))
    assert answer.headers["x-tt-logid"] == "L"
    assert before <= answer.sent_at <= datetime.now(tz=UTC)
    assert 0 <= answer.latency_ms < 5_000
    assert answer.request == {"max_count": 100, "cursor": 9_007_199_254_740_993}


def test_a_compressed_body_is_decompressed(server: WireServer, client: ResearchApiClient) -> None:
    body = PAGE * 10_000
    server.script = lambda wire: send(wire, 200, gzip.compress(body), Content_Encoding="gzip")
    assert ask(client).body == body


def test_a_chunked_body(server: WireServer, client: ResearchApiClient) -> None:
    def chunks(wire: BinaryIO) -> None:
        wire.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for byte in range(0, len(PAGE), 7):
            part = PAGE[byte : byte + 7]
            wire.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
            wire.flush()
        wire.write(b"0\r\n\r\n")
        wire.flush()

    server.script = chunks
    assert ask(client).body == PAGE
    assert ask(client).body == PAGE


def test_one_connection_a_thread(server: WireServer, client: ResearchApiClient) -> None:
    barrier = threading.Barrier(3)

    def thrice() -> None:
        barrier.wait(timeout=10)
        for _ in range(3):
            ask(client)

    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(thrice) for _ in range(3)]:
            done.result()
    assert len(server.received) == 9
    assert len({got.connection for got in server.received}) == 3


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("0", 1), ("30", 30), ("900", 300), (" 5 ", 5), ("9" * 400, 300), ("-5", None), ("soon", None), ("", None)],
)
def test_retry_after_in_seconds(
    server: WireServer, client: ResearchApiClient, header: str, seconds: int | None
) -> None:
    server.script = lambda wire: send(wire, 429, b"", Retry_After=header)
    assert ask(client).retry_after == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize(("ahead", "low", "high"), [(60, 50, 60), (-60, 1, 1), (86_400, 300, 300)])
def test_retry_after_as_a_date(server: WireServer, client: ResearchApiClient, ahead: int, low: int, high: int) -> None:
    when = format_datetime(datetime.now(tz=UTC) + timedelta(seconds=ahead), usegmt=True)
    server.script = lambda wire: send(wire, 429, b"", Retry_After=when)
    retry_after = ask(client).retry_after
    assert retry_after is not None
    assert low <= retry_after.total_seconds() <= high


def test_redirects_are_not_followed(server: WireServer, client: ResearchApiClient) -> None:
    server.script = lambda wire: send(wire, 302, b"", Location=f"{server.url}/elsewhere")
    assert ask(client).status == 302
    assert len(server.received) == 1


def test_a_failure_is_not_retried(server: WireServer, client: ResearchApiClient) -> None:
    server.script = lambda wire: send(wire, 503, b"", Retry_After="0")
    assert ask(client).status == 503
    assert len(server.received) == 1


def test_nobody_listening_means_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with (
        ResearchApiClient(f"http://127.0.0.1:{port}", SystemClock()) as client,
        pytest.raises(Unreachable, match=r"No connection to 127\.0\.0\.1"),
    ):
        ask(client)


def test_a_host_that_does_not_exist_means_nothing_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> NoReturn:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with (
        ResearchApiClient("http://no-such-host.invalid", SystemClock()) as client,
        pytest.raises(Unreachable, match=r"No connection to no-such-host\.invalid"),
    ):
        ask(client)


def test_silence_is_of_unknown_fate(server: WireServer, client: ResearchApiClient) -> None:
    server.script = lambda _: time.sleep(1)
    with pytest.raises(Retriable, match=r"no answer within 0\.2 s") as caught:
        ask(client, timeout=0.2)
    assert not caught.value.fate_known
    assert len(server.received) == 1


def test_a_connection_that_closes_without_an_answer_is_of_unknown_fate(
    server: WireServer, client: ResearchApiClient
) -> None:
    def hang_up(_: BinaryIO) -> None:
        raise ConnectionError

    server.script = hang_up
    with pytest.raises(Retriable, match="connection lost") as caught:
        ask(client)
    assert not caught.value.fate_known
    assert len(server.received) == 1


def test_a_body_that_breaks_off_was_counted(server: WireServer, client: ResearchApiClient) -> None:
    def half(wire: BinaryIO) -> None:
        wire.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + PAGE)
        wire.flush()
        raise ConnectionError

    server.script = half
    with pytest.raises(Retriable, match="answered HTTP 200 with a body that broke off") as caught:
        ask(client)
    assert caught.value.fate_known


def test_a_body_that_trickles_ends_at_the_timeout(server: WireServer, client: ResearchApiClient) -> None:
    def trickle(wire: BinaryIO) -> None:
        wire.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(40):
            wire.write(b" ")
            wire.flush()
            time.sleep(0.05)

    server.script = trickle
    started = time.monotonic()
    with pytest.raises(Retriable, match="still incomplete at the read timeout"):
        ask(client, timeout=0.3)
    assert time.monotonic() - started < 1.5


def test_a_body_beyond_the_cap_is_not_read_to_its_end(server: WireServer) -> None:
    server.script = lambda wire: send(wire, 200, b"x" * 3_000_000)
    with (
        ResearchApiClient(server.url, SystemClock(), max_body_bytes=1_000_000) as client,
        pytest.raises(Retriable, match="more than 1000000 bytes"),
    ):
        ask(client)


def test_a_compressed_body_beyond_the_cap_is_not_unpacked(server: WireServer, client: ResearchApiClient) -> None:
    bomb = gzip.compress(bytes(40 * 1024 * 1024), 9)
    server.script = lambda wire: send(wire, 200, bomb, Content_Encoding="gzip")
    with pytest.raises(Retriable, match="more than 8388608 bytes"):
        ask(client)


def test_a_body_that_is_not_what_its_encoding_says(server: WireServer, client: ResearchApiClient) -> None:
    server.script = lambda wire: send(wire, 200, PAGE, Content_Encoding="gzip")
    with pytest.raises(Retriable, match="broke off"):
        ask(client)


def test_after_a_failure_the_next_request_works(server: WireServer, client: ResearchApiClient) -> None:
    server.script = lambda _: time.sleep(0.5)
    with pytest.raises(Retriable):
        ask(client, timeout=0.1)
    server.script = lambda wire: send(wire, 200, PAGE)
    assert ask(client).body == PAGE


def test_an_answer_that_is_not_http(server: WireServer, client: ResearchApiClient) -> None:
    def nonsense(wire: BinaryIO) -> None:
        wire.write(b"SSH-2.0-OpenSSH\r\n\r\n")
        wire.flush()
        raise ConnectionError

    server.script = nonsense
    with pytest.raises(Retriable):
        ask(client)


def test_an_entry_of_netrc_does_not_replace_the_token(
    server: WireServer, client: ResearchApiClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    ask(client)
    assert server.received[0].headers["Authorization"] == "Bearer clt.2.example"


@pytest.mark.parametrize("token", ["", "a b", "clt.\r\nX-Evil: 1", "clt.\u2026", "clt.\x00"])
def test_a_token_that_cannot_be_one_is_named_without_being_shown(client: ResearchApiClient, token: str) -> None:
    with pytest.raises(Fatal, match="run token_refresh") as caught:
        client.send(QUERY, {}, SecretStr(token), timeout_seconds=5)
    assert not token or token not in str(caught.value)


@pytest.mark.parametrize("url", ["", "open.tiktokapis.com", "ftp://x", "http://", "http://[::1", "http://.example"])
def test_a_base_url_that_is_none(url: str) -> None:
    with pytest.raises(InvalidRequest, match="RESEARCH_API_URL"), ResearchApiClient(url, SystemClock()) as client:
        ask(client)


def test_a_slash_at_the_end_of_the_base_url_makes_no_difference() -> None:
    with ResearchApiClient("https://open.tiktokapis.com/", SystemClock()) as client:
        assert client.url(ENDPOINTS["user_followers"]) == "https://open.tiktokapis.com/v2/research/user/followers/"


def test_errors_of_the_wire_do_not_show_the_request(server: WireServer, client: ResearchApiClient) -> None:
    server.script = lambda _: time.sleep(0.5)
    with pytest.raises(Retriable) as caught:
        client.send(ENDPOINTS["user_info"], {"username": "someone"}, TOKEN, timeout_seconds=0.1)
    assert "someone" not in str(caught.value)
    assert "clt." not in str(caught.value)
