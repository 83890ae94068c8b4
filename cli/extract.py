"""`tiktok-collector extract @name`: accounts, just now."""

from typing import Annotated

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
from cli.screen import Screen
from cli.target import Target
from tiktok_collector.study.streams import Stream


@about_a_stack
def extract(
    screen: Screen,
    target: Target,
    *,
    accounts: Annotated[list[str], typer.Argument(metavar="@NAME...", help="Accounts: name, @name, or a URL.")],
    max_videos: MaxVideos = None,
    days_back: DaysBack = None,
    start_date: StartDate = None,
    end_date: EndDate = None,
    include_comments: IncludeComments = False,
    max_comments: MaxComments = None,
    replies: Replies = False,
    include: Annotated[
        list[Stream] | None,
        typer.Option(
            "--include",
            help="What to collect; may be given several times.",
            show_default="profile, videos, pinned, liked, reposted",
        ),
    ] = None,
    max_followers: Annotated[int | None, typer.Option("--max-followers", help="The newest so many followers.")] = None,
    max_following: Annotated[int | None, typer.Option("--max-following", help="The newest so many followed.")] = None,
    identified: Identified = False,
    run_id: RunIdOption = None,
    wait: Wait = False,
    minutes: Minutes = 60,
) -> ExitCode:
    """Collects accounts now, and with `--wait` shows the bar of each and where its export is.

    Example: `tiktok-collector extract @name --max-videos 10 --days-back 90 --include-comments --wait`
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
    event |= {"username": accounts[0]} if len(accounts) == 1 else {"usernames": accounts}
    if include:
        event["include"] = [str(stream) for stream in include]
    limits = {"max_followers": max_followers, "max_following": max_following}
    event |= {name: value for name, value in limits.items() if value is not None}
    return collect(screen, target, "user_extraction", event, run_id=run_id, wait=wait, minutes=minutes)
