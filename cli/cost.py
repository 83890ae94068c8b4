"""`tiktok-collector cost`: what a month on AWS costs, from measured counts and the price list (docs/cost.md)."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer
from rich import box
from rich.table import Table

from cli.commands import about_files
from cli.pricing import PRICES_OF, REGION, Counts, Line, monthly_cost, total
from cli.screen import Screen

_COUNTS: Final = Path(__file__).resolve().parents[1] / "benchmarks" / "monthly_cost.json"
_EXACT_BELOW: Final = 100


class Use(StrEnum):
    """How the quotas are used, every day of the month."""

    RESEARCH = "research"
    BOTH = "both"


@about_files
def cost(
    screen: Screen,
    *,
    use: Annotated[Use, typer.Option("--use", help="Which quotas are used in full, every day.")] = Use.BOTH,
) -> None:
    """What a month on AWS costs with the quotas used in full, item by item; less used is less.

    Counts are measured with the real collector, prices are those of the table in docs/cost.md.

    Example: `tiktok-collector cost --use research`
    """
    lines = monthly_cost(measured(use))
    after, without = total(lines)
    document = {
        "use": use,
        "prices_of": PRICES_OF,
        "region": REGION,
        "lines": msgspec.to_builtins(lines),
        "dollars": round(after, 2),
        "dollars_without_free": round(without, 2),
    }
    note = f"Dollars, {REGION}, prices of {PRICES_OF}, before taxes, after a year of data; docs/cost.md has the rest."
    screen.show(document, _table(lines, after, without), note)


def measured(use: str) -> Counts:
    """What a stack that uses its quotas so was measured to use in a month."""
    return msgspec.json.decode(_COUNTS.read_bytes(), type=dict[str, Counts])[use]


def _table(lines: list[Line], after: float, without: float) -> Table:
    found = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    found.add_column("item")
    for heading in ("a month", "after what is free", "without"):
        found.add_column(heading, justify="right")
    for line in lines:
        digits = 1 if line.quantity < _EXACT_BELOW else 0
        quantity = f"{line.quantity:,.{digits}f} {line.unit}"
        found.add_row(line.item, quantity, f"{line.dollars:,.2f}", f"{line.dollars_without_free:,.2f}")
    found.add_section()
    found.add_row("together", "", f"{after:,.2f}", f"{without:,.2f}")
    return found
