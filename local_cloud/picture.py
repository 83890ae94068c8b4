"""`python -m local_cloud.picture docs/make-run.svg`: a `make run`, and its real output as the README's picture."""

import argparse
import sys
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.terminal_theme import MONOKAI

from local_cloud.__main__ import run

_WIDTH: Final = 136
"""Columns: as many as the closing table needs."""

# Rich's own form without its web fonts, so that the picture needs nothing from elsewhere.
SVG: Final = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<title>What make run prints</title>
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px; line-height: {line_height}px; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def main() -> int:
    """Runs, and writes the picture if all went well; returns the exit code of the run."""
    parser = argparse.ArgumentParser(prog="python -m local_cloud.picture", description=__doc__)
    parser.add_argument("svg", type=Path, help="where the picture goes")
    target: Path = parser.parse_args().svg
    console = Console(record=True, width=_WIDTH, force_terminal=False)
    code = run(console)
    if code == 0:
        svg = console.export_svg(title="make run", theme=MONOKAI, code_format=SVG, unique_id="run")
        target.write_text("\n".join(line.rstrip() for line in svg.splitlines()) + "\n", encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main())
