"""`tiktok-collector runs`: what is under way and what came of the last runs."""

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from cli import manifests
from cli.commands import about_a_stack
from cli.exit_codes import ExitCode
from cli.failures import Failure
from cli.run_states import RunSummary, ended_run, ended_runs, open_run, open_runs
from cli.runs_screen import runs_screen
from cli.screen import Screen
from cli.target import Target
from tiktok_collector.collection.waiting import sentences
from tiktok_collector.lake.keys import manifest_key
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.tasks.run import RunState
from tiktok_collector.tasks.runs import RunStore
from tiktok_collector.tasks.store import TaskStore

if TYPE_CHECKING:
    from rich.console import RenderableType


@about_a_stack
def runs(
    screen: Screen,
    target: Target,
    *,
    run: Annotated[str | None, typer.Argument(metavar="[RUN]", help="Only this run, by its id.")] = None,
    last: Annotated[int, typer.Option("--last", min=1, max=1000, help="So many runs that have ended.")] = 20,
) -> None:
    """The open runs, and the last that have ended, with what they lack.

    Example: `tiktok-collector runs --last 50 --json`
    """
    if run is not None:
        found = [_one(target, run)]
    else:
        found = [*open_runs(target), *ended_runs(ObjectStore(target.aws.s3, target.stack.bucket), last)]
    pictures: list[RenderableType] = ["[dim]No run yet: `tiktok-collector extract @name` begins one.[/dim]"]
    if found:
        pictures = runs_screen(found, target.clock.now())
        reasons = sentences(reason for each in found for reason in each.parked)
        pictures += [f"  [dim]{sentence}[/dim]" for sentence in reasons]
    screen.show({"runs": msgspec.to_builtins(found)}, *pictures)


def _one(target: Target, run_id: str) -> RunSummary:
    """The run in the table if it is open, else in its manifest."""
    stored = RunStore(target.aws.dynamodb, target.stack.tasks_table, target.clock).get(run_id)
    if stored is not None and stored.state is not RunState.DONE:
        tasks = TaskStore(target.aws.dynamodb, target.stack.tasks_table, target.clock)
        return open_run(stored, tasks.of_run(run_id))
    manifest = manifests.of_run(ObjectStore(target.aws.s3, target.stack.bucket), run_id)
    if manifest is None:
        raise Failure(ExitCode.NOT_FOUND, f"There is no run {run_id}: `tiktok-collector runs` lists the last ones.")
    return ended_run(manifest, manifest_key(run_id))
