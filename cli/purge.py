"""`tiktok-collector purge`: deletes an account, a study, or all before a day, everywhere, and certifies it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import typer
from rich import box
from rich.console import RenderableType
from rich.table import Table

from cli.checks_screen import certificate_lines
from cli.commands import about_a_stack
from cli.download import places_of
from cli.exit_codes import ExitCode
from cli.failures import Failure
from cli.prompts import asked
from cli.purged_copies import Copies, copies
from cli.screen import Screen
from cli.target import Target
from cli.words import counted, visible
from local_cloud.errors import LocalCloudError
from local_cloud.invocation import invoke
from tiktok_collector.errors import InvalidRequest
from tiktok_collector.events.parsing import parse_event
from tiktok_collector.events.purge import PurgeEvent
from tiktok_collector.lake.objects import ObjectStore
from tiktok_lake.keys import CERTIFICATES

_DONE: Final = "done"
_MOST_LISTED: Final = 50


@about_a_stack
def purge(
    screen: Screen,
    target: Target,
    *,
    account: Annotated[str | None, typer.Option("--account", help="Everything of this account, by its handle.")] = None,
    study: Annotated[str | None, typer.Option("--study", help="Everything that this study has brought.")] = None,
    before: Annotated[str | None, typer.Option("--before", help="Everything fetched before this UTC day.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Delete without asking.")] = False,
    certificates: Annotated[
        bool, typer.Option("--certificates", help="List the certificates of all deletions instead.")
    ] = False,
    copy: Annotated[
        Path | None,
        typer.Option(
            "--copy",
            help="The folder that `download` has filled.",
            show_default="out/<stack>, or out/ for the local cloud",
            file_okay=False,
        ),
    ] = None,
) -> ExitCode | None:
    """Shows what would go, asks, and deletes it in the bucket, in the tables and in what `download` has fetched.

    It cannot be undone: old versions go, too. An account that the study still names is refused.

    Example: `tiktok-collector purge --account some.one --dry-run`
    """
    if certificates:
        _list(screen, target)
        return None
    scope = {
        name: value for name, value in (("account", account), ("study", study), ("before", before)) if value is not None
    }
    event = _event(scope)
    if screen.as_json and not (dry_run or yes):
        raise Failure(ExitCode.USAGE, "With --json nobody sees first what would go: add --dry-run, or --yes.")
    folder, index = places_of(target, copy)
    if dry_run or not yes:
        planned = _sent(target, event, "Looking", screen)
        here = copies(target, folder, index, event.purge)
        screen.show({**planned, "copies": here.document}, *_pictures(planned, here, done=False))
    if dry_run:
        return None
    if not yes:
        _confirmed(str(next(iter(scope.values()))))
    report = _sent(target, event.model_copy(update={"dry_run": False}), "Deleting", screen)
    # What has changed in the bucket is known now.
    here = copies(target, folder, index, event.purge, _pseudonyms(target, report))
    here.remove()
    screen.show({**report, "copies": here.document}, *_pictures(report, here, done=True))
    return None if report.get("state") == _DONE else ExitCode.INCOMPLETE


def _event(scope: Mapping[str, str]) -> PurgeEvent:
    if len(scope) != 1:
        raise Failure(ExitCode.USAGE, "Name what is to go: one of --account, --study and --before.")
    try:
        return parse_event(PurgeEvent, {"purge": dict(scope)})
    except InvalidRequest as error:
        name = next(iter(scope))
        reason = str(error).removeprefix(f"The event's field 'purge.{name}' is wrong: ")
        raise Failure(ExitCode.USAGE, f"--{name} is wrong: {reason}") from error


def _sent(target: Target, event: PurgeEvent, doing: str, screen: Screen) -> dict[str, Any]:
    """What the function answers. It is asked while somebody waits, so that no queue keeps the event."""
    document = event.model_dump(mode="json", exclude_none=True)
    try:
        with screen.err.status(f"{doing}; this takes up to 15 minutes"):
            return invoke(target.aws, target.stack.data_refresh, document)
    except LocalCloudError as error:
        raise Failure(
            ExitCode.REFUSED,
            f"{error} What was begun goes on; `tiktok-collector purge --certificates {target.flags}` shows its end."
            if not event.dry_run and "answering" in str(error)
            else str(error),
        ) from error


def _confirmed(name: str) -> None:
    if asked(f"This cannot be undone. Type {name} to delete it") != name:
        raise Failure(ExitCode.USAGE, "Nothing was deleted: what you typed is something else.")


def _pseudonyms(target: Target, report: Mapping[str, Any]) -> list[str]:
    """How exports under pseudonyms called the account."""
    data = ObjectStore(target.aws.s3, target.stack.bucket).get_bytes(str(report.get("certificate") or "-"))
    return list(msgspec.json.decode(data).get("ids", {}).get("accounts", ())) if data else []


def _pictures(report: Mapping[str, Any], here: Copies, *, done: bool) -> list[RenderableType]:
    numbers = _numbers(report)
    shown: list[RenderableType] = [numbers] if numbers.row_count else ["Nothing of it was found in the stack."]
    shown += [f"[dim]{visible(sentence)}[/dim]" for sentence in report.get("left_over", ())]
    if note := report.get("note"):
        shown.append(visible(note))
    shown += here.sentences(done=done)
    if done and report.get("certificate"):
        shown.append(f"Deleted. The certificate: {visible(report['certificate'])}")
    return shown


def _numbers(report: Mapping[str, Any]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in ("where", "what", "goes", "changes"):
        table.add_column(name, justify="left" if name in {"where", "what"} else "right")
    deleted, changed = report.get("deleted", {}), report.get("changed", {})
    for place in sorted({*deleted, *changed}):
        for kind in sorted({*deleted.get(place, {}), *changed.get(place, {})}):
            goes, changes = deleted.get(place, {}).get(kind, 0), changed.get(place, {}).get(kind, 0)
            table.add_row(visible(place), visible(kind), f"{goes:,}" if goes else "", f"{changes:,}" if changes else "")
    return table


def _list(screen: Screen, target: Target) -> None:
    """Shows the newest certificates."""
    objects = ObjectStore(target.aws.s3, target.stack.bucket)
    keys = [each.key for each in objects.keys(CERTIFICATES)][-_MOST_LISTED:]
    found = [(key, msgspec.json.decode(data)) for key in reversed(keys) if (data := objects.get_bytes(key))]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in ("when", "rule", "of", "rows", "checked", "left over"):
        table.add_column(name, overflow="fold")
    for _, each in found:
        table.add_row(
            visible(_minute(each)),
            visible(str(each.get("rule", ""))),
            visible(str(each.get("scope") or "")),
            f"{sum(each.get('deleted', {}).get('row store', {}).values()):,}",
            f"{sum(each.get('checked', {}).values()):,}",
            counted(len(each.get("left_over", ())), "sentence") if each.get("left_over") else "",
        )
    documents = [{"key": key, **each} for key, each in found]
    places = certificate_lines([(_minute(each), key) for key, each in found])
    screen.show({"certificates": documents}, *([table, *places] if found else ["Nothing was ever deleted here."]))


def _minute(certificate: Mapping[str, Any]) -> str:
    return str(certificate.get("ended_at", ""))[:16]
