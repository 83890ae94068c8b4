"""`tiktok-collector init`: a study file from a few questions."""

from datetime import UTC, date, timedelta
from pathlib import Path
from typing import Annotated, Any, Final

import typer
import yaml

from cli.commands import about_files
from cli.exit_codes import ExitCode
from cli.failures import Failure
from cli.prompts import asked, confirmed
from cli.screen import Screen
from cli.study_files import check
from cli.study_screen import checked_screen
from tiktok_collector.clock import SystemClock
from tiktok_collector.study_file.problems import InvalidStudy
from tiktok_collector.study_file.reading import read_study

_WEEK: Final = timedelta(days=7)
_HEAD: Final = """\
# A study of the TikTok Research Collector; docs/study.md says what every key means.
# Check it with `tiktok-collector study validate`, see its cost with `study plan`, upload it with `study push`.
"""


@about_files
def init(
    screen: Screen,
    *,
    file: Annotated[Path, typer.Argument(metavar="[FILE]", help="Where to write it.")] = Path("study.yaml"),
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> ExitCode:
    """Asks for a study's name, accounts, hashtags and first day, and writes a study file that is valid.

    Example: `tiktok-collector init study.yaml`
    """
    if file.exists() and not force:
        raise Failure(ExitCode.USAGE, f"{file} is there already: name another file, or replace it with --force.")
    study = ask(SystemClock().now().astimezone(UTC).date())
    text = _HEAD + yaml.safe_dump(study, sort_keys=False, allow_unicode=True)
    try:
        read_study(text, {})
    except InvalidStudy as error:
        raise Failure(ExitCode.INVALID, f"Nothing was written: {error.problems[0].message}.") from error
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Failure(ExitCode.USAGE, f"{file} cannot be written ({error.strerror}): name another file.") from error
    checked = check(file)
    screen.show(
        {"file": str(file), "study": study},
        *checked_screen(checked),
        f"Next: `tiktok-collector study plan {file}` says what it would cost, `study push {file}` begins it.",
    )
    return ExitCode.DONE


def ask(today: date) -> dict[str, Any]:
    """The study that the answers make.

    Raises:
        Failure: there is nothing to collect.
    """
    study: dict[str, Any] = {"version": 1, "name": asked("Name of the study (letters, digits, _ and -)", "study")}
    study["first_day"] = _day(asked("First day of videos (YYYY-MM-DD)", (today - _WEEK).isoformat()))
    if accounts := _listed(asked("Accounts to follow, with commas between (empty: none)")):
        include = ["profile", "videos", *(["comments"] if _comments("their videos") else [])]
        study["cohorts"] = {"accounts": {"accounts": accounts, "include": include}}
    conditions = _conditions()
    if conditions:
        include = ["videos", *(["comments"] if _comments("what is found") else [])]
        study["searches"] = {"search": {"query": {"and": conditions}, "include": include}}
    if not accounts and not conditions:
        raise Failure(ExitCode.INVALID, "Nothing was written: a study needs accounts, hashtags or words to look for.")
    return study


def _conditions() -> list[dict[str, Any]]:
    hashtags = [each.lstrip("#") for each in _listed(asked("Hashtags to search for (empty: none)"))]
    words = _listed(asked("Words to search for (empty: none)"))
    found = [("hashtag_name", hashtags), ("keyword", words)]
    if hashtags or words:
        regions = [each.upper() for each in _listed(asked("Countries of the accounts, such as DE, FR (empty: all)"))]
        found.append(("region_code", regions))
    return [
        {"field_name": field, "operation": "IN" if len(values) > 1 else "EQ", "field_values": values}
        for field, values in found
        if values
    ]


def _comments(of_what: str) -> bool:
    return confirmed(f"Comments of {of_what}, too?")


def _listed(text: str) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _day(text: str) -> date | str:
    """A date, which YAML writes without quotes; what is none is said by the check of the study."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text
