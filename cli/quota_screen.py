"""The screen of `quota`: a bar per family, what it was spent on, what is to come, and the last 30 days: pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from cli.bars import bar, columns
from cli.usage_documents import DayUse, Quota, family_days, forecast_of
from cli.words import counted, dash, shortened, visible
from tiktok_collector.clock import from_iso

_BAR: Final = 40
_NAME: Final = 44
_HEIGHT: Final = 5
_WIDE: Final = 3
_LABEL_EVERY: Final = 5
_BY: Final = (("collection", "by_collection"), ("endpoint", "by_endpoint"), ("work", "by_work_class"))


def quota_screen(quota: Quota, *, by: Sequence[str], days: bool) -> list[RenderableType]:
    """Today's bars, then the tables asked for, then the plot of the last 30 days."""
    report = quota.report
    at = from_iso(report["at"])
    families = [each for each in report["families"] if each["used"] or each["limit"]]
    shown: list[RenderableType] = [f"[bold]Quota of {report['day']}[/bold]  [dim]as of {at:%H:%M} UTC[/dim]", ""]
    shown.append(_bars(families, report))
    shown += [sentence for each in families for sentence in _sentences(each, forecast_of(report, each["family"]))]
    for heading, field in _BY:
        if heading in by and any(each.get(field) for each in families):
            shown += ["", _table(heading, field, families)]
    if days:
        for family in families:
            shown += _plot(family, family_days(quota.history, family["family"], date.fromisoformat(report["day"])))
    return shown


def _bars(families: Iterable[Mapping[str, Any]], report: Mapping[str, Any]) -> Table:
    table = Table.grid(padding=(0, 2))
    for justify in ("left", "left", "right", "left"):
        table.add_column(justify=justify, no_wrap=True)
    for each in families:
        used, limit = each["used"], each["limit"]
        ahead = forecast_of(report, each["family"])
        expected = ahead["at_midnight"] - used if ahead else 0
        table.add_row(
            visible(each["family"]),
            bar(used, expected, limit, _BAR),
            f"{used:,} of {limit:,}",
            f"[dim]about {ahead['at_midnight']:,} at midnight[/dim]" if ahead else "",
        )
    return table


def _sentences(family: Mapping[str, Any], ahead: Mapping[str, Any] | None) -> list[str]:
    name, said = visible(family["family"]), []
    if ahead and (ahead["open_tasks"] or ahead["planned_left"]):
        more = "" if ahead["complete"] else " at least"
        said.append(
            f"  {name}: {counted(ahead['open_tasks'], 'open task')}{more} and {ahead['planned_left']:,} planned "
            f"{'request' if ahead['planned_left'] == 1 else 'requests'} are still to come today."
        )
    if ahead and ahead["over"]:
        said.append(f"  [yellow]{name}: {counted(ahead['over'], 'request')} will not fit today and go on tomorrow.[/]")
    if family.get("unknown"):
        said.append(f"  [dim]{name}: {counted(family['unknown'], 'request')} of unknown fate, counted as spent.[/dim]")
    if refusals := family.get("daily_refusals"):
        said.append(
            f"  [red]{name}: TikTok refused the day's quota at {refusals['refused_at']:,} of our requests "
            f"({from_iso(refusals['first_at']):%H:%M} UTC): others use the same client, or its limit is a lower one.[/]"
        )
    for field, words in (("paused_until", "paused by TikTok (429)"), ("closed_until", "closed by TikTok's daily 429")):
        if family.get(field):
            said.append(f"  [yellow]{name}: {words} until {from_iso(family[field]):%H:%M} UTC.[/]")
    return said


def _table(heading: str, field: str, families: Iterable[Mapping[str, Any]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column(f"by {heading}", no_wrap=True)
    for name in ("requests", "ok", "failed", "429", "unknown", "wasted", "rows", "rows a request"):
        table.add_column(name, justify="right", no_wrap=True)
    for family in families:
        lines = sorted(family.get(field, {}).items(), key=lambda line: -line[1]["requests"])
        if lines:
            table.add_row(f"[bold]{visible(family['family'])}[/bold]")
        for name, tally in lines:
            # The endpoints of trends begin with their source, which is the family or stands beside it.
            table.add_row(f"  {shortened(name.removeprefix(family['family'] + '/'), _NAME)}", *_cells(tally))
    return table


def _cells(tally: Mapping[str, Any]) -> list[str]:
    counts = [tally.get(name, 0) for name in ("requests", "ok", "failed", "refused", "unknown", "wasted", "records")]
    rate = tally.get("records_per_request")
    return [*(_number(each) for each in counts), dash() if rate is None else f"{rate:,.1f}"]


def _number(value: float) -> str:
    if not value:
        return dash()
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def _plot(family: Mapping[str, Any], days: Sequence[DayUse]) -> list[RenderableType]:
    """One column a day, as high as the share of the limit that was used; nothing for a family without a past."""
    if not any(each.used for each in days[:-1]):
        return []
    limit = max([family["limit"], *(each.used or 0 for each in days)])
    lines: list[RenderableType] = [
        "",
        f"[bold]{visible(family['family'])}[/bold]  [dim]the last 30 days and today[/dim]",
    ]
    label = f"{limit:,}"
    for number, line in enumerate(columns([each.used for each in days], limit, _HEIGHT, wide=_WIDE)):
        left = label if number == 0 else "0" if number == _HEIGHT - 1 else ""
        lines.append(Text.assemble((f"{left:>8} ", "dim"), line))
    lines.append(Text(" " * 9 + _labels(days), "dim"))
    return lines


def _labels(days: Sequence[DayUse]) -> str:
    """`10-22` below each fifth column, today's last."""
    text = [" "] * (_WIDE * len(days) + 5)
    for number in range(len(days) - 1, -1, -_LABEL_EVERY):
        for place, letter in enumerate(f"{days[number].day:%m-%d}"):
            text[_WIDE * number + place] = letter
    return "".join(text).rstrip()
