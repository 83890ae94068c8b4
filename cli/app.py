"""The command `tiktok-collector`: its groups and commands, put together."""

from typing import Final

import typer

from cli import credentials, study
from cli.cost import cost
from cli.download import download
from cli.export import export
from cli.extract import extract
from cli.gaps import gaps
from cli.import_dataset import import_dataset
from cli.init import init
from cli.logs import logs
from cli.pausing import pause, resume
from cli.purge import purge
from cli.query import query
from cli.quota import quota
from cli.runs import runs
from cli.sandbox_command import sandbox
from cli.search import search
from cli.status import status
from cli.trends import trends

_SEE: Final = "See"
_ACT: Final = "Act"
_STUDY: Final = "The study"
_SETUP: Final = "Set up"

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


for _command in (status, quota, cost, runs, gaps, logs, query):
    app.command(rich_help_panel=_SEE)(_command)
for _command in (extract, search, trends, download, export, purge, pause, resume):
    app.command(rich_help_panel=_ACT)(_command)
app.command("import", rich_help_panel=_ACT)(import_dataset)
app.add_typer(study.app, name="study", rich_help_panel=_STUDY, no_args_is_help=True)
app.add_typer(credentials.app, name="credentials", rich_help_panel=_SETUP, no_args_is_help=True)
for _command in (init, sandbox):
    app.command(rich_help_panel=_SETUP)(_command)
