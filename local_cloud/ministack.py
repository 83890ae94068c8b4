"""MiniStack, the local AWS: started on 127.0.0.1 with its state on disk, found again, saved, stopped."""

import os
import shutil
import time

import requests

from local_cloud import ports
from local_cloud.environment import REGION, child_environment
from local_cloud.fingerprint import fingerprint
from local_cloud.layout import Layout, Source
from local_cloud.processes import Record, Service

_FIRST_PORT = {Source.SANDBOX: 14566, Source.TIKTOK: 14766}
_START_SECONDS = 60.0
_SAVE_PATH = "/_local/save"  # emulator/saving.py


class MiniStack:
    """The emulator of one source; `url` is known once it was started."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._service = Service("MiniStack", layout.file("ministack.json"), layout.file("ministack.log"))

    @property
    def url(self) -> str | None:
        """The address of the running emulator, or None."""
        record = self._service.running()
        return f"http://127.0.0.1:{record.port}" if record else None

    def start(self) -> str:
        """The address of the emulator, which is started if it does not run or does not answer.

        Raises:
            LocalCloudError: it does not come up; the message holds the end of its log.
        """
        record = self._service.running()
        if record and (record.purpose != self._purpose() or not self._answers(record, patience=5)):
            self._service.stop()
            record = None
        if record is None:
            record = self._launch()
            if not self._answers(record, patience=_START_SECONDS):
                raise self._service.failure("does not come up")
        return f"http://127.0.0.1:{record.port}"

    def save(self) -> None:
        """Writes the emulator's state to disk now; nothing happens if it does not run."""
        if self.url:
            requests.post(f"{self.url}{_SAVE_PATH}", timeout=60).raise_for_status()

    def stop(self) -> bool:
        """Stops it, its state saved; returns whether it ran."""
        return self._service.stop()

    def _purpose(self) -> str:
        return fingerprint(
            [self._layout.root / "local_cloud" / "emulator", self._layout.root / "requirements" / "ministack.txt"]
        )

    def _launch(self) -> Record:
        port = ports.choose(self._layout.file("ports.json"), "ministack", _FIRST_PORT[self._layout.source])
        # A killed emulator leaves the unpacked functions behind, some 30 MB each.
        unpacked = self._layout.state / "tmp" / "functions"
        shutil.rmtree(unpacked, ignore_errors=True)
        environment = child_environment(os.environ, temporary=unpacked) | {
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(port),
            "MINISTACK_REGION": REGION,
            "PERSIST_STATE": "1",
            "STATE_DIR": str(self._layout.state / "aws"),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(self._layout.state / "s3"),
            # Off: both would listen on other ports.
            "SFTP_ENABLED": "0",
            "IOT_MTLS_ENABLED": "0",
            # The functions' roles are enforced, so a missing permission shows here and not in the cloud.
            "AUTH": "true",
            "LOG_LEVEL": "WARNING",
            "DOCKER_HOST": f"unix://{os.devnull}/absent",
        }
        command = [str(self._layout.ministack_python), "-B", "-m", "local_cloud.emulator"]
        return self._service.start(
            command, environment=environment, directory=self._layout.root, port=port, purpose=self._purpose()
        )

    def _answers(self, record: Record, *, patience: float) -> bool:
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline and self._service.running():
            try:
                if requests.get(f"http://127.0.0.1:{record.port}/_ministack/ready", timeout=5).ok:
                    return True
            except requests.RequestException:
                pass
            time.sleep(0.1)
        return False
