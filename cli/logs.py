"""`tiktok-collector logs`: the functions' last lines, in their order."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Final

import msgspec
import typer
from rich.text import Text

from cli.commands import about_a_stack
from cli.exit_codes import ExitCode
from cli.failures import Failure
from cli.function_logs import LogLine, lines, log_groups
from cli.screen import Screen
from cli.target import Target
from cli.words import line_of, printable

_SPAN: Final = re.compile(r"([0-9]{1,4})(m|h|d)")
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}
_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_COLOURS: Final = {"WARNING": "yellow", "ERROR": "red", "CRITICAL": "red", "PLATFORM": "dim"}
_SHOWN: Final = ("run_id", "task_id", "page", "rows", "error_type", "log_id")


class Function(StrEnum):
    """The functions of a stack."""

    TOKEN_REFRESH = "token_refresh"  # noqa: S105 - a name
    USER_EXTRACTION = "user_extraction"
    VIDEO_SEARCH = "video_search"
    COLLECTION_WORKER = "collection_worker"
    TREND_INGESTION = "trend_ingestion"
    QUOTA_ACCOUNTING = "quota_accounting"
    LAKE_CURATION = "lake_curation"
    DATA_REFRESH = "data_refresh"
    DATASET_IMPORT = "dataset_import"


class Level(StrEnum):
    """The least serious lines that are shown."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@about_a_stack
def logs(
    screen: Screen,
    target: Target,
    *,
    function: Annotated[Function | None, typer.Argument(help="One function; all without it.")] = None,
    last: Annotated[int, typer.Option("--lines", "-n", min=1, max=10_000, help="So many lines at most.")] = 50,
    run: Annotated[str | None, typer.Option("--run", help="Only lines about this run.")] = None,
    since: Annotated[str, typer.Option("--since", help="How far back: 90m, 24h, 7d.")] = "24h",
    level: Annotated[Level, typer.Option("--level", help="The least serious lines to show.")] = Level.INFO,
    platform: Annotated[bool, typer.Option("--platform", help="Also what Lambda itself says.")] = False,
) -> None:
    """What the functions have logged, the newest last.

    Example: `tiktok-collector logs collection_worker --run study-20261121-accounts --level warning`
    """
    began = target.clock.now() - _span(since)
    groups = log_groups(target)
    asked = {name: group for name, group in groups.items() if function in (None, name)}
    with ThreadPoolExecutor(8) as pool:
        parts = pool.map(lambda name: lines(target, name, asked[name], since=began, holding=run or ""), asked)
        found = [line for part in parts for line in part if _is_wanted(line, level, platform=platform)]
    # Stable, so lines of one millisecond stay in the order in which a function wrote them.
    newest = sorted(found, key=lambda line: line.at)[-last:]
    pictures = [picture(each) for each in newest] or [Text(f"No such line in the last {since}.", "dim")]
    screen.show({"lines": msgspec.to_builtins(newest)}, *pictures)


def _is_wanted(line: LogLine, level: Level, *, platform: bool) -> bool:
    if line.level == "PLATFORM":
        return platform or line.is_failure
    return line.level not in _LEVELS or _LEVELS.index(line.level) >= _LEVELS.index(level.upper())


def picture(line: LogLine) -> Text:
    """One line: when, who, how serious, what, and the fields that tell one page from another."""
    beside = " ".join(f"{name}={line.fields[name]}" for name in _SHOWN if line.fields.get(name) not in (None, ""))
    colour = _COLOURS.get(line.level, "default")
    return Text.assemble(
        (f"{line.at:%m-%d %H:%M:%S} ", "dim"),
        f"{line.function:<18}",
        (f"{line.level:<9}", colour),
        (printable(line_of(line.message, 2_000)), colour),
        (f"  {printable(beside)}" if beside else "", "dim"),
    )


def _span(text: str) -> timedelta:
    found = _SPAN.fullmatch(text)
    if found is None or not int(found[1]):
        raise Failure(ExitCode.USAGE, f"--since {text} is no span of time: write such as 90m, 24h or 7d.")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})
