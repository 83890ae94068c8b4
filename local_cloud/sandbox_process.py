"""The sandbox, the local TikTok: started with the world that was asked for, replaced if another one is."""

import os
import sys
import time
from dataclasses import dataclass

import requests

from local_cloud import ports
from local_cloud.environment import child_environment
from local_cloud.fingerprint import fingerprint
from local_cloud.layout import Layout
from local_cloud.options import Credentials, Options
from local_cloud.processes import Record, Service

CREDENTIALS = Credentials("sandbox-client-key", "sandbox-client-secret")
_FIRST_PORT = 18480
_START_SECONDS = 120.0


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
            LocalCloudError: it does not come up; the message holds the end of its log.
        """
        purpose = self._purpose(options)
        record = self._service.running()
        if record and (record.purpose != purpose or not self._answers(record, patience=5)):
            self._service.stop()
            record = None
        if record is None:
            record = self._launch(options, purpose)
            if not self._answers(record, patience=_START_SECONDS):
                raise self._service.failure("does not come up")
        return f"http://127.0.0.1:{record.port}"

    def served(self, day: str, family: str) -> Served:
        """What was received and charged on `day` for `family` (`research` or `followers`)."""
        answer = requests.get(f"{self.url}/_sandbox/served", params={"day": day, "family": family}, timeout=10)
        answer.raise_for_status()
        counts = answer.json()
        return Served(counts["received"], counts["charged"])

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

    def _answers(self, record: Record, *, patience: float) -> bool:
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline and self._service.running():
            try:
                if requests.get(f"http://127.0.0.1:{record.port}/_sandbox/", timeout=5).ok:
                    return True
            except requests.RequestException:
                pass
            time.sleep(0.1)
        return False
