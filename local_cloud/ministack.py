"""MiniStack, the local AWS: started on 127.0.0.1 with its state on disk, found again, saved, stopped."""

import os
import shutil
import time
from pathlib import Path

import requests

from local_cloud import ports, statefile
from local_cloud.environment import REGION, child_environment
from local_cloud.fingerprint import fingerprint
from local_cloud.layout import Layout, Source
from local_cloud.processes import Record, Service

_FIRST_PORT = {Source.SANDBOX: 14566, Source.TIKTOK: 14766}
_START_SECONDS = 60.0
_MAIN, _PLAIN = "ministack", "ministack-plain"
_SAVE_PATH, _PID_PATH = "/_local/save", "/_local/pid"  # emulator/saving.py


class MiniStack:
    """The emulator of one source; `url` is known once it was started.

    Args:
        layout: Whose.
        tls: Whether it speaks https, as AWS does, with a certificate of its own, and http on another port only.
    """

    def __init__(self, layout: Layout, *, tls: bool = False) -> None:
        self._layout = layout
        self._tls = tls
        self._unpacked = layout.state / "tmp" / "functions"
        self._service = Service("MiniStack", layout.file("ministack.json"), layout.file("ministack.log"))

    @property
    def url(self) -> str | None:
        """The address of the running emulator, or None."""
        record = self._service.running()
        return self._url_of(record) if record else None

    @property
    def certificate(self) -> Path | None:
        """What a client of https has to trust, once it was started; None over http."""
        return self._unpacked / "ministack-tls" / "server.crt" if self._tls else None

    @property
    def plain_url(self) -> str:
        """The address over http, even where `url` is https."""
        port = statefile.read(self._layout.file("ports.json"))[_PLAIN if self._tls else _MAIN]
        return f"http://127.0.0.1:{port}"

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
                problem = self._service.failure("does not come up")
                self._service.stop()
                if ports.is_free(record.port):
                    raise problem
                # Somebody else has taken the port in the meantime.
                record = self._launch()
                if not self._answers(record, patience=_START_SECONDS):
                    raise self._service.failure("does not come up")
        return self._url_of(record)

    def save(self) -> None:
        """Writes the emulator's state to disk now; nothing happens if it does not run."""
        if self.url:
            requests.post(f"{self.url}{_SAVE_PATH}", timeout=60, verify=self._trusted).raise_for_status()

    def stop(self) -> bool:
        """Stops it, its state saved; returns whether it ran."""
        return self._service.stop()

    def _purpose(self) -> str:
        return fingerprint(
            [self._layout.root / "local_cloud" / "emulator", self._layout.root / "requirements" / "ministack.txt"],
            *(["tls"] if self._tls else []),
        )

    def _url_of(self, record: Record) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{record.port}"

    @property
    def _trusted(self) -> str | bool:
        return str(self.certificate) if self.certificate else True

    def _launch(self) -> Record:
        remembered, first = self._layout.file("ports.json"), _FIRST_PORT[self._layout.source]
        port = ports.choose(remembered, _MAIN, first)
        # A killed emulator leaves the unpacked functions behind, some 30 MB each.
        shutil.rmtree(self._unpacked, ignore_errors=True)
        environment = child_environment(os.environ, temporary=self._unpacked) | {
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
        if self._tls:
            environment |= {"USE_SSL": "1", "PLAIN_PORT": str(ports.choose(remembered, _PLAIN, port + 1))}
        command = [str(self._layout.ministack_python), "-B", "-m", "local_cloud.emulator"]
        return self._service.start(
            command, environment=environment, directory=self._layout.root, port=port, purpose=self._purpose()
        )

    def _answers(self, record: Record, *, patience: float) -> bool:
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline and self._service.running():
            try:
                if self._get(record, "/_ministack/ready").ok:
                    # Two checkouts that start at once choose the same port: the other one's emulator is none of ours.
                    return self._get(record, _PID_PATH).text == str(record.pid)
            except (requests.RequestException, OSError):
                pass  # not yet; the certificate, too, is made at the start
            time.sleep(0.1)
        return False

    def _get(self, record: Record, path: str) -> requests.Response:
        return requests.get(f"{self._url_of(record)}{path}", timeout=5, verify=self._trusted)
