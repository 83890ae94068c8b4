"""The Docker engine that `sam local` uses: whether it answers, and where its containers find this machine."""

import ipaddress
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from local_cloud.errors import LocalCloudError
from local_cloud.layout import Layout, Source, checkout

NO_ENGINE = "No Docker engine answers here, so nothing can run in a Lambda container: start one, or set DOCKER_HOST."
# The SAM CLI brings this library; asked through it, the engine is the one that `sam local` will find.
_ASK = """
import docker, json, sys
try:
    client = docker.from_env(timeout=20)
    print(json.dumps(client.networks.get("bridge").attrs))
except docker.errors.DockerException:
    sys.exit(3)
"""
_SILENT = 3


@dataclass(frozen=True, slots=True)
class Bridge:
    """The network of the containers: this machine's address in it, and all addresses that belong to it."""

    gateway: IPv4Address
    subnet: IPv4Network


def bridge_of(layout: Layout, environment: Mapping[str, str]) -> Bridge:
    """The bridge of the engine that answers.

    Raises:
        LocalCloudError: none does, or it has no such network.
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
    return read_bridge(json.loads(asked.stdout))


def read_bridge(attributes: Mapping[str, Any]) -> Bridge:
    """The bridge that the engine describes.

    Raises:
        LocalCloudError: it has no IPv4 addresses.
    """
    for config in (attributes.get("IPAM") or {}).get("Config") or ():
        subnet = ipaddress.ip_network(config["Subnet"])
        if isinstance(subnet, IPv4Network):
            # An engine that has not run a container yet may not name the gateway: it is the first address.
            return Bridge(IPv4Address(config.get("Gateway") or subnet[1]), subnet)
    raise LocalCloudError("The Docker engine's network `bridge` has no IPv4 addresses, which `sam local` needs here.")


def main() -> int:
    """0 if an engine answers; else 1, after a sentence on standard error."""
    try:
        bridge_of(Layout(checkout(), Source.SANDBOX), os.environ)
    except LocalCloudError as error:
        print(error, file=sys.stderr)  # noqa: T201 # a command's answer
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
