"""The row store in a `make run`: rows made of the day's pages, what is due checked, and how much there is told."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec
from rich.console import Console

from local_cloud.endpoint import LocalAws
from local_cloud.invocation import FunctionFailed, invoke
from local_cloud.layout import Layout
from local_cloud.progress import counted, visible
from local_cloud.stack import Stack
from tiktok_lake.curation.report import CurationReport
from tiktok_lake.refresh.report import RefreshReport
from tiktok_lake.tables import TABLES

_MOST_INVOCATIONS: Final = 20
"""Each works for up to a quarter of an hour: more than a laptop collects in a day."""
_QUERY: Final = "SELECT username, count(*) FROM videos_latest GROUP BY username"


class RowStoreOfTheDay:
    """What `lake_curation` and `data_refresh` do for a `make run`; `problems` are sentences of what they could not."""

    def __init__(self, aws: LocalAws, stack: Stack, layout: Layout, console: Console) -> None:
        self.problems: list[str] = []
        self._aws = aws
        self._stack = stack
        self._layout = layout
        self._console = console

    def curate(self, event: Mapping[str, Any]) -> str:
        """Makes rows of all pages that have none; returns how many.

        Raises:
            LocalCloudError: the local AWS does not answer.
        """
        rows = pages = left = 0
        for _ in range(_MOST_INVOCATIONS):
            try:
                answer = invoke(self._aws, self._stack.lake_curation, event)
            except FunctionFailed as error:
                self.problems.append(f"No rows were made of what was collected: {error}")
                return "failed"
            report = msgspec.convert(answer, CurationReport)
            rows, pages = rows + sum(report.rows.values()), pages + report.pages
            self.problems += [each for each in report.problems if each not in self.problems]
            if not (left := report.left):
                break
        if left:
            self.problems.append(f"Of {counted(left, 'file')} of pages no rows were made yet; the next run goes on.")
        return f"{counted(rows, 'row')} of {counted(pages, 'page')}"

    def check(self, event: Mapping[str, Any]) -> str:
        """Checks what the terms ask to be checked by now; returns how far that is.

        Raises:
            LocalCloudError: the local AWS does not answer.
        """
        try:
            report = msgspec.convert(invoke(self._aws, self._stack.data_refresh, event), RefreshReport)
        except FunctionFailed as error:
            self.problems.append(f"What is due was not checked: {error}")
            return "failed"
        due, gone = sum(report.due.values()), sum(report.deleted.values())
        said = [f"{due:,} due" if due else "nothing is due"]
        said += [f"{gone:,} deleted"] if gone else []
        return ", ".join([*said, *map(visible, report.notes)])

    def report(self) -> None:
        """Prints how many rows lie in which table of the mirror, and how to ask them."""
        rows = rows_of(self._layout.out)
        if not rows:
            return
        folder = self._layout.out.relative_to(self._layout.root)
        tables = ", ".join(f"{name} {count:,}" for name, count in rows.items())
        for line in (
            f"  Rows in {folder}/curated/: {tables}",
            f'  To ask them: bin/tiktok-collector query "{_QUERY}" --from {folder}',
        ):
            self._console.print(line, highlight=False, soft_wrap=True)


def rows_of(folder: Path) -> dict[str, int]:
    """How many rows each table of a mirrored row store has; tables without any are left out."""
    # A run that fails before it gets here has not loaded DuckDB, whose parting words would hide its own.
    from tiktok_lake.engine import engine, quoted  # noqa: PLC0415 - as said
    from tiktok_lake.sources import FolderSource  # noqa: PLC0415 - as said

    source, found = FolderSource(folder), dict[str, int]()
    with engine() as connection:
        for name in TABLES:
            paths = ", ".join(quoted(each.path) for each in source.files(name))
            if paths:
                counting = f"SELECT count(*) FROM read_parquet([{paths}])"  # noqa: S608 # quoted
                found[name] = int(connection.execute(counting).fetchall()[0][0])
    return {name: count for name, count in found.items() if count}
