"""Questions to a person, on standard error alone: standard output is for what a command answers."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout

import typer


def asked(words: str, default: str = "", *, hidden: bool = False) -> str:
    """What a person typed, without space around it; `default` where that is nothing.

    Where standard input is no terminal it is read from there, hidden or not: otherwise a terminal would be asked, past
    what a script hands in.

    Raises:
        typer.Abort: the input has ended.
    """
    if hidden and not sys.stdin.isatty():
        typer.echo(f"{words}:", err=True)
        return _line() or default
    with _on_standard_error():
        answer = typer.prompt(words, default=default, show_default=bool(default), hide_input=hidden, err=True)
    return str(answer).strip()


def confirmed(words: str) -> bool:
    """Whether a person said yes; no is the default."""
    with _on_standard_error():
        return typer.confirm(words, default=False, err=True)


def _line() -> str:
    line = sys.stdin.readline()
    if not line:
        raise typer.Abort
    return line.strip()


@contextmanager
def _on_standard_error() -> Iterator[None]:
    """Typer leaves a prompt's last character to `input`, which writes it to standard output, before any JSON there."""
    if sys.stdout.isatty():  # where `input` edits lines, and needs it
        yield
    else:
        with redirect_stdout(sys.stderr):
            yield
