"""`tiktok-collector sandbox`: the local TikTok alone, in the foreground."""

from pathlib import Path
from typing import Annotated

import typer

from cli.commands import about_files
from cli.exit_codes import ExitCode
from cli.screen import Screen
from sandbox.command_line import main


@about_files
def sandbox(
    screen: Screen,
    *,
    port: Annotated[int, typer.Option("--port", min=0, max=65_535, help="On 127.0.0.1; 0 is any.")] = 8600,
    seed: Annotated[int | None, typer.Option("--seed", help="Another seed is another world.")] = None,
    world: Annotated[Path | None, typer.Option("--world", help="A dataset (docs/sandbox.md).")] = None,
    faults: Annotated[str | None, typer.Option("--faults", help="`realistic`, a file, or JSON.")] = None,
) -> None:
    """Runs the sandbox, a TikTok on this machine, until Ctrl-C; `make run` starts one of its own.

    With `--json` its address and credentials are one line, printed once it answers.

    Example: `tiktok-collector sandbox --port 8600 --seed 7 --faults realistic`
    """
    options = {"--port": port, "--seed": seed, "--world": world, "--faults": faults}
    arguments = [text for name, value in options.items() if value is not None for text in (name, str(value))]
    arguments += ["--json"] if screen.as_json else []
    if code := main(arguments):
        raise typer.Exit(ExitCode.USAGE if code == ExitCode.USAGE else code)
