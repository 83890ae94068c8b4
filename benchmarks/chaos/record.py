"""The figures of the last full campaign, and the table that docs/reliability.md makes of them."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Final

from benchmarks.chaos.campaign import CASES
from benchmarks.chaos.case import Figures

FIGURES: Final = Path(__file__).with_name("figures.json")
DOCUMENT: Final = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
BEGIN: Final = "<!-- figures: python -m benchmarks.chaos --write -->"
END: Final = "<!-- end of figures -->"
HEADINGS: Final = (
    "storms",
    "faults",
    "invocations",
    "pages",
    "rows",
    "lost",
    "over quota",
    "twice",
    "false gaps",
    "requests too many",
)


def cells(figures: Figures) -> tuple[str, ...]:
    """A line of the table, without the case's name."""
    numbers = (
        figures.storms,
        figures.injected,
        figures.invocations,
        figures.pages,
        figures.rows,
        figures.lost,
        figures.over_quota,
        figures.duplicates,
        figures.false_gaps,
        figures.extra,
    )
    return tuple(f"{number:,}" for number in numbers)


def recorded() -> dict[str, Figures]:
    """What is kept, by the name of the case."""
    kept = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    return {name: Figures(**values) for name, values in kept.items()}


def table(found: Mapping[str, Figures]) -> str:
    """The table in Markdown, of the cases in their order."""
    heads = ("case", "what goes wrong", *HEADINGS)
    lines = [heads, tuple("---" if number < len(("case", "what")) else "---:" for number in range(len(heads)))]
    lines += [(f"`{case.name}`", case.what, *cells(found[case.name])) for case in CASES if case.name in found]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def write(found: Mapping[str, Figures]) -> None:
    """Keeps the figures beside those of other cases, and renews the document's table."""
    known = {case.name for case in CASES}
    kept = {name: figures for name, figures in {**recorded(), **found}.items() if name in known}
    values = {name: asdict(figures) for name, figures in sorted(kept.items())}
    FIGURES.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")
    if DOCUMENT.exists():
        DOCUMENT.write_text(with_table(DOCUMENT.read_text(encoding="utf-8"), kept), encoding="utf-8")


def with_table(document: str, found: Mapping[str, Figures]) -> str:
    """The document with the table of `found` between its marks."""
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table(found)}\n\n{END}{after}"
