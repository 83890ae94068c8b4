"""An earlier commit of this repository as a process that works on the same table, bucket and server."""

import json
import os
import subprocess
import sys
import tarfile
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Self

_ROOT: Final = Path(__file__).resolve().parents[2]


class EarlierCode:
    """A process with the code of a commit, for the length of a block.

    Args:
        commit: Of this repository's history, which a clone of depth 1 does not have.
        aws: Address of the fakes of AWS.
        tiktok: Address of the sandbox, whose clock is everybody's.
    """

    def __init__(self, commit: str, aws: str, tiktok: str) -> None:
        self._commit = commit
        self._addresses = (aws, tiktok)
        self._folder = TemporaryDirectory(prefix="earlier-code-")

    def __enter__(self) -> Self:
        root = self._folder.name
        archive = subprocess.run(  # noqa: S603 - git, with a commit of ours
            ["git", "archive", self._commit],  # noqa: S607
            cwd=_ROOT,
            capture_output=True,
            check=True,
        ).stdout
        with tarfile.open(fileobj=BytesIO(archive)) as tar:
            tar.extractall(root, filter="data")
        self._process = subprocess.Popen(  # noqa: S603 - this file's own script
            [sys.executable, "-c", _SCRIPT, *self._addresses],
            cwd=root,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([root, f"{root}/layers/collector"])},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()
        self._folder.cleanup()

    def invoke(self, function: str, event: dict[str, Any], seconds: float) -> int:
        """Invokes `extract` or `tick` with so much time; returns how many runs are open then.

        Raises:
            RuntimeError: it failed; its standard error says why.
        """
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps([function, event, seconds]) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"The code of {self._commit} ended before its time.")
        return int(answer)


_SCRIPT: Final = """
import json, os, sys
aws, tiktok = sys.argv[1:]
from benchmarks.processes import environment
os.environ.update(environment(aws, tiktok, (1000, 20000)), POWERTOOLS_METRICS_DISABLED="true")
from benchmarks.collector import sandbox_token
from benchmarks.simulated_month import _DistantSandbox
from tests.simulation.fast_cloud import FastCloud
from tiktok_collector.aws import dynamodb_client, s3_client
from dataclasses import replace
from tiktok_collector.research_api.client import ResearchApiClient
sandbox = _DistantSandbox(tiktok)
class Slow(ResearchApiClient):
    def send(self, *args, **parameters):
        sandbox.clock.advance(2)
        return super().send(*args, **parameters)
class SlowCloud(FastCloud):
    def services(self):
        return replace(super().services(), client=Slow(sandbox.url, self.clock))
cloud = SlowCloud(
    sandbox, dynamodb=dynamodb_client(), s3=s3_client(), token=sandbox_token(tiktok), research_limit=1000, threads=2
)
for line in sys.stdin:
    function, event, seconds = json.loads(line)
    sandbox.clock.read()
    if function == "tick":
        cloud.tick(seconds=seconds)
    else:
        cloud.extract(event, seconds=seconds)
    print(len(list(cloud.services().runs.open())), flush=True)
"""
"""What only names that the commit had are used in."""
