"""The screens of `study`: what a file has, what is wrong with it, and what a day of it would cost: pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from math import ceil
from typing import Any

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from cli.study_files import Checked, Difference
from cli.words import counted, printable, visible
from local_cloud.study_choice import ChosenStudy


def checked_screen(checked: Checked) -> list[RenderableType]:
    """What the file has, and warnings; or every problem, a line each."""
    if checked.study is None:
        head = f"[red]{visible(str(checked.path))} cannot be used:[/red] {counted(len(checked.problems), 'problem')}."
        return [head, *(f"  {visible(str(each))}" for each in checked.problems)]
    head = f"[green]{visible(str(checked.path))} is valid:[/green] {contents(checked.study)}."
    return [head, *(f"  [yellow]{visible(each)}[/yellow]" for each in checked.study.read.warnings)]


def contents(study: ChosenStudy) -> str:
    """`the study climate, 2 cohorts of 320 accounts, 1 search and trends`."""
    read = study.read.study
    accounts = len({name for cohort in read.cohorts for name in cohort.usernames})
    parts = [f"the study {visible(read.name)}"]
    if read.cohorts:
        parts.append(f"{counted(len(read.cohorts), 'cohort')} of {counted(accounts, 'account')}")
    if read.searches:
        parts.append(f"{len(read.searches)} search{'es' * (len(read.searches) > 1)}")
    if read.trends is not None:
        parts.append("trends")
    return ", ".join(parts)


def plan_screen(plan: Mapping[str, Any]) -> list[RenderableType]:
    """What the day would cost by collection and family, what does not fit, and what is wrong."""
    estimate = plan.get("estimate") or {}
    asked = f"{counted(plan['windows'], 'window')} of videos, {counted(plan['visits'], 'account')} themselves"
    lines: list[RenderableType] = [f"[bold]Study {visible(plan['study'])} on {plan['day']}[/bold]: {asked}."]
    today = estimate.get("today", ())
    if today:
        lines.append(_costs(today))
    for family, capacity in sorted(estimate.get("capacity", {}).items(), reverse=True):
        lines.append(_fit(family, capacity, estimate))
    lines += [f"  [yellow]{visible(each)}[/yellow]" for each in (*estimate.get("warnings", ()), *plan["problems"])]
    return [*lines, *(f"  [dim]{visible(each)}[/dim]" for each in plan["notes"])]


def _costs(today: Iterable[Mapping[str, Any]]) -> Table:
    sums: defaultdict[tuple[str, str], float] = defaultdict(float)
    for cost in today:
        sums[cost["collection"], cost["family"]] += cost["requests"]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("collection", overflow="fold")
    table.add_column("quota")
    table.add_column("requests", justify="right")
    for (collection, family), requests in sorted(sums.items()):
        table.add_row(visible(collection), visible(family), f"{requests:,.1f}".removesuffix(".0"))
    return table


def _fit(family: str, capacity: int, estimate: Mapping[str, Any]) -> str:
    planned = ceil(sum(each["requests"] for each in estimate.get("today", ()) if each["family"] == family))
    usual = ceil(sum(each["requests"] for each in estimate.get("usual", ()) if each["family"] == family))
    left = estimate.get("backlog", {}).get(family, 0)
    fits = f"[yellow]{left:,} would not fit today[/yellow]" if left else "[green]all that is due fits[/green]"
    requests = f"{planned:,} of the {capacity:,} left to schedules today, {usual:,} on a usual day"
    return f"  {visible(family)}: {requests}; {fits}"


def diff_screen(found: Iterable[Difference]) -> list[RenderableType]:
    """The differences in colour; one sentence without any."""
    colours = {"+": "green", "-": "red", "@": "cyan"}
    lines: list[RenderableType] = [
        Text(printable(line.expandtabs()), colours.get(line[:1], ""))
        for each in found
        for line in (each.lines or (f"{each.key} differs",))
    ]
    return lines or ["The bucket has the same."]
