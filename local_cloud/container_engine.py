"""The Docker engine that `sam local` uses: whether it answers."""

import os
import subprocess
import sys
from collections.abc import Mapping

from local_cloud.errors import LocalCloudError
from local_cloud.layout import Layout, Source, checkout

NO_ENGINE = "No Docker engine answers here, so nothing can run in a Lambda container: start one, or set DOCKER_HOST."
# The SAM CLI brings this library; asked through it, the engine is the one that `sam local` will find.
_ASK = """
import docker, sys
try:
    docker.from_env(timeout=20).ping()
except docker.errors.DockerException:
    sys.exit(3)
"""
_SILENT = 3


def find_engine(layout: Layout, environment: Mapping[str, str]) -> None:
    """Returns if an engine answers.

    Raises:
        LocalCloudError: none does.
    """
    asked = subprocess.run(  # noqa: S603 # our own program
        [str(layout.sam.with_name("python")), "-c", _ASK],
        env={**environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if asked.returncode == _SILENT:
        raise LocalCloudError(NO_ENGINE)
    if asked.returncode:
        raise LocalCloudError(f"The Docker engine could not be asked: {asked.stderr.strip().splitlines()[-1:]}")


def main() -> int:
    """0 if an engine answers; else 1, after a sentence on standard error."""
    try:
        find_engine(Layout(checkout(), Source.SANDBOX), os.environ)
    except LocalCloudError as error:
        print(error, file=sys.stderr)  # noqa: T201 # a command's answer
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
