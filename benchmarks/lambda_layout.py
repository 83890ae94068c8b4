"""Fresh Python processes laid out as Lambda lays them out: the runtime's boto3, the layer's packages, one function.

The development environment has a hundred packages more than a function sees; some libraries scan them all at import.
"""

import compileall
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
LAYER: Final = ROOT / "layers" / "collector"
FUNCTIONS: Final = ("user_extraction", "video_search", "collection_worker", "quota_accounting", "token_refresh")
RUNTIME: Final = ("boto3",)
"""What Lambda's Python runtime brings along."""

_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")
_ENVIRONMENT: Final = {
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "BUCKET": "bucket",
    "TASKS_TABLE": "tasks",
    "TREND_CREDENTIALS_SECRET": "trend-credentials",
    "CREATIVE_CENTER_URL": "https://ads.tiktok.com",
    "CREATIVE_CENTER_US_URL": "https://ads.us.tiktok.com",
    "CREATIVE_CENTER_EU_URL": "https://ads-useast2a.tiktok.com",
    "BUSINESS_API_URL": "https://business-api.tiktok.com",
    "USAGE_LOG_TABLE": "usage-log",
    "ACCESS_TOKEN_SECRET": "access-token",
    "PSEUDONYM_KEY_SECRET": "pseudonym-key",
    "CLIENT_CREDENTIALS_SECRET": "client-credentials",
    "TOKEN_REFRESH_FUNCTION": "token-refresh",
    "RESEARCH_API_URL": "https://open.tiktokapis.com",
}


class LambdaLayout:
    """A folder with just the packages that a function finds in Lambda."""

    def __init__(self, folder: Path, built: Path | None = None) -> None:
        """Lays out `folder`, which must be new.

        Args:
            folder: Where.
            built: A layer's folder of modules as `sam build` leaves it, with the bytecode that it has and no other;
                without one it is the checkout's modules and the installed packages, compiled at their first import.
        """
        self._packages = folder / "packages"
        self._packages.mkdir(parents=True)
        self._layer = built or LAYER
        for name in closure(RUNTIME if built else [*RUNTIME, *layer_requirements()]):
            self._place(name, copy=built is not None)
        self._bytecode = {"PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
        if built:
            self._bytecode = {"PYTHONDONTWRITEBYTECODE": "1"}
            compileall.compile_dir(self._packages, quiet=2)

    def run(self, code: str, function: str | None = None) -> str:
        """Standard output of `code` in a fresh process; `function` is the one whose folder is importable.

        Raises:
            RuntimeError: the process failed; the message is its standard error.
        """
        path = [*([ROOT / "functions" / function] if function else []), self._layer, self._packages]
        environment = {
            **_ENVIRONMENT,
            **self._bytecode,
            "PYTHONPATH": os.pathsep.join(map(str, path)),
            "HOME": str(self._packages),
        }
        command = [sys.executable, "-S", "-c", code]
        done = subprocess.run(  # noqa: S603 - this interpreter, code of this package
            command, env=environment, cwd=self._packages, check=False, capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout

    def _place(self, name: str, *, copy: bool) -> None:
        distribution = importlib.metadata.distribution(name)
        tops = {Path(str(file)).parts[0] for file in distribution.files or ()}
        for top in tops - {"..", "__pycache__"}:
            place, installed = self._packages / top, Path(str(distribution.locate_file(top)))
            if place.exists():
                continue
            if not copy:
                place.symlink_to(installed)
            elif installed.is_dir():
                shutil.copytree(installed, place)
            else:
                shutil.copy(installed, place)


def layer_requirements() -> Iterator[str]:
    """The packages that the layer asks for by name."""
    for line in (LAYER / "requirements.in").read_text(encoding="utf-8").splitlines():
        if match := _NAME.match(line):
            yield match[0]


def closure(names: Iterable[str]) -> set[str]:
    """The packages and everything that they require, without extras and other platforms' needs."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop().lower()
        if name in found:
            continue
        found.add(name)
        needed = (each for each in importlib.metadata.requires(name) or () if ";" not in each)
        waiting.extend(match[0] for each in needed if (match := _NAME.match(each)))
    return found
