"""What `extract` and `search` have in common: options for period and depth, sending, waiting, telling."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Final
from uuid import uuid4

import typer
from rich.console import RenderableType

from cli import manifests
from cli.exit_codes import ExitCode
from cli.following import Followed, Following
from cli.screen import Screen
from cli.sending import checked, send
from cli.target import Target
from cli.words import counted, visible
from local_cloud.report import completeness
from local_cloud.results import AccountResult, account_result
from tiktok_collector.collection.manifest_document import COMPLETE, RUNNING
from tiktok_collector.lake.keys import manifest_key
from tiktok_collector.lake.objects import ObjectStore

_WHEN: Final = "Which videos"
_HOW: Final = "How"

MaxVideos = Annotated[
    int | None, typer.Option("--max-videos", help="The newest so many videos.", rich_help_panel=_WHEN)
]
DaysBack = Annotated[
    int | None,
    typer.Option("--days-back", help="The last so many days.", show_default="90", rich_help_panel=_WHEN),
]
StartDate = Annotated[str | None, typer.Option("--start-date", help="First day, YYYY-MM-DD.", rich_help_panel=_WHEN)]
EndDate = Annotated[str | None, typer.Option("--end-date", help="Last day, YYYY-MM-DD.", rich_help_panel=_WHEN)]
IncludeComments = Annotated[
    bool, typer.Option("--include-comments", help="Also the comments of the videos.", rich_help_panel=_WHEN)
]
MaxComments = Annotated[
    int | None, typer.Option("--max-comments", help="So many comments of each video.", rich_help_panel=_WHEN)
]
Replies = Annotated[bool, typer.Option("--replies", help="Also the replies to comments.", rich_help_panel=_WHEN)]
Identified = Annotated[
    bool,
    typer.Option(
        "--identified", help="The export names people; without it they have pseudonyms.", rich_help_panel=_HOW
    ),
]
RunIdOption = Annotated[
    str | None, typer.Option("--run-id", help="The run's id; one that is known goes on.", rich_help_panel=_HOW)
]
Wait = Annotated[bool, typer.Option("--wait", help="Follow the run to its end.", rich_help_panel=_HOW)]
Minutes = Annotated[int, typer.Option("--minutes", min=1, max=1440, help="Wait at most so long.", rich_help_panel=_HOW)]


def event_of(
    *,
    max_videos: int | None,
    days_back: int | None,
    start_date: str | None,
    end_date: str | None,
    include_comments: bool,
    max_comments: int | None,
    replies: bool,
    identified: bool,
) -> dict[str, Any]:
    """The part of an event that says which videos, how deep into comments, and whether the export names people."""
    given = {"max_videos": max_videos, "days_back": days_back, "start_date": start_date, "end_date": end_date}
    event: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if include_comments or max_comments is not None or replies:
        comments = {"max_per_video": max_comments, "replies": replies or None}
        event["comments"] = {name: value for name, value in comments.items() if value is not None}
    if identified:
        event["identified"] = True
    return event


def collect(
    screen: Screen,
    target: Target,
    function: str,
    event: Mapping[str, Any],
    *,
    run_id: str | None,
    wait: bool,
    minutes: int,
) -> ExitCode:
    """Sends an event and, with `wait`, follows its run.

    Raises:
        Failure: the event cannot be sent so, or the function failed.
    """
    now = target.clock.now()
    event = {**event, "run_id": run_id or f"cli-{now:%Y%m%dT%H%M%SZ}-{uuid4().hex[:4]}"}
    for warning in checked(target, function, event):
        screen.say(warning)
    if not wait:
        send(target, function, event)
        again = f"tiktok-collector runs {event['run_id']} {target.flags}"
        screen.show(
            {"run_id": event["run_id"], "state": "sent", "event": event},
            f"Sent as the run {event['run_id']}; `{again}` shows how far it is.",
        )
        return ExitCode.DONE
    followed = Following(target, function, event, most=timedelta(minutes=minutes)).run(screen)
    return _tell(screen, target, event["run_id"], followed)


def _tell(screen: Screen, target: Target, run_id: str, followed: Followed) -> ExitCode:
    manifest = manifests.of_run(ObjectStore(target.aws.s3, target.stack.bucket), run_id) or {}
    status = manifest.get("status", RUNNING)
    if not followed.status.finished or status == RUNNING:
        return _tell_unfinished(screen, target, run_id, followed)
    entries = manifests.subjects(manifest)
    exports = [f"s3://{target.stack.bucket}/{each['export']}" for each in entries if each.get("export")]
    gaps = list(manifests.gaps(manifest))
    document = {
        "run_id": run_id,
        "state": status,
        "requests": sum(each.get("requests", 0) for each in entries),
        "gaps": sum(not gap.possible for gap in gaps),
        "exports": exports,
        "manifest": f"s3://{target.stack.bucket}/{manifest_key(run_id)}",
    }
    screen.show(document, *_pictures(manifest, document))
    return ExitCode.DONE if status == COMPLETE else ExitCode.INCOMPLETE


def _pictures(manifest: Mapping[str, Any], document: Mapping[str, Any]) -> list[RenderableType]:
    lines: list[RenderableType] = []
    for entry in manifests.subjects(manifest):
        if "username" in entry:
            lines.append(_account(account_result(dict(entry))))
        if "search" in entry:
            rows = (
                ", ".join(f"{number:,} {name}" for name, number in entry.get("rows", {}).items() if number) or "no rows"
            )
            lines.append(f"{visible(entry['search'])}: {rows}, {counted(entry['requests'], 'request')}.")
    if document["gaps"]:
        lines.append(
            f"[yellow]{counted(document['gaps'], 'gap')}[/yellow]: `tiktok-collector gaps {document['run_id']}` says "
            "what is missing and whether it can be asked again."
        )
    return [*lines, *(visible(each) for each in document["exports"])]


def _account(result: AccountResult) -> str:
    """One line, which fits any terminal: rows by section, what was observed, requests, and whether it is complete."""
    rows = [f"{number:,} {section.replace('_', ' ')}" for section, number in result.rows.items() if number]
    rows += [f"{section.replace('_', ' ')} {kind}" for section, kind in result.observed.items()]
    profile = f"{visible(result.profile)}, " if result.profile not in {"", "yes", "no"} else ""
    asked = f"{', '.join(map(visible, rows)) or 'no rows'}, {counted(result.requests, 'request')}"
    return f"[bold]{visible(result.username)}[/bold]: {profile}{asked}; complete: {completeness(result)}"


def _tell_unfinished(screen: Screen, target: Target, run_id: str, followed: Followed) -> ExitCode:
    reasons = "; ".join(followed.status.reasons)
    why = f" ({visible(reasons)})" if reasons else ""
    until = followed.resting_until
    what = f"rests until {until:%Y-%m-%d %H:%M} UTC{why} and then goes on by itself" if until else "is under way"
    screen.show(
        {"run_id": run_id, "state": "parked" if until else "running", "resume_at": until and until.isoformat()},
        f"The run {run_id} {what}: `tiktok-collector runs {run_id} {target.flags}` shows how far it is.",
    )
    return ExitCode.INCOMPLETE
