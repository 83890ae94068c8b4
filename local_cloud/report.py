"""The closing tables: one line an account, and today's quota."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from rich import box
from rich.console import Console
from rich.table import Table

from local_cloud.progress import visible
from local_cloud.quota_today import FamilyUsage
from local_cloud.results import COLUMNS, AccountResult
from tiktok_collector.errors import ObservationKind

_HEADINGS = ("videos", "comments", "followers", "following", "liked", "pinned", "reposted")
_PENDING = "…"


def print_accounts(console: Console, results: Sequence[AccountResult]) -> None:
    """One line an account; where an account stands in several, each says when its run started.

    A cell is a number, what was learnt instead of rows (`hidden`), `skipped` (the account is private, unknown or out of
    scope), `…` (not finished) or `-` (not asked for).
    """
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("account", overflow="fold")
    table.add_column("profile")
    for heading in (*_HEADINGS, "requests"):
        table.add_column(heading, justify="right")
    table.add_column("complete?", overflow="fold")
    times = Counter(result.username for result in results)
    for result in results:
        name = visible(result.username) + (f" [dim]({_run(result)})[/dim]" if times[result.username] > 1 else "")
        profile = result.profile or (_PENDING if "profile" in result.pending else "-")
        cells = [_cell(result, section) for section in COLUMNS]
        table.add_row(name, profile, *cells, f"{result.requests:,}", completeness(result))
    console.print(table)
    if any(result.pending for result in results):
        console.print(f"  [dim]{_PENDING} not finished yet, - not asked for[/dim]", highlight=False)


def _cell(result: AccountResult, section: str) -> str:
    if section in result.observed and not result.rows.get(section):
        return f"[dim]{visible(result.observed[section])}[/dim]"
    if section in result.skipped:
        return "[dim]skipped[/dim]"
    if section in result.pending:
        return _PENDING
    return f"{result.rows[section]:,}" if section in result.rows else "-"


def _run(result: AccountResult) -> str:
    if not result.started_at:
        return "run not started"
    return f"run of {datetime.fromisoformat(result.started_at).astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def print_strangers(console: Console, results: Iterable[AccountResult]) -> None:
    """One line about the accounts that the sandbox does not know, if there are any: a mistyped name is complete."""
    strangers = dict.fromkeys(result.username for result in results if result.profile == ObservationKind.UNKNOWN)
    if strangers:
        console.print(
            f"  The sandbox does not know {visible(', '.join(strangers))}: docs/sandbox.md lists its accounts, and "
            "WORLD=file brings your own.",
            highlight=False,
            soft_wrap=True,
        )


def completeness(result: AccountResult) -> str:
    """`yes`, `yes` with what may be missing, or `no` with the reason."""
    if result.complete:
        return "[green]yes[/green]" + (f" [dim]({visible(result.reason)})[/dim]" if result.reason else "")
    return (
        f"[yellow]no[/yellow]: {visible(result.reason)}"
        if result.reason
        else "[red]no, and no reason is recorded[/red]"
    )


def print_quota(console: Console, usage: Sequence[FamilyUsage]) -> None:
    """One line a quota family: used of the limit, and what the sandbox counted."""
    width = max((len(each.family) for each in usage), default=0)
    for each in usage:
        line = f"  Quota of {each.day}, {each.family:<{width}} {each.used:>6,} of {each.limit:>6,} requests"
        if each.served is not None:
            line += f"   the sandbox counted {each.served:,}"
        if each.unknown:
            line += f"   {each.unknown:,} of unknown fate, counted as spent"
        console.print(line, highlight=False, soft_wrap=True)
