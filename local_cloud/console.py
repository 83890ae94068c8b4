"""What a person sees while it works: one line a step, with its time."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from rich.console import Console


class Steps:
    """Prints each step as it ends; on a terminal a spinner shows that it is at work."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def step(self, doing: str, *, spinner: bool = True) -> Iterator[list[str]]:
        """Runs one step; what is appended to the list yielded is shown behind its name."""
        notes: list[str] = []
        started = time.monotonic()
        with self._console.status(f"{doing} …") if spinner else nullcontext():
            yield notes
        took = f"{time.monotonic() - started:6.1f} s"
        detail = f"  [dim]{'; '.join(notes)}[/dim]" if notes else ""
        self._console.print(f"  [green]✓[/green] {doing:<34}{took}{detail}", soft_wrap=True)
