"""Live progress of the runs: a bar an account or collection on a terminal, a line now and then elsewhere."""

import re
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from local_cloud.watch import RunStatus, SubjectStatus

_LINE_EVERY_SECONDS = 5.0
_TAKES_BACK = re.compile(r"(?<!\\)\\++(?=\[|\Z)")
_BEGINS_MARKUP = re.compile(r"\[(?=[a-z#/@]|\Z)")


class ProgressView:
    """Shows statuses while the context is open."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bars: dict[tuple[str, str], TaskID] = {}
        self._last_line = 0.0
        self._progress = Progress(
            TextColumn("    {task.fields[name]:<26.26}"),
            BarColumn(bar_width=28),
            MofNCompleteColumn(),
            TextColumn("[dim]{task.fields[detail]}[/dim]"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def show(self, statuses: list[RunStatus]) -> None:
        """Brings the display up to date."""
        for status in statuses:
            for subject in status.subjects:
                self._bar(status.run_id, subject)
        if not self._console.is_terminal and time.monotonic() - self._last_line > _LINE_EVERY_SECONDS:
            subjects = [subject for status in statuses for subject in status.subjects]
            if not subjects:  # a study that is being planned
                return
            self._last_line = time.monotonic()
            line = ", ".join(f"{visible(each.name)} {_so_far(each)}" for each in subjects)
            self._console.print(f"    {line}", soft_wrap=True, highlight=False)

    def _bar(self, run_id: str, subject: SubjectStatus) -> None:
        key = (run_id, subject.name)
        detail = _detail(subject)
        if key not in self._bars:
            self._bars[key] = self._progress.add_task("", name=visible(subject.name), detail=detail)
        self._progress.update(self._bars[key], total=subject.total or None, completed=subject.done, detail=detail)


def _so_far(subject: SubjectStatus) -> str:
    return f"{subject.done}/{subject.total} tasks" if subject.total else "planning"


def _detail(subject: SubjectStatus) -> str:
    if not subject.total:
        return "planning"
    return f"{subject.pages} pages, {subject.rows:,} rows" + (f", {subject.parked} parked" if subject.parked else "")


def counted(number: int, thing: str) -> str:
    """`1 account`, `2 accounts`."""
    return f"{number:,} {thing}" + ("" if number == 1 else "s")


def printable(text: str) -> str:
    """One line with every character escaped that a terminal would obey or not show, such as control and bidi ones."""
    return "".join(each if each.isprintable() else f"\\x{ord(each):02x}" for each in text)


def visible(name: str) -> str:
    """What is `printable`, to be printed with rich's markup around it, of which it can neither begin nor end any."""
    # A backslash would take back the one that escapes a bracket: its own, or that of the markup behind the name.
    plain = _TAKES_BACK.sub(lambda run: r"\x5c" * len(run[0]), printable(name))
    return _BEGINS_MARKUP.sub(r"\\[", plain)
