"""Every command has help with an example that it would take, is documented, and has the options that all have."""

import re
import shlex
from collections.abc import Iterator

import pytest
import typer
from typer.testing import CliRunner

from cli.app import app
from tests.support.docs import DOCS, names, table_of

EXAMPLE = re.compile(r"Example: `tiktok-collector (.+)`")
ROOT = typer.main.get_command(app)


def commands(group: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    for name, command in group.commands.items():  # type: ignore[attr-defined] # typer has a click of its own
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


COMMANDS = dict(commands(ROOT))


def test_every_command_is_documented() -> None:
    table = table_of((DOCS / "cli.md").read_text(), "## Commands", "command")
    assert sorted(names(table)) == sorted(" ".join(path) for path in COMMANDS)


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help_has_an_example_of_the_command_itself(path: tuple[str, ...]) -> None:
    help_text = getattr(COMMANDS[path], "help", "") or ""
    example = EXAMPLE.search(help_text)
    assert example, help_text
    words = shlex.split(example[1])
    assert tuple(words[: len(path)]) == path
    known = {name for parameter in COMMANDS[path].params for name in parameter.opts}  # type: ignore[attr-defined] # as above
    assert {word for word in words if word.startswith("--")} <= known
    assert CliRunner().invoke(app, [*path, "--help"]).exit_code == 0


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_has_the_options_of_all(path: tuple[str, ...]) -> None:
    known = {name for parameter in COMMANDS[path].params for name in parameter.opts}  # type: ignore[attr-defined] # as above
    expected = {"--json", "--stack", "--profile", "--region", "--local"}
    if path in {("init",), ("cost",), ("study", "validate"), ("sandbox",)}:
        expected = {"--json"}
    assert known >= expected
