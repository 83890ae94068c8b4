"""Live progress of the runs: a bar an account on a terminal, a line now and then elsewhere."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from local_cloud.watch import AccountStatus, RunStatus

_LINE_EVERY_SECONDS = 5.0


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
            for account in status.accounts:
                self._bar(status.run_id, account)
        if not self._console.is_terminal and time.monotonic() - self._last_line > _LINE_EVERY_SECONDS:
            self._last_line = time.monotonic()
            accounts = [account for status in statuses for account in status.accounts]
            line = ", ".join(f"{visible(each.username)} {_so_far(each)}" for each in accounts)
            self._console.print(f"    {line}", soft_wrap=True, highlight=False)

    def _bar(self, run_id: str, account: AccountStatus) -> None:
        key = (run_id, account.username)
        detail = _detail(account)
        if key not in self._bars:
            self._bars[key] = self._progress.add_task("", name=visible(account.username), detail=detail)
        self._progress.update(self._bars[key], total=account.total or None, completed=account.done, detail=detail)


def _so_far(account: AccountStatus) -> str:
    return f"{account.done}/{account.total} tasks" if account.total else "planning"


def _detail(account: AccountStatus) -> str:
    if not account.total:
        return "planning"
    return f"{account.pages} pages, {account.rows:,} rows" + (f", {account.parked} parked" if account.parked else "")


def counted(number: int, thing: str) -> str:
    """`1 account`, `2 accounts`."""
    return f"{number:,} {thing}" + ("" if number == 1 else "s")


def visible(name: str) -> str:
    """A name with every control character escaped: a terminal must not obey a username."""
    return "".join(each if each.isprintable() else f"\\x{ord(each):02x}" for each in name).replace("[", "\\[")
