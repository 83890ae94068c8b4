"""`tiktok-collector status`: is it running, and what is wrong?"""

from typing import Any

import msgspec

from cli.commands import about_a_stack
from cli.screen import Screen
from cli.status_reading import StackStatus, status_of
from cli.status_screen import status_screen
from cli.target import Target


@about_a_stack
def status(screen: Screen, target: Target) -> None:
    """One screen: functions, schedules, runs, token, gaps, dead letters, and checks that are late.

    Failures and "last seen" are what the logs of the last 24 hours show.

    Example: `tiktok-collector status --stack tiktok-collector --region eu-central-1`
    """
    found = status_of(target)
    screen.show(document(found), *status_screen(found))


def document(found: StackStatus) -> dict[str, Any]:
    """The status for a script."""
    derived = {"paused": found.paused, "token_minutes": found.token_minutes, "parked_tasks": found.parked_tasks}
    built: dict[str, Any] = msgspec.to_builtins(found)
    return {**built, **derived}
