"""What every command has in common: options that name the stack, `--json`, and errors as one sentence."""

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Annotated, Any, Final

import typer

from cli.exit_codes import ExitCode
from cli.failures import Failure, failure
from cli.screen import Screen, screen
from cli.target import Choice, resolve

_PANEL: Final = "Which stack, and how to answer"
_STACK = Annotated[
    str | None,
    typer.Option(
        "--stack", envvar="TIKTOK_COLLECTOR_STACK", help="Name of the deployed stack.", rich_help_panel=_PANEL
    ),
]
_PROFILE = Annotated[str | None, typer.Option("--profile", help="AWS profile to use.", rich_help_panel=_PANEL)]
_REGION = Annotated[str | None, typer.Option("--region", help="AWS region of the stack.", rich_help_panel=_PANEL)]
_LOCAL = Annotated[
    bool, typer.Option("--local", help="The local cloud that `make run` started.", rich_help_panel=_PANEL)
]
_JSON = Annotated[
    bool, typer.Option("--json", help="Print one JSON document and nothing else.", rich_help_panel=_PANEL)
]
type _Options = Mapping[str, tuple[Any, object]]

_FOR_ALL: Final[_Options] = {"json": (_JSON, False)}
_FOR_STACKS: Final[_Options] = {
    "stack": (_STACK, None),
    "profile": (_PROFILE, None),
    "region": (_REGION, None),
    "local": (_LOCAL, False),
}

type Command = Callable[..., ExitCode | None]


def about_a_stack(command: Command) -> Callable[..., None]:
    """A command `(screen, target, …)`: the stack's options and `--json` are added to its own."""

    @wraps(command)
    def run(**given: Any) -> None:
        shown = screen(as_json=given.pop("json"))
        choice = Choice(**{name: given.pop(name) for name in _FOR_STACKS})
        _carried_out(shown, lambda: command(shown, resolve(choice), **given))

    return _with_options(run, command, taken=2, options={**_FOR_STACKS, **_FOR_ALL})


def about_a_stack_or_files(command: Command) -> Callable[..., None]:
    """A command `(screen, reach, …)` that may need a stack: `reach()` finds it, or says that none was named."""

    @wraps(command)
    def run(**given: Any) -> None:
        shown = screen(as_json=given.pop("json"))
        choice = Choice(**{name: given.pop(name) for name in _FOR_STACKS})
        _carried_out(shown, lambda: command(shown, lambda: resolve(choice), **given))

    return _with_options(run, command, taken=2, options={**_FOR_STACKS, **_FOR_ALL})


def about_files(command: Command) -> Callable[..., None]:
    """A command `(screen, …)` that needs no stack: `--json` is added to its own options."""

    @wraps(command)
    def run(**given: Any) -> None:
        shown = screen(as_json=given.pop("json"))
        _carried_out(shown, lambda: command(shown, **given))

    return _with_options(run, command, taken=1, options=_FOR_ALL)


def _carried_out(shown: Screen, act: Callable[[], ExitCode | None]) -> None:
    """Ends the process with the code of what happened; what went wrong is one sentence on standard error."""
    try:
        code = act() or ExitCode.DONE
    except (KeyboardInterrupt, typer.Abort):  # Abort: Ctrl-C at a prompt
        shown.say("Interrupted; what was sent goes on.")
        code = ExitCode.INTERRUPTED
    except typer.Exit:
        raise
    except Exception as error:  # noqa: BLE001 # the outermost frame: a person gets a sentence, never a traceback
        code = _told(shown, error)
    raise typer.Exit(code)


def _told(shown: Screen, error: Exception) -> ExitCode:
    # In a frame of its own: pydantic's errors keep the frames that they went through, and one of these that kept the
    # error would be a ring that is never freed, of which DuckDB complains on standard error when the process ends.
    problem = failure(error) or Failure(
        ExitCode.DEFECT,
        f"This is a defect of tiktok-collector ({type(error).__name__}: {error}); please report it with the "
        "command that you gave.",
    )
    for sentence in (str(problem), *problem.more):
        shown.say(sentence)
    return problem.code


def _with_options(run: Callable[..., None], command: Command, *, taken: int, options: _Options) -> Callable[..., None]:
    """`run` with the signature that typer reads: what `command` takes, without the first `taken`, and `options`."""
    own = list(inspect.signature(command).parameters.values())[taken:]
    # Keyword-only, so that a default before a required one is no error.
    own = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in own]
    added = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, (annotation, default) in options.items()
    ]
    run.__signature__ = inspect.Signature([*own, *added])  # type: ignore[attr-defined] # what inspect looks for
    run.__annotations__ = {each.name: each.annotation for each in (*own, *added)}
    return run
