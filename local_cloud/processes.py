"""Processes that outlive `make run`: recorded by pid and start time, so that a foreign one is never taken for ours."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from local_cloud import statefile
from local_cloud.errors import LocalCloudError

_STOP_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Record:
    """A process as it was started. `purpose` says with what; a different one means that it must be replaced."""

    pid: int
    started: str
    port: int
    purpose: str


def start_time(pid: int) -> str | None:
    """When the process `pid` started, as the system tells it; None if there is none (or only its remains)."""
    stat = Path(f"/proc/{pid}/stat")
    if stat.parent.parent.joinpath("self").exists():
        try:
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return None
        return None if fields[0] == "Z" else fields[19]
    answer = subprocess.run(  # noqa: S603 # fixed command, our own number
        ["/bin/ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.split(maxsplit=1)
    return answer[1].strip() if len(answer) > 1 and not answer[0].startswith("Z") else None


class Service:
    """One background process of the local cloud, found again by its record file."""

    def __init__(self, name: str, record_file: Path, log_file: Path) -> None:
        self.name = name
        self._record_file = record_file
        self._log_file = log_file
        # Kept while it runs, so that its end is noticed: a child that nobody asks after stays as a zombie.
        self._child: subprocess.Popen[bytes] | None = None
        self._said_from = 0

    def running(self) -> Record | None:
        """The record of the process if it is alive and is the one that was started; a stale record is removed."""
        self._reap()
        stored = statefile.read(self._record_file)
        try:
            record = Record(**stored)
        except TypeError:
            return None
        now = start_time(record.pid)
        if now == record.started:
            return record
        self._reap()
        if now is None:
            _end_group(record.pid)
        self._record_file.unlink(missing_ok=True)
        return None

    def _reap(self) -> None:
        """Takes note that the child has ended, for which its last threads may take a moment longer than its record."""
        if self._child and start_time(self._child.pid) is None:
            self._child.wait()

    def start(
        self, command: Sequence[str], *, environment: Mapping[str, str], directory: Path, port: int, purpose: str
    ) -> Record:
        """Starts `command` detached from the terminal, its output in the log file, and records it."""
        self._log_file.parent.mkdir(parents=True, exist_ok=True)
        with self._log_file.open("ab") as log:
            self._said_from = log.seek(0, os.SEEK_END)
            self._child = subprocess.Popen(  # noqa: S603 # our own command line, no shell
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(environment),
                cwd=directory,
                start_new_session=True,
            )
        record = Record(self._child.pid, start_time(self._child.pid) or "", port, purpose)
        statefile.write(self._record_file, asdict(record))
        return record

    def stop(self) -> bool:
        """Asks the process to end, insists after a while; returns whether there was one."""
        record = self.running()
        if record is None:
            return False
        for sign, patience in ((signal.SIGTERM, _STOP_SECONDS), (signal.SIGKILL, _STOP_SECONDS)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(record.pid, sign)
            if self._gone(patience):
                return True
        raise LocalCloudError(f"{self.name} (process {record.pid}) does not end; end it by hand and try again.")

    def _gone(self, patience: float) -> bool:
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if self.running() is None:
                return True
            time.sleep(0.05)
        return False

    def said(self) -> list[str]:
        """The lines that are not empty in the log, since the process was last started from here."""
        text = self._log_file.read_bytes()[self._said_from :] if self._log_file.exists() else b""
        return [line for line in text.decode("utf-8", errors="replace").splitlines() if line.strip()]

    def failure(self, what: str) -> LocalCloudError:
        """The error that says `what` of this process went wrong, with the last lines of its log."""
        lines = (
            self._log_file.read_text(encoding="utf-8", errors="replace").splitlines() if self._log_file.exists() else []
        )
        tail = "\n".join(f"    {line}" for line in lines[-8:])
        return LocalCloudError(f"{self.name} {what}; the end of {self._log_file} says:\n{tail}")


def _end_group(leader: int) -> None:
    """Ends what a process of ours has left behind: functions under way outlive an emulator that was stopped or killed.

    Every service leads a group of its own, and a group keeps its number from being given to another process.
    """
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
