"""The sandbox, the local TikTok: started with the world that was asked for, replaced if another one is."""

import os
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import requests

from local_cloud import ports
from local_cloud.environment import child_environment
from local_cloud.errors import LocalCloudError
from local_cloud.fingerprint import fingerprint
from local_cloud.layout import Layout
from local_cloud.options import Credentials, Options
from local_cloud.processes import Record, Service

CREDENTIALS = Credentials("sandbox-client-key", "sandbox-client-secret")
_FIRST_PORT = 18480
_START_SECONDS = 120.0
_ARGPARSE = re.compile(r"^.*?error: argument (--\w+): ")
_OPTION = re.compile(r"--(world|seed|faults)\b")
_IN_A_FILE = re.compile(r", line \d+: |^The world file ")


@dataclass(frozen=True, slots=True)
class Served:
    """What the sandbox counted on one UTC day for one quota family."""

    received: int
    charged: int


class Sandbox:
    """The sandbox's process."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._service = Service("The sandbox", layout.file("sandbox.json"), layout.file("sandbox.log"))

    @property
    def url(self) -> str | None:
        """The address of the running sandbox, or None."""
        record = self._service.running()
        return f"http://127.0.0.1:{record.port}" if record else None

    def start(self, options: Options) -> str:
        """The address of a sandbox with the options' world, seed and faults, started or replaced if need be.

        Raises:
            LocalCloudError: it does not come up; the message is its own sentence about WORLD, SEED or FAULTS, or
                else holds the end of its log.
        """
        purpose = self._purpose(options)
        record = self._service.running()
        if record and (record.purpose != purpose or not self._answers(record, patience=5)):
            self._service.stop()
            record = None
        if record is None:
            record = self._launch(options, purpose)
            if not self._answers(record, patience=_START_SECONDS):
                problem = self._why_not(options)
                self._service.stop()
                if ports.is_free(record.port):
                    raise problem
                # Somebody else has taken the port in the meantime.
                record = self._launch(options, purpose)
                if not self._answers(record, patience=_START_SECONDS):
                    raise self._why_not(options)
        return f"http://127.0.0.1:{record.port}"

    def served(self, day: str, family: str) -> Served:
        """What was received and charged on `day` for `family`, a quota family of the ledger."""
        answer = requests.get(f"{self.url}/_sandbox/served", params={"day": day, "family": family}, timeout=10)
        answer.raise_for_status()
        counts = answer.json()
        return Served(counts["received"], counts["charged"])

    def trend_credentials(self) -> dict[str, Any]:
        """Credentials of all sources of trends, made now, in the form of the stack's secret."""
        answer = requests.get(f"{self.url}/_sandbox/trend_credentials", timeout=10)
        answer.raise_for_status()
        return dict(answer.json())

    def stop(self) -> bool:
        """Stops it; returns whether it ran."""
        return self._service.stop()

    def _purpose(self, options: Options) -> str:
        files = [self._layout.root / "sandbox", *([options.world] if options.world else [])]
        return fingerprint(files, options.seed, options.faults)

    def _launch(self, options: Options, purpose: str) -> Record:
        port = ports.choose(self._layout.file("ports.json"), "sandbox", _FIRST_PORT)
        command = [sys.executable, "-B", "-m", "sandbox", "--port", str(port)]
        command += ["--state", str(self._layout.file("sandbox-state.json"))]
        if options.world:
            command += ["--world", str(options.world)]
        if options.seed:
            command += ["--seed", options.seed]
        if options.faults:
            command += ["--faults", options.faults]
        environment = child_environment(os.environ, temporary=self._layout.state / "tmp")
        return self._service.start(
            command, environment=environment, directory=self._layout.root, port=port, purpose=purpose
        )

    def _why_not(self, options: Options) -> LocalCloudError:
        sentence = (
            "" if self._service.running() else refusal(self._service.said(), "FAULTS" if options.faults else "WORLD")
        )
        return LocalCloudError(sentence) if sentence else self._service.failure("does not come up")

    def _answers(self, record: Record, *, patience: float) -> bool:
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline and self._service.running():
            try:
                answer = requests.get(f"http://127.0.0.1:{record.port}/_sandbox/", timeout=5)
                if answer.ok:
                    # Two checkouts that start at once choose the same port: the other one's sandbox is none of ours.
                    return bool(answer.json().get("pid") == record.pid)
            except requests.RequestException:
                pass
            time.sleep(0.1)
        return False


def refusal(said: Sequence[str], otherwise: str) -> str:
    """The sentence with which the sandbox refused its arguments, about the variables of `make run`.

    Args:
        said: The lines of its log since it was started; its sentence is the last.
        otherwise: The variable that a sentence is about which names no option and no line of a file.

    Returns:
        The sentence; empty if it broke off for another reason, so that the lines themselves are needed.
    """
    if not said or any(line.startswith("Traceback") for line in said):
        return ""
    sentence = _ARGPARSE.sub(r"\1 is wrong: ", said[-1].strip())
    sentence = _OPTION.sub(lambda option: option[1].upper(), sentence)
    if re.search(r"\b(WORLD|SEED|FAULTS)\b", sentence):
        return sentence
    return f"{'WORLD' if _IN_A_FILE.search(sentence) else otherwise} is wrong: {sentence}"
