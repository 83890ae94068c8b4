"""`sam local` on the deployed local cloud: a function as it was built, in a Lambda container, with its variables."""

import contextlib
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Address
from pathlib import Path

from local_cloud import stack, statefile
from local_cloud.container_door import open_door
from local_cloud.container_engine import find_engine
from local_cloud.endpoint import LocalAws
from local_cloud.env_file import Variables, ports_of, seen_from_containers, variables_of
from local_cloud.environment import architecture, child_environment
from local_cloud.errors import LocalCloudError
from local_cloud.layout import Layout
from local_cloud.ministack import MiniStack
from local_cloud.sam import Sam

HOST = "SAM_LOCAL_HOST"
"""The variable that names where containers reach this machine, if its engine runs in another one."""

_KINDS = ("invoke", "start-lambda")
_LOOPBACK = IPv4Address("127.0.0.1")


class SamLocal:
    """`sam local invoke` and `sam local start-lambda` for one local cloud.

    Args:
        layout: Of the local cloud, which must run.
        environment: Of this process: what leads to the engine, and `SAM_LOCAL_HOST`.
    """

    def __init__(self, layout: Layout, environment: Mapping[str, str]) -> None:
        self._layout = layout
        self._environment = dict(environment)

    def write_env_file(self) -> Path:
        """Writes the variables of every function, for another tool; returns the file.

        Addresses of this machine are 127.0.0.1, or what `SAM_LOCAL_HOST` names.

        Raises:
            LocalCloudError: the local cloud does not run.
        """
        return self._written(self._variables(), self._named_host() or _LOOPBACK)

    def run(self, arguments: Sequence[str]) -> int:
        """Runs `sam local` with what was built last and the variables of what is deployed; returns its exit code.

        Args:
            arguments: `invoke` or `start-lambda` and its own arguments.

        Raises:
            LocalCloudError: the arguments begin with something else, no engine answers, or the local cloud does not
                run.
        """
        kind, *rest = arguments or [""]
        if kind not in _KINDS:
            raise LocalCloudError(
                f"sam local is given {kind or 'nothing'}: it takes `invoke` or `start-lambda` here, as in "
                '`make sam-local RUN="invoke TokenRefreshFunction --event events/token_refresh.json"`.'
            )
        variables = self._variables()
        with self._way_in(variables) as host:
            env_file = self._written(variables, host)
            Sam(self._layout).build()
            return self._sam([kind, *self._flags(env_file), *rest])

    @contextlib.contextmanager
    def _way_in(self, variables: Variables) -> Iterator[IPv4Address]:
        find_engine(self._layout, self._environment)
        if host := self._named_host():
            yield host
        else:
            with open_door(self._layout, self._environment, ports_of(variables)) as relay:
                yield relay

    def _written(self, variables: Variables, host: IPv4Address) -> Path:
        file = self._layout.file("env.json")
        statefile.write(file, seen_from_containers(variables, str(host)))
        return file

    def _named_host(self) -> IPv4Address | None:
        text = self._environment.get(HOST, "")
        try:
            return IPv4Address(text) if text else None
        except ValueError as error:
            # Of a name, S3 clients would make one name for each bucket, which nothing resolves.
            raise LocalCloudError(f"{HOST} is {text!r}, which is no IPv4 address: give one.") from error

    def _variables(self) -> Variables:
        url = MiniStack(self._layout).url
        aws = LocalAws(url) if url else None
        outputs = stack.outputs_of(aws, stack.name_of(self._layout)) if aws else {}
        if aws is None or not outputs:
            raise LocalCloudError("The local cloud does not run, and `sam local` needs it: `make run` starts it.")
        return variables_of(aws, outputs)

    def _flags(self, env_file: Path) -> list[str]:
        # The image of the runtime is still fetched where it is missing; one that is there serves without a network.
        return [
            *("--template-file", str(self._layout.build / "template.yaml")),
            *("--env-vars", str(env_file)),
            *("--parameter-overrides", f"Architecture={architecture()}"),
            *("--layer-cache-basedir", str(self._layout.build.parent / "layers")),
            "--skip-pull-image",
        ]

    def _sam(self, arguments: Sequence[str]) -> int:
        environment = child_environment(self._environment, temporary=self._layout.state / "tmp")
        environment |= {name: value for name, value in self._environment.items() if name.startswith("DOCKER_")}
        command = [str(self._layout.sam), "local", *arguments]
        with subprocess.Popen(command, cwd=self._layout.root, env=environment) as child:  # noqa: S603 # no shell
            try:
                return child.wait()
            except KeyboardInterrupt:
                # It removes its containers then. At a terminal it has heard of it already, which does no harm.
                child.send_signal(signal.SIGINT)
                return child.wait()
