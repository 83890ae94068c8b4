"""The command `tiktok-collector`: its groups and commands, put together."""

from typing import Final

import typer

from cli.status import status

app: Final = typer.Typer(
    help="Collect TikTok research data: see what runs, what it cost, what is missing, and ask for more.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="markdown",
)


@app.callback()
def _main() -> None:
    """Collect TikTok research data: see what runs, what it cost, what is missing, and ask for more."""


app.command("status")(status)
