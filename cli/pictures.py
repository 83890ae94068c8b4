"""`python -m cli.pictures docs`: `status`, `quota` and `extract` of the running local cloud, as pictures."""

import argparse
import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.terminal_theme import MONOKAI

from cli.extract import extract
from cli.failures import Failure
from cli.quota import quota
from cli.screen import Screen
from cli.status import status
from cli.target import Choice, Target, resolve
from local_cloud.picture import SVG

_WIDTH: Final = 100
_WIDE: Final = 130
"""For lines that are not folded, since scripts read them: the summary and the path of an export."""
_EXTRACT: Final[dict[str, Any]] = {"max_videos": 10, "days_back": 90, "include_comments": True, "wait": True}
_SCREENS: Final[dict[str, tuple[str, Callable[..., None], dict[str, Any]]]] = {
    "extract": (
        "extract @sandbox_alice --max-videos 10 --days-back 90 --include-comments --wait",
        extract,
        {"accounts": ["@sandbox_alice"], **_EXTRACT},
    ),
    "status": ("status", status, {}),
    "quota": ("quota", quota, {}),
}


def main() -> int:
    """Writes one picture a screen; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m cli.pictures", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go")
    folder: Path = parser.parse_args().folder
    try:
        target = resolve(Choice(local=True))
        for name, (typed, command, options) in _SCREENS.items():
            (folder / f"cli-{name}.svg").write_text(_picture(name, typed, command, target, options), encoding="utf-8")
    except Failure as error:
        sys.stderr.write(f"{error}\n")
        return error.code
    return 0


def _picture(name: str, typed: str, command: Callable[..., None], target: Target, options: dict[str, Any]) -> str:
    width = _WIDE if name == "extract" else _WIDTH
    out = Console(record=True, width=width, file=io.StringIO(), force_terminal=True)
    quiet = Console(file=io.StringIO())
    # The command itself, without the frame that reads options and ends the process.
    command.__wrapped__(Screen(out, quiet, as_json=False), target, **options)  # type: ignore[attr-defined] # of wraps
    out.print()
    svg = out.export_svg(title=f"tiktok-collector {typed}", theme=MONOKAI, code_format=SVG, unique_id=f"cli-{name}")
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


if __name__ == "__main__":
    sys.exit(main())
