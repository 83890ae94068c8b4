"""Questions to a person, on standard error alone: standard output is for what a command answers."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout

import typer

from cli.exit_codes import ExitCode
from cli.failures import Failure


def asked(words: str, default: str = "", *, hidden: bool = False) -> str:
    """What a person typed, without space around it; `default` where that is nothing.

    Where standard input is no terminal it is read from there, hidden or not: otherwise a terminal would be asked, past
    what a script hands in.

    Raises:
        Failure: the input has ended.
        typer.Abort: Ctrl-C.
    """
    if hidden and not sys.stdin.isatty():
        typer.echo(f"{words}:", err=True)
        return _line(words) or default
    with _on_standard_error(), _end_told(words):
        answer = typer.prompt(words, default=default, show_default=bool(default), hide_input=hidden, err=True)
    return str(answer).strip()


def confirmed(words: str) -> bool:
    """Whether a person said yes; no is the default.

    Raises:
        Failure: the input has ended.
        typer.Abort: Ctrl-C.
    """
    with _on_standard_error(), _end_told(words):
        return typer.confirm(words, default=False, err=True)


def _line(words: str) -> str:
    line = sys.stdin.readline()
    if not line:
        raise _ended(words)
    return line.strip()


@contextmanager
def _end_told(words: str) -> Iterator[None]:
    """Typer makes the end of input the same as Ctrl-C; a script that hands in too little is told what was missing."""
    try:
        yield
    except typer.Abort as error:
        if isinstance(error.__context__, EOFError):
            raise _ended(words) from error
        raise


def _ended(words: str) -> Failure:
    return Failure(ExitCode.USAGE, f"Nothing was done: the input ended where {words!r} was asked.")


@contextmanager
def _on_standard_error() -> Iterator[None]:
    """Typer leaves a prompt's last character to `input`, which writes it to standard output, before any JSON there."""
    if sys.stdout.isatty():  # where `input` edits lines, and needs it
        yield
    else:
        with redirect_stdout(sys.stderr):
            yield
