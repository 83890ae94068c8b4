"""`tiktok-collector gaps`: what runs and polls of trends lack, and asking for it again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

import msgspec
import typer
from rich import box
from rich.console import RenderableType
from rich.table import Table

from cli import manifests
from cli.commands import about_a_stack
from cli.exit_codes import ExitCode
from cli.failures import Failure
from cli.manifests import RunGap
from cli.retries import PREFIX, Retry, retries, why_not
from cli.screen import Screen
from cli.sending import checked, send
from cli.target import Target
from cli.trend_gaps import RecentPolls, recent_polls
from cli.trend_gaps_screen import document, trend_table
from cli.trend_retries import EVENT, FUNCTION, TrendLacks, trend_lacks
from cli.words import counted, dash, shortened, visible
from tiktok_collector.collection.manifest_document import COMPLETE, RUNNING
from tiktok_collector.lake.keys import RUN_MANIFESTS, run_of_manifest
from tiktok_collector.lake.objects import ObjectStore


@dataclass(frozen=True)
class Plan:
    """One retry with what became of it: `run_id` is the run that made the gaps good, or that is sent for them."""

    retry: Retry
    run_id: str
    made_good: bool


@about_a_stack
def gaps(
    screen: Screen,
    target: Target,
    *,
    run: Annotated[str | None, typer.Argument(metavar="[RUN]", help="Only this run's or poll's, by its id.")] = None,
    last: Annotated[int, typer.Option("--last", min=1, max=1000, help="So many runs that have ended.")] = 20,
    possible: Annotated[bool, typer.Option("--possible", help="Also those that may be none.")] = False,
    retry: Annotated[bool, typer.Option("--retry", help="Send events for what can be asked again.")] = False,
) -> None:
    """What the last runs lack, and the polls of trends of the last three days; why; `--retry` asks for it again.

    A retry is for the days of each gap alone. What a study lacks it asks for again by itself. Asking twice on one day
    costs nothing more.

    Example: `tiktok-collector gaps --last 50 --retry`
    """
    objects = ObjectStore(target.aws.s3, target.stack.bucket)
    polls = recent_polls(objects, target.clock.now())
    found = _manifests(screen, objects, run, last, polls)
    trends = trend_lacks(target, polls, run)
    lacking = [gap for manifest in found for gap in manifests.gaps(manifest) if possible or not gap.possible]
    wanted = [each for manifest in found for each in retries(manifest, manifests.gaps(manifest), possible=possible)]
    plans = _plans(target, objects, wanted)
    due = [plan for plan in plans if not plan.made_good]
    if retry:
        for plan in due:
            event = {**plan.retry.event_on(target.clock.now().date()), "run_id": plan.run_id}
            checked(target, plan.retry.function, event)
            send(target, plan.retry.function, event)
        if trends.retries:
            send(target, FUNCTION, EVENT)
    screen.show(
        {
            "gaps": [_document(gap, plans, possible=possible) for gap in lacking],
            "trend_gaps": [document(each, trends.run_id) for each in trends.lacks],
            "unread_polls": list(trends.unread),
            "retries": [
                {
                    "run_id": plan.run_id,
                    "function": plan.retry.function,
                    "event": dict(plan.retry.event),
                    "state": "made_good" if plan.made_good else "sent" if retry else "not_sent",
                }
                for plan in plans
            ]
            + _trend_retries(trends, sent=retry),
        },
        *_pictures(lacking, plans, sent=retry, possible=possible, trends=trends),
        *_closing(len(due) + trends.retries, trends, sent=retry),
    )


def _trend_retries(trends: TrendLacks, *, sent: bool) -> list[dict[str, Any]]:
    if not trends.retries:
        return []
    state = "sent" if sent else "not_sent"
    return [{"run_id": trends.run_id, "function": FUNCTION, "event": dict(EVENT), "state": state}]


def _manifests(
    screen: Screen, objects: ObjectStore, run: str | None, last: int, polls: RecentPolls
) -> list[dict[str, Any]]:
    if run is not None:
        manifest = manifests.of_run(objects, run)
        if manifest is None and polls.of_run(run):
            return []
        if manifest is None:
            raise Failure(ExitCode.NOT_FOUND, f"There is no run {run}: `tiktok-collector runs` lists the last ones.")
        return [manifest]
    found = {each.key: manifests.read(objects, each) for each in manifests.newest(objects, last)}
    for key in (key for key, manifest in found.items() if manifest is None):
        screen.say(f"Not looked at, since it is damaged or too large to be read here: {key}")
    return [manifest for manifest in found.values() if manifest is not None and manifest.get("status") != RUNNING]


def _plans(target: Target, objects: ObjectStore, wanted: Sequence[Retry]) -> list[Plan]:
    """A retry that has ended well is not sent again; retries of retries ask for the same and are one."""
    today = target.clock.now().date()
    tried = {each.key for each in objects.keys(RUN_MANIFESTS + PREFIX)} if wanted else set()
    alike: dict[str, Retry] = {}
    for each in wanted:
        same = alike.get(each.digest)
        alike[each.digest] = replace(each, gaps=(*same.gaps, *each.gaps)) if same else each
    plans = []
    for retry in alike.values():
        good = [key for key in sorted(tried) if retry.digest in key and _is_complete(objects, key)]
        run_id = run_of_manifest(good[-1]) if good else retry.run_id(today)
        plans.append(Plan(retry, run_id, made_good=bool(good)))
    return plans


def _is_complete(objects: ObjectStore, key: str) -> bool:
    manifest = manifests.of_run(objects, run_of_manifest(key))
    return manifest is not None and manifest.get("status") == COMPLETE


def _plan_for(gap: RunGap, plans: Sequence[Plan]) -> Plan | None:
    return next((plan for plan in plans if gap in plan.retry.gaps), None)


def _document(gap: RunGap, plans: Sequence[Plan], *, possible: bool) -> dict[str, Any]:
    plan = _plan_for(gap, plans)
    return {
        **msgspec.to_builtins(gap),
        "retry": plan.run_id if plan else None,
        "why_not": why_not(gap, possible=possible) or None,
    }


def _pictures(
    lacking: Sequence[RunGap], plans: Sequence[Plan], *, sent: bool, possible: bool, trends: TrendLacks
) -> list[RenderableType]:
    if not lacking and not trends.lacks:
        return ["[green]Nothing is missing[/green] in these runs."]
    of_runs: list[RenderableType] = [_table(lacking, plans, sent=sent, possible=possible)] if lacking else []
    between = [""] if lacking and trends.lacks else []
    return [*of_runs, *between, *([trend_table(trends, sent=sent)] if trends.lacks else [])]


def _table(lacking: Sequence[RunGap], plans: Sequence[Plan], *, sent: bool, possible: bool) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in ("run", "of", "stream", "days or item", "reason", "again?"):
        table.add_column(name, overflow="fold")
    for gap in lacking:
        where = "..".join(gap.window) if gap.window else visible(gap.item or "") or dash()
        reason = f"{gap.reason}{' (possible)' if gap.possible else ''}"
        detail = f" [dim]{shortened(gap.detail, 70)}[/dim]" if gap.detail else ""
        table.add_row(
            visible(gap.run_id),
            visible(gap.subject),
            visible(gap.stream),
            where,
            f"[yellow]{visible(reason)}[/yellow]{detail}",
            _again(gap, plans, sent=sent, possible=possible),
        )
    return table


def _again(gap: RunGap, plans: Sequence[Plan], *, sent: bool, possible: bool) -> str:
    plan = _plan_for(gap, plans)
    if plan is None:
        return f"[dim]no: {why_not(gap, possible=possible)}[/dim]"
    if plan.made_good:
        return f"[green]made good[/green] by {plan.run_id}"
    return f"sent as {plan.run_id}" if sent else "yes"


def _closing(due: int, trends: TrendLacks, *, sent: bool) -> list[str]:
    unread = [f"[red]The poll {visible(key)} cannot be read.[/red]" for key in trends.unread]
    if not due:
        return unread
    if sent:
        where = ["runs"] if due > trends.retries else []
        where += [f"gaps {trends.run_id}"] if trends.retries else []  # `runs` has no polls
        shows = " and ".join(f"`tiktok-collector {each}`" for each in where)
        return [*unread, f"Sent {counted(due, 'event')}: see {shows} for what became of it."]
    return [*unread, f"`--retry` would send {counted(due, 'event')}."]
