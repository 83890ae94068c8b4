"""One `make run` at a time; the lock ends with the process, however it ends."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local_cloud.errors import LocalCloudError


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Holds the lock file `path`.

    Raises:
        LocalCloudError: another `make run` of this checkout holds it.
    """
    with path.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise LocalCloudError("Another `make run` is at work in this checkout; wait for it or end it.") from error
        yield
