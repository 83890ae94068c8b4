"""`python -m sandbox` as a process: its first line, its state file, its complaints."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

ROOT = Path(__file__).parents[3]
QUERY = {"and": [{"field_name": "region_code", "operation": "EQ", "field_values": ["US"]}]}
BODY = {"query": QUERY, "start_date": "20250101", "end_date": "20250120", "max_count": 5}


@contextmanager
def running(*arguments: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--accounts", "20", "--videos", "500", *arguments]
    environment = os.environ | {"COLUMNS": "60"}
    with subprocess.Popen(  # noqa: S603 - our own interpreter and arguments
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", first)
        try:
            assert found, first
            yield found[0], process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
            process.wait(timeout=20)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sandbox", *arguments]
    return subprocess.run(  # noqa: S603 - our own interpreter and arguments
        command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False
    )


def post(url: str, path: str, token: str, body: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return requests.post(f"{url}{path}", json=body, headers=headers, timeout=10)


def token_of(url: str) -> str:
    form = {
        "client_key": "sandbox-client-key",
        "client_secret": "sandbox-client-secret",
        "grant_type": "client_credentials",
    }
    return str(requests.post(f"{url}/v2/oauth/token/", data=form, timeout=10).json()["access_token"])


def test_a_killed_sandbox_goes_on_where_it_was(tmp_path: Path) -> None:
    state = tmp_path / "deep" / "state.jsonl"
    path = "/v2/research/video/query/?fields=id"
    options = (
        "--state",
        str(state),
        "--now",
        "2025-03-01T10:00:00Z",
        "--faults",
        '{"settings": {"research_quota": 3}}',
    )
    with running(*options) as (url, process):
        token = token_of(url)
        first = post(url, path, token, BODY).json()["data"]
        process.kill()
        process.wait(timeout=20)
    state.write_bytes(state.read_bytes() + b'{"type": "request", "rec')
    with running(*options) as (url, _):
        second = post(url, path, token, BODY | {"cursor": 5, "search_id": first["search_id"]})
        assert second.status_code == 200
        assert second.json()["data"]["cursor"] == 10
        assert [post(url, path, token, BODY).status_code for _ in range(2)] == [200, 429]
        served = requests.get(f"{url}/_sandbox/served?family=research", timeout=10).json()
        assert (served["received"], served["charged"]) == (4, 3)
        numbers = [record["number"] for record in requests.get(f"{url}/_sandbox/requests", timeout=10).json()]
        assert numbers == sorted(set(numbers))


def test_the_world_does_not_change_over_night(tmp_path: Path) -> None:
    state = str(tmp_path / "state.jsonl")
    path = "/_sandbox/truth/videos_of?username=sandbox_alice&start=20250101&end=20250120"

    def rows(now: str) -> Any:
        with running("--state", state, "--now", now) as (url, _):
            return [row["id"] for row in requests.get(url + path, timeout=10).json()]

    today = rows("2025-03-01T10:00:00Z")
    assert today
    assert set(rows("2025-03-02T10:00:00+00:00")) <= set(today)


def test_a_dataset_file_and_weather_from_a_file(tmp_path: Path) -> None:
    world, weather = tmp_path / "world.jsonl", tmp_path / "weather.json"
    world.write_text(
        '{"type":"video","id":7000000000000000001,"username":"a","create_time":1735700000}\n', encoding="utf-8"
    )
    weather.write_text(json.dumps({"faults": [{"kind": "internal_error", "times": 1}]}), encoding="utf-8")
    body = BODY | {"query": {"and": [{"field_name": "username", "operation": "EQ", "field_values": ["a"]}]}}
    with running("--world", str(world), "--faults", str(weather)) as (url, _):
        token = token_of(url)
        path = "/v2/research/video/query/?fields=id"
        assert post(url, path, token, body).status_code == 500
        assert post(url, path, token, body).json()["data"]["videos"] == [{"id": 7000000000000000001}]


def test_realistic_weather() -> None:
    with running("--faults", "realistic", "--client-key", "k", "--client-secret", "s") as (url, _):
        overview = requests.get(f"{url}/_sandbox/", timeout=10).json()
        assert overview["settings"]["search_id_visible_after_seconds"] > 0
        assert {"internal_error", "invalid_cursor"} <= {rule["kind"] for rule in overview["faults"]}
        form = {"client_key": "k", "client_secret": "s", "grant_type": "client_credentials"}
        assert "access_token" in requests.post(f"{url}/v2/oauth/token/", data=form, timeout=10).json()


@pytest.mark.parametrize("command", [("sandbox",), ("cli", "sandbox")], ids=" ".join)
def test_a_script_reads_address_and_credentials_from_one_line(command: tuple[str, ...], tmp_path: Path) -> None:
    module, *rest = command
    world = tmp_path / "world.jsonl"
    world.write_text(
        '{"type":"video","id":7000000000000000001,"username":"a","create_time":1735700000}\n', encoding="utf-8"
    )
    line = [sys.executable, "-m", module, *rest, "--port", "0", "--world", str(world), "--json"]
    layers = os.pathsep.join(str(ROOT / "layers" / each) for each in ("collector", "analytics"))
    environment = os.environ | {"PYTHONPATH": layers, "COLUMNS": "60"}
    with subprocess.Popen(  # noqa: S603 - our own interpreter and arguments
        line, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            told = json.loads(process.stdout.readline())
            form = {name: told[name] for name in ("client_key", "client_secret")}
            form |= {"grant_type": "client_credentials"}
            assert "access_token" in requests.post(f"{told['url']}/v2/oauth/token/", data=form, timeout=10).json()
            assert sorted(told["trend_credentials"]) == ["business_api", "creative_center", "creative_center_legacy"]
            assert (told["accounts"], told["videos"]) == (1, 1)
        finally:
            process.send_signal(signal.SIGINT)
        assert process.stdout.read() == ""
        assert process.wait(timeout=20) == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--world", "nowhere.jsonl"], "nowhere.jsonl cannot be read"),
        (["--faults", "nowhere.json"], "nowhere.json"),
        (["--faults", "{oops"], "--faults is not valid JSON"),
        (["--faults", '{"weather": 1}'], "not 'weather'"),
        (["--faults", '[{"kind": "earthquake"}]'], "no fault called 'earthquake'"),
        (["--faults", '{"settings": {"research_quota": -1}}'], "research_quota cannot be negative"),
        (["--videos", "-5"], "cannot have -5 videos"),
    ],
)
def test_bad_arguments_get_one_sentence(arguments: list[str], words: str) -> None:
    done = run("--port", "0", *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_taken_port_is_named() -> None:
    with running() as (url, _):
        port = url.rsplit(":", 1)[1]
        done = run("--port", port, "--videos", "10")
    assert done.returncode == 2
    assert f"Port {port} cannot be used" in done.stderr


def test_a_killed_sandbox_remembers_its_tasks_and_what_is_gone(tmp_path: Path) -> None:
    options = ("--state", str(tmp_path / "state.jsonl"), "--end", "2025-03-01", "--now")
    with running(*options, "2025-03-01T10:00:00Z") as (url, process):
        headers = {"Authorization": f"Bearer {token_of(url)}"}
        sent = requests.post(
            f"{url}/v2/research/validation_task/create/", data={"category": "video"}, files={"file_data": b"1\n2\n"},
            headers=headers, timeout=10,
        )  # fmt: skip
        task = sent.json()["data"]["task_id"]
        gone = requests.post(f"{url}/_sandbox/gone", json={"private": ["sandbox_alice"]}, timeout=10).json()
        process.kill()
        process.wait(timeout=20)
    with running(*options, "2025-03-01T10:01:00Z") as (url, _):
        assert requests.get(f"{url}/_sandbox/gone", timeout=10).json() == gone
        (kept,) = requests.get(f"{url}/_sandbox/validation_tasks", timeout=10).json()
    assert (kept["id"], kept["ids"], gone["private"]) == (task, [1, 2], ["sandbox_alice"])
