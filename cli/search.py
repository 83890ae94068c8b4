"""`tiktok-collector search`: the videos that a query finds, just now."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.collecting import (
    DaysBack,
    EndDate,
    Identified,
    IncludeComments,
    MaxComments,
    MaxVideos,
    Minutes,
    Replies,
    RunIdOption,
    StartDate,
    Wait,
    collect,
    event_of,
)
from cli.commands import about_a_stack
from cli.exit_codes import ExitCode
from cli.failures import Failure
from cli.screen import Screen
from cli.target import Target
from tiktok_collector.study_file.problems import InvalidStudy
from tiktok_collector.study_file.yaml_lines import read_yaml


@about_a_stack
def search(
    screen: Screen,
    target: Target,
    *,
    name: Annotated[str, typer.Argument(help="The search's name, as its export is called.")],
    keyword: Annotated[
        list[str] | None, typer.Option("--keyword", help="Words of the description; any of them.")
    ] = None,
    hashtag: Annotated[list[str] | None, typer.Option("--hashtag", help="Hashtags without #; any of them.")] = None,
    country: Annotated[
        list[str] | None, typer.Option("--country", help="Where accounts are registered, as US; any of them.")
    ] = None,
    query: Annotated[
        Path | None,
        typer.Option("--query", help="A file with and, or, not (docs/events.md), as JSON or YAML.", dir_okay=False),
    ] = None,
    max_videos: MaxVideos = None,
    days_back: DaysBack = None,
    start_date: StartDate = None,
    end_date: EndDate = None,
    include_comments: IncludeComments = False,
    max_comments: MaxComments = None,
    replies: Replies = False,
    identified: Identified = False,
    run_id: RunIdOption = None,
    wait: Wait = False,
    minutes: Minutes = 60,
) -> ExitCode:
    """Collects the videos that a query finds.

    Example: `tiktok-collector search pasta --hashtag pasta --hashtag carbonara --country IT --days-back 30 --wait`
    """
    event = event_of(
        max_videos=max_videos,
        days_back=days_back,
        start_date=start_date,
        end_date=end_date,
        include_comments=include_comments,
        max_comments=max_comments,
        replies=replies,
        identified=identified,
    )
    given = {"keyword": keyword, "hashtag_name": hashtag, "region_code": country}
    written = _written(query, given)
    event |= {"name": name, "query": written}
    return collect(screen, target, "video_search", event, run_id=run_id, wait=wait, minutes=minutes)


def _written(path: Path | None, given: Mapping[str, list[str] | None]) -> dict[str, Any]:
    conditions = [
        {"field_name": field, "operation": "IN" if len(values) > 1 else "EQ", "field_values": values}
        for field, values in given.items()
        if values
    ]
    query = _file(path) if path is not None else {}
    if conditions:
        also = query.get("and") or []
        if not isinstance(also, list):
            raise Failure(ExitCode.INVALID, f"In the file {path} `and` is no list: write its conditions as [{{...}}].")
        query["and"] = [*also, *conditions]
    if not query:
        raise Failure(ExitCode.USAGE, "A search needs a query: give --keyword, --hashtag, --country or --query FILE.")
    return query


def _file(path: Path) -> dict[str, Any]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
        found = _json(text)
        # As in a study file, values stay as they are written: NO is a country.
        found = read_yaml(text).data if found is None else found
    except OSError as error:
        raise Failure(ExitCode.INVALID, f"The file {path} cannot be read: {error.strerror}.") from error
    except InvalidStudy as error:
        line = error.problems[0].line
        raise Failure(
            ExitCode.INVALID,
            f"The file {path} is neither JSON nor YAML with and, or, not (line {line}): write the query as such.",
        ) from error
    except UnicodeDecodeError as error:
        raise Failure(ExitCode.INVALID, f"The file {path} is not UTF-8 text: save it as such.") from error
    if not isinstance(found, dict):
        raise Failure(ExitCode.INVALID, f"The file {path} is no object with and, or, not: write the query as such.")
    return found


def _json(text: str) -> Any:
    """What the text is in JSON; None where it is not in JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
