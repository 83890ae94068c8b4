"""A copy of the checkout with a local cloud of its own, so that a person's state and results stay untouched."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from local_cloud import statefile
from local_cloud.layout import Layout, Source, checkout
from tests.e2e.deployed import Cloud, Deployed
from tests.e2e.https_cloud import HttpsCloud, https_cloud

_SERVERS = ("ministack", "ministack-plain", "sandbox")


@dataclass(frozen=True)
class Finished:
    """A finished `make run`: exit code, what it printed, and how long it took in seconds."""

    code: int
    text: str
    seconds: float


class Checkout:
    """Runs the local cloud in the folder `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def start(self, command: str = "run", **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(  # noqa: S603 # our own module
            [sys.executable, "-m", "local_cloud", command],
            cwd=self.root,
            env={**plain_environment(), "PYTHONPATH": "layers/collector:layers/analytics", **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, command: str = "run", **environment: str) -> Finished:
        started = time.monotonic()
        with self.start(command, **environment) as process:
            text, _ = process.communicate(timeout=280)
        return Finished(process.returncode, text, time.monotonic() - started)

    def pid(self, service: str) -> int:
        record = json.loads((self.root / ".local" / "sandbox" / f"{service}.json").read_text())
        return int(record["pid"])

    def bucket_pages(self) -> int:
        """How many raw pages the bucket holds, as the emulator keeps them on disk."""
        return sum(1 for path in (self.root / ".local" / "sandbox" / "s3").rglob("raw/**/*.json.gz"))

    def manifests(self) -> list[dict[str, Any]]:
        return [json.loads(path.read_text()) for path in sorted((self.root / "out" / "manifests").glob("*.json"))]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    cloud = Checkout(with_ports_of_its_own(copy_the_checkout(tmp_path_factory.mktemp("checkout"))))
    yield cloud
    assert cloud.run("stop").code == 0


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HttpsCloud]:
    """An emulated account that every module shares, so no stack in it may be taken for the only one."""
    with https_cloud(with_ports_of_its_own(copy_the_checkout(tmp_path_factory.mktemp("checkout")))) as cloud:
        yield cloud


@pytest.fixture(scope="session")
def stack(request: pytest.FixtureRequest) -> Deployed:
    """A stack that has collected nothing: an emulated one, or yours on AWS, which E2E_STACK names (docs/local.md)."""
    if name := os.environ.get("E2E_STACK"):
        return Deployed(Cloud(boto3.Session()), name)
    emulated: HttpsCloud = request.getfixturevalue("cloud")
    return emulated.deploy("e2e")


def copy_the_checkout(root: Path) -> Path:
    """Fills `root` with what is needed to deploy and collect; returns it."""
    source = checkout()
    for name in (
        "template.yaml",
        "samconfig.toml",
        "functions",
        "layers",
        "events",
        "examples",
        "sandbox",
        "local_cloud",
        "requirements",
        "cli",
        "bin",
        "scripts",
    ):
        ignored = shutil.ignore_patterns("__pycache__")
        here = source / name
        shutil.copytree(here, root / name, ignore=ignored) if here.is_dir() else shutil.copy(here, root / name)
    # So that bin/tiktok-collector finds its environment made.
    (root / ".venv").symlink_to(sys.prefix)
    (root / ".local").mkdir()
    for tool in ("sam", "ministack"):
        (root / ".local" / tool).symlink_to(source / ".local" / tool)
    return root


def with_ports_of_its_own(root: Path) -> Path:
    """Lets the checkout `root` believe that it has used these ports before; returns it.

    Tests run side by side, and one whose emulator is down for a moment would find its port taken by another's.
    """
    with ExitStack() as held:
        servers = {
            name: held.enter_context(socket.create_server(("127.0.0.1", 0))) for name in ("ministack", "sandbox")
        }
        ports = {name: server.getsockname()[1] for name, server in servers.items()}
    statefile.write(Layout(root, Source.SANDBOX).file("ports.json"), ports)
    return root


def plain_environment() -> dict[str, str]:
    """The environment without anything that says what to collect, from whom, or with which AWS account."""
    ours = {
        "WORLD",
        "ACCOUNTS",
        "STUDY",
        "SEED",
        "FAULTS",
        "START",
        "END",
        "INCLUDE",
        "TIKTOK_CLIENT_KEY",
        "TIKTOK_CLIENT_SECRET",
        "TIKTOK_COLLECTOR_STACK",
    }
    return {name: value for name, value in os.environ.items() if name not in ours and not name.startswith("AWS_")}
