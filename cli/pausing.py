"""`tiktok-collector pause` and `resume`: all schedules of the stack, off and on."""

from collections.abc import Sequence

import msgspec

from cli import schedules
from cli.commands import about_a_stack
from cli.schedules import Schedule
from cli.screen import Screen
from cli.target import Target


@about_a_stack
def pause(screen: Screen, target: Target) -> None:
    """Switches every schedule of the stack off: nothing begins and nothing parked goes on, until `resume`.

    A function at work ends by itself. Events that you send are worked all the same. The next `sam deploy` leaves
    schedules as they are, unless it changes them.

    Example: `tiktok-collector pause --stack tiktok-collector`
    """
    changed = schedules.switch(target, "DISABLED")
    screen.show(
        {"paused": True, "changed": msgspec.to_builtins(changed)},
        f"{_in_words(changed, 'switched off')} Runs under way rest until `tiktok-collector resume {target.flags}`.",
    )


@about_a_stack
def resume(screen: Screen, target: Target) -> None:
    """Switches every schedule of the stack on again; what is parked goes on with the next tick.

    Example: `tiktok-collector resume --stack tiktok-collector`
    """
    changed = schedules.switch(target, "ENABLED")
    screen.show(
        {"paused": False, "changed": msgspec.to_builtins(changed)},
        f"{_in_words(changed, 'switched on')} What is parked goes on with the next tick, within ten minutes.",
    )


def _in_words(changed: Sequence[Schedule], what: str) -> str:
    if not changed:
        return f"Every schedule was {what} already."
    names = ", ".join(sorted({each.function for each in changed}))
    return f"{what.capitalize()}: {names}."
