"""`tiktok-collector study`: check a study file, see what it would cost, put it into the bucket, compare."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import typer

from cli.checks_screen import checks_screen
from cli.commands import about_a_stack, about_files
from cli.exit_codes import ExitCode
from cli.failures import Failure
from cli.screen import Screen
from cli.study_draft import draft
from cli.study_files import Checked, check, differences, valid
from cli.study_screen import checked_screen, contents, diff_screen, plan_screen
from cli.target import Target
from local_cloud.invocation import invoke
from local_cloud.study_upload import already_planned, upload
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.study.day_plan import DayPlan
from tiktok_lake.refresh.status import read_status

app: Final = typer.Typer(help="The study file: check it, see what it would cost, put it into the bucket.")

_DEFAULT: Final = Path("study.yaml")
_MIDNIGHTS: Final = 3
"""Days by which S3 may expire an object and its old version later than it is told (template.yaml)."""
_File = Annotated[Path, typer.Argument(metavar="[FILE]", help="The study file, with its lists beside it.")]


@app.command()
@about_files
def validate(screen: Screen, *, file: _File = _DEFAULT) -> ExitCode:
    """Says what a study file has, or everything that is wrong with it, line by line.

    Example: `tiktok-collector study validate study.yaml`
    """
    checked = check(file)
    screen.show(_document(checked), *checked_screen(checked))
    return ExitCode.DONE if checked.study else ExitCode.INVALID


def _document(checked: Checked) -> dict[str, Any]:
    study = checked.study
    return {
        "valid": study is not None,
        "study": study.name if study else None,
        "problems": [each._asdict() for each in checked.problems],
        "warnings": list(study.read.warnings) if study else [],
    }


@app.command()
@about_a_stack
def plan(
    screen: Screen,
    target: Target,
    *,
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="A study file that is not uploaded yet.", show_default="the bucket's"),
    ] = None,
) -> None:
    """What today would cost if it were planned now, and whether it fits; nothing is sent.

    Of a FILE it is planned on this machine, with what the stack has collected so far and the quota that is left.

    Example: `tiktok-collector study plan study.yaml --stack tiktok-collector`
    """
    if file is None:
        found = invoke(target.aws, target.stack.user_extraction, {"study": True, "plan_only": True})
        if "study" not in found:
            raise Failure(ExitCode.NOT_FOUND, str(found.get("note") or "There is no study in the bucket."))
    else:
        found = _planned(draft(target, valid(file)))
    shown = {"windows": 0, "visits": 0, "problems": [], "notes": [], **found}
    screen.show(shown, *plan_screen(shown))


def _planned(found: DayPlan) -> dict[str, Any]:
    """The draft as the function reports one."""
    built: dict[str, Any] = msgspec.to_builtins(found)
    kept = {name: built[name] for name in ("study", "day", "estimate", "problems", "notes")}
    return {**kept, "windows": len(found.videos), "visits": len(found.visits)}


@app.command()
@about_a_stack
def status(screen: Screen, target: Target) -> None:
    """How the terms are kept: what must be checked now, what is late, what was deleted and why.

    Example: `tiktok-collector study status --stack tiktok-collector`
    """
    found = read_status(ObjectStore(target.aws.s3, target.stack.bucket))
    screen.show(msgspec.to_builtins(found), *checks_screen(found, target.clock.now()))


@app.command()
@about_a_stack
def push(screen: Screen, target: Target, *, file: _File = _DEFAULT) -> None:
    """Checks a study file and puts it into the bucket with its lists; the study begins with the worker's next tick.

    Example: `tiktok-collector study push study.yaml --local`
    """
    study = valid(file)
    today = target.clock.now().date()
    last = study.read.file.data.delete_after
    if last is not None and last < today:
        raise Failure(
            ExitCode.INVALID,
            f"{file}: delete_after is {last}, which is over, so the next check would delete everything that the study "
            f"{study.name} has brought. Choose today or a later day; to delete it now, `tiktok-collector purge "
            f"--study {study.name}` shows first what would go.",
        )
    changed = upload(target.aws.s3, target.stack.bucket, study)
    notes = _kept_too_long(study.read.file.data.refresh_interval_days, target.outputs)
    later = already_planned(target.aws.s3, target.stack.bucket, study, today, target.layout)
    counts = "It counts with the worker's next tick, within ten minutes."
    screen.show(
        {"study": study.name, "changed": changed, "note": " ".join([*([later] if later else []), *notes]) or None},
        f"{'Uploaded' if changed else 'Unchanged'}: {contents(study)}." + ("" if later else f" {counts}"),
        *([later] if later else []),
        *notes,
    )


def _kept_too_long(interval_days: int, outputs: Mapping[str, str]) -> list[str]:
    """What there is to say where the stack keeps raw pages for longer than the study's interval of checks."""
    kept = int(outputs["CuratedPageDays"]) + _MIDNIGHTS if "CuratedPageDays" in outputs else 0
    if kept <= interval_days:
        return []
    fitting = max(1, interval_days - _MIDNIGHTS)
    return [
        (
            f"The stack keeps raw pages for up to {kept} days, longer than refresh_interval_days ({interval_days}): "
            f"deploy it with CuratedPageDays={fitting}, or choose a longer interval."
        )
    ]


@app.command()
@about_a_stack
def diff(screen: Screen, target: Target, *, file: _File = _DEFAULT) -> ExitCode:
    """How the study file here differs from the bucket's; exit code 15 if it does.

    Example: `tiktok-collector study diff study.yaml`
    """
    found = differences(ObjectStore(target.aws.s3, target.stack.bucket), valid(file))
    screen.show({"differences": msgspec.to_builtins(found)}, *diff_screen(found))
    return ExitCode.DIFFERENT if found else ExitCode.DONE
