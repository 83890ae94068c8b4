"""The SAM CLI: `sam build` and `sam deploy`, skipped where nothing changed."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from local_cloud import statefile
from local_cloud.bytecode import compile_layers
from local_cloud.endpoint import LocalAws
from local_cloud.environment import REGION, architecture, child_environment, interpreter_folder
from local_cloud.errors import LocalCloudError
from local_cloud.fingerprint import fingerprint
from local_cloud.layout import Layout

_SOURCES = (
    "template.yaml",
    "samconfig.toml",
    "functions",
    "layers/collector",
    "layers/analytics",
    "local_cloud/bytecode.py",
)


class Sam:
    """Builds and deploys `template.yaml` for this machine."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._log = layout.file("sam.log")

    def build(self) -> str:
        """Builds layers and functions unless they are built already; returns the fingerprint of what was built.

        Raises:
            LocalCloudError: `sam build` failed, and the message holds the end of its output; or bytecode did.
        """
        root, build = self._layout.root, self._layout.build
        built_from = fingerprint([root / name for name in _SOURCES], architecture())
        stamp = build.parent / "build.json"
        if statefile.read(stamp).get("built_from") == built_from and (build / "template.yaml").is_file():
            return built_from
        statefile.write(stamp, {})
        self._run(
            "build",
            ["--template-file", str(root / "template.yaml")],
            ["--build-dir", str(build), "--cache-dir", str(build.parent / "build-cache")],
            ["--parameter-overrides", f"Architecture={architecture()}"],
        )
        compile_layers(build)
        statefile.write(stamp, {"built_from": built_from})
        return built_from

    def deploy(self, stack: str, aws: LocalAws, parameters: Mapping[str, str]) -> None:
        """Deploys what was built to the local AWS.

        Raises:
            LocalCloudError: `sam deploy` failed; the message holds the end of its output.
        """
        self._run(
            "deploy",
            ["--template-file", str(self._layout.build / "template.yaml"), "--stack-name", stack],
            ["--s3-prefix", stack, "--region", REGION],
            ["--parameter-overrides", *(f"{name}={value}" for name, value in sorted(parameters.items()))],
            aws=aws,
        )

    def delete(self, stack: str, aws: LocalAws) -> None:
        """Deletes a stack of the local AWS, and what deployments put into the bucket of artefacts.

        Raises:
            LocalCloudError: `sam delete` failed; the message holds the end of its output.
        """
        self._run("delete", ["--stack-name", stack, "--region", REGION, "--no-prompts"], aws=aws)

    def _run(self, verb: str, *arguments: Sequence[str], aws: LocalAws | None = None) -> None:
        root = self._layout.root
        command = [str(self._layout.sam), verb, "--config-file", str(root / "samconfig.toml"), "--config-env", "local"]
        command += [word for group in arguments for word in group]
        environment = child_environment(
            os.environ,
            temporary=self._layout.state / "tmp",
            first_on_path=interpreter_folder(self._layout.ministack_python),
        )
        if aws:
            environment["AWS_ENDPOINT_URL"] = aws.url
        if aws and aws.certificate:
            environment["AWS_CA_BUNDLE"] = str(aws.certificate)
        with self._log.open("wb") as log:
            done = subprocess.run(  # noqa: S603 # our own command line, no shell
                command, cwd=root, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False
            )
        if done.returncode:
            raise LocalCloudError(f"sam {verb} failed; the end of {self._log} says:\n{_tail(self._log)}")


def _tail(path: Path) -> str:
    lines = path.read_text(encoding="utf-8", errors="replace").rstrip().splitlines()
    return "\n".join(f"    {line}" for line in lines[-12:])
