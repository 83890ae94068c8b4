"""Plays the fault campaign in full: python -m benchmarks.chaos [--case NAME ...] [--seed N] [--write].

Prints the figures. With --write those of each case that kept its promises are stored in figures.json as it ends, and
docs/reliability.md gets its table from there.
"""

import argparse
import sys
import time

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks.chaos import record
from benchmarks.chaos.campaign import CASES, played
from benchmarks.chaos.case import Figures, Size

_WIDTH = 160


def main() -> int:
    """Returns 1 if a promise is broken."""
    asked = _arguments()
    console = Console(width=_WIDTH)
    table = Table(title=f"Fault campaign, seed {asked.seed}")
    for heading in ("case", *record.HEADINGS, "seconds"):
        table.add_column(heading, justify="left" if heading == "case" else "right")
    chosen = [case for case in CASES if not asked.case or case.name in asked.case]
    found: dict[str, Figures] = {}
    with Progress(console=console, transient=True) as progress:
        bar = progress.add_task("", total=len(chosen))
        for case in chosen:
            progress.update(bar, description=case.name)
            began = time.monotonic()
            found[case.name] = played(case, asked.size, asked.seed)
            table.add_row(case.name, *record.cells(found[case.name]), f"{time.monotonic() - began:.0f}")
            progress.advance(bar)
            if asked.write and not found[case.name].broken():
                record.write({case.name: found[case.name]})
    console.print(table)
    broken = {name: figures.broken() for name, figures in found.items() if figures.broken()}
    for name, sentences in broken.items():
        console.print(f"{name}: {'; '.join(sentences)}.")
    return 1 if broken else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos", description=__doc__)
    parser.add_argument("--case", action="append", choices=[case.name for case in CASES], help="only this one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", type=Size, default=Size.FULL, choices=list(Size))
    parser.add_argument("--write", action="store_true", help="keep the figures for docs/reliability.md")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
