"""Ports on 127.0.0.1: the one used before if it is free, since the deployed stack names it."""

import socket
from pathlib import Path

from local_cloud import statefile
from local_cloud.errors import LocalCloudError

_TRIES = 100


def is_free(port: int) -> bool:
    """Whether a server could listen on 127.0.0.1:`port` now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def choose(remembered: Path, name: str, first: int) -> int:
    """A free port for `name`: the one in the file `remembered`, else the first free one from `first` on.

    Raises:
        LocalCloudError: a hundred ports in a row are taken.
    """
    known = statefile.read(remembered)
    before = known.get(name)
    candidates = ([before] if isinstance(before, int) else []) + list(range(first, first + _TRIES))
    for port in candidates:
        if is_free(port):
            statefile.write(remembered, known | {name: port})
            return port
    raise LocalCloudError(f"No port from {first} to {first + _TRIES - 1} is free on 127.0.0.1 for {name}; free one.")
