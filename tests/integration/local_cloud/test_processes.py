import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from local_cloud import ports, statefile
from local_cloud.errors import LocalCloudError
from local_cloud.lock import only_one
from local_cloud.processes import Record, Service, start_time

WAITING = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(60)",
]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    each = Service("The service", tmp_path / "service.json", tmp_path / "service.log")
    yield each
    each.stop()


def start(service: Service, command: list[str] = WAITING) -> Record:
    return service.start(command, environment=os.environ, directory=Path.cwd(), port=1, purpose="test")


def wait_until_up(log: Path) -> None:
    deadline = time.monotonic() + 10
    while "up" not in log.read_text() and time.monotonic() < deadline:
        time.sleep(0.02)


def test_a_service_is_found_again_and_stopped(service: Service, tmp_path: Path) -> None:
    record = start(service)
    again = Service("The service", tmp_path / "service.json", tmp_path / "service.log")
    assert again.running() == record
    assert again.stop()
    assert again.running() is None
    assert start_time(record.pid) is None
    assert not again.stop()


def test_a_killed_service_is_not_running_and_its_record_goes(service: Service, tmp_path: Path) -> None:
    record = start(service)
    os.kill(record.pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while service.running() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert service.running() is None
    assert not (tmp_path / "service.json").exists()


def test_a_foreign_process_with_the_same_pid_is_left_alone(service: Service, tmp_path: Path) -> None:
    foreign = Record(os.getpid(), "another time", 1, "test")
    statefile.write(tmp_path / "service.json", asdict(foreign))
    assert service.running() is None
    assert not service.stop()


def test_a_service_that_ignores_the_request_is_ended_all_the_same(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local_cloud.processes._STOP_SECONDS", 0.3)
    record = start(service, STUBBORN)
    wait_until_up(tmp_path / "service.log")
    assert service.stop()
    assert start_time(record.pid) is None


def test_a_failure_shows_the_end_of_the_log(service: Service, tmp_path: Path) -> None:
    (tmp_path / "service.log").write_text("".join(f"line {n}\n" for n in range(100)))
    message = str(service.failure("does not come up"))
    assert "The service does not come up" in message
    assert "line 99" in message
    assert "line 80" not in message


def test_a_port_is_kept_while_it_is_free(tmp_path: Path) -> None:
    first = ports.choose(tmp_path / "ports.json", "one", 23450)
    assert ports.choose(tmp_path / "ports.json", "one", 23500) == first
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", first))
        taken.listen()
        assert ports.choose(tmp_path / "ports.json", "one", 23500) != first


def test_two_runs_at_once_are_refused(tmp_path: Path) -> None:
    with only_one(tmp_path / "lock"), pytest.raises(LocalCloudError, match="Another"), only_one(tmp_path / "lock"):
        pass
    with only_one(tmp_path / "lock"):
        pass


_SPAWNS = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])
print('child', child.pid, 'up', flush=True)
time.sleep(60)
"""
PARENT = [sys.executable, "-c", _SPAWNS]


@pytest.mark.parametrize("killed", [False, True])
def test_what_a_service_started_ends_with_it(service: Service, tmp_path: Path, killed: bool) -> None:
    record = start(service, PARENT)
    wait_until_up(tmp_path / "service.log")
    child = int((tmp_path / "service.log").read_text().split()[1])
    assert start_time(child)
    if killed:
        os.kill(record.pid, signal.SIGKILL)
    service.stop()
    deadline = time.monotonic() + 10
    while (start_time(child) or service.running()) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert start_time(child) is None
