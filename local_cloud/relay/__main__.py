"""Starts the relay's container, prints its IP address, and removes it when standard input ends.

It runs with the SAM CLI's Python: the engine and the image are then those that `sam local` itself will use.
"""

import signal
import sys
from pathlib import Path

import docker  # type: ignore[import-untyped]
from samcli.local.docker.lambda_image import LambdaImage, Runtime  # type: ignore[import-not-found]

from local_cloud.relay import inside

_FOLDER = "/ways-out"
_PROGRAM = "/relay.py"


def main(architecture: str, folder: str, *ports: str) -> int:
    """0 when it has ended as it should; else 1, after what the container or the engine said."""
    # Ctrl-C at a terminal is for the SAM CLI; the relay is needed until that has ended.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    image = f"{LambdaImage._INVOKE_REPO_PREFIX}/{Runtime.get_image_name_tag('python3.13', architecture)}"  # noqa: SLF001
    mounts = {folder: {"bind": _FOLDER, "mode": "rw"}, inside.__file__: {"bind": _PROGRAM, "mode": "ro"}}
    try:
        container = docker.from_env(timeout=60).containers.run(
            image, [_FOLDER, *ports], entrypoint=["python3", "-u", _PROGRAM], volumes=mounts, detach=True
        )
        try:
            said = next(iter(container.logs(stream=True)), b"").decode().strip()
            if said != inside.READY:
                print(said or "it has ended at once", file=sys.stderr)  # noqa: T201 # a command's answer
                return 1
            container.reload()
            (network,) = container.attrs["NetworkSettings"]["Networks"].values()
            print(network["IPAddress"], flush=True)  # noqa: T201 # a command's answer
            sys.stdin.read()
        finally:
            container.remove(force=True)
    except docker.errors.DockerException as error:
        print(error, file=sys.stderr)  # noqa: T201 # a command's answer
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], str(Path(sys.argv[2]).resolve()), *sys.argv[3:]))
