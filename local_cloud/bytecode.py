"""Bytecode for the built layers: python3.13 -m local_cloud.bytecode <build directory>.

Lambda's /opt is read-only: a layer without bytecode is compiled anew at every cold start, and `sam build` ships none.
Bytecode is the same for every processor and every 3.13.x. Each file carries the hash of its source and counts only as
long as the two match, so it cannot be stale; where it is not there, everything runs all the same, only slower.
"""

import compileall
import sys
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import Final

from local_cloud.errors import LocalCloudError

LAYER: Final = Path("CollectorLayer", "python")
ANALYTICS_LAYER: Final = Path("AnalyticsLayer", "python")
LAYERS: Final = (LAYER, ANALYTICS_LAYER)
"""What the template's layers are called in a build directory, and their folders of modules."""
_DEPLOYED: Final = "/opt/python"
_RUNTIME: Final = (3, 13)


def compile_layers(build: Path) -> None:
    """Puts bytecode beside each module of the layers in the build directory; the same sources give the same bytes.

    Raises:
        LocalCloudError: a layer is not built, a module does not compile, or this Python is not the functions' own.
    """
    if sys.version_info[:2] != _RUNTIME:
        wanted = ".".join(map(str, _RUNTIME))
        raise LocalCloudError(f"The layer is for Python {wanted} and this is {sys.version.split()[0]}: use that one.")
    for each in LAYERS:
        _compile(build / each)


def _compile(layer: Path) -> None:
    if not layer.is_dir():
        raise LocalCloudError(f"There is no built layer at {layer}: run sam build first.")
    # Tracebacks of a deployed function shall not name this machine's folders.
    done = compileall.compile_dir(
        layer,
        quiet=1,
        force=True,
        stripdir=str(layer),
        prependdir=_DEPLOYED,
        invalidation_mode=PycInvalidationMode.CHECKED_HASH,
    )
    if not done:
        raise LocalCloudError(f"A module below {layer} does not compile: see above, and renew the lock files.")


def main() -> int:
    """Compiles the layers of the build directory that the command line names."""
    try:
        compile_layers(Path(sys.argv[1]))
    except LocalCloudError as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
