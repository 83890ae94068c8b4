"""All benchmarks as one table of ratios: python -m benchmarks (docs/benchmarks.md says what each means)."""

import os
from collections.abc import Iterator
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

from benchmarks import (
    cold_start,
    curation,
    dataset_import,
    deletion,
    full_quota,
    lake_views,
    large_account,
    page_path,
    scale,
    threads,
    trend_requests,
    trend_rows,
)
from benchmarks.lake.raw import PAGES_A_DAY

_COLD_STARTS = 15
_PAGE_ROUNDS = 7
_WIDTH = 140
_PART = 5


class Row(NamedTuple):
    """A line of the table: what was measured, against what, the two figures, what came out, what was aimed at."""

    what: str
    against: str
    measured: str
    reference: str
    ratio: str
    aim: str = ""


def main() -> None:
    """Run everything, some five minutes, and print the table."""
    console = Console(width=_WIDTH)
    table = Table(title="Benchmarks: only the ratios mean anything beyond this machine")
    for heading in ("what", "against", "measured", "reference", "ratio", "aim"):
        table.add_column(heading, justify="left" if heading in {"what", "against"} else "right")
    for name, rows in (
        ("response bytes to committed page", _pages()),
        ("rows of trends", _trend_rows()),
        ("cold start", _cold_starts()),
        ("threads", _threads()),
        ("requests for trends", _trend_requests()),
        ("a day's quota", _full_quota()),
        ("bookkeeping of many accounts", _scale()),
        ("memory of a large account", _memory()),
        ("curation", _curation()),
        ("imports", _imports()),
        ("deletion", _deletion()),
        ("views", _views()),
    ):
        with console.status(name):
            for row in rows:
                table.add_row(*row)
        table.add_section()
    console.print(table)


def _pages() -> Iterator[Row]:
    for each in page_path.measure(_PAGE_ROUNDS):
        yield Row(
            f"page: {page_path.KINDS[each.endpoint]}, {each.body_bytes / 1000:.0f} kB",
            "json.loads alone",
            f"{each.committed * 1e3:.2f} ms",
            f"{each.json_loads * 1e3:.2f} ms",
            f"{each.ratio:.2f}",
            "≥ 0.5",
        )


def _trend_rows() -> Iterator[Row]:
    for each in trend_rows.measure():
        yield Row(
            f"{trend_rows.ROWS:,} rows of {each.source}, {each.megabytes:.0f} MB",
            "json.loads and str.lower alone",
            f"{each.lines:.1f} s",
            f"{each.json_loads:.1f} s",
            f"{each.ratio:.2f}",
            f"< {trend_rows.MOST_SECONDS:.0f} s" if each.source == trend_rows.AIMED_AT else "",
        )
        yield Row(
            f"a day's summary of them, {each.source}",
            "the same",
            f"{each.summary:.1f} s",
            f"{each.json_loads:.1f} s",
            f"{each.summary / each.json_loads:.2f}",
        )


def _cold_starts() -> Iterator[Row]:
    for each in cold_start.measure(_COLD_STARTS):
        yield Row(
            f"cold start: {each.function}",
            "boto3 and two clients",
            f"{each.handler * 1e3:.0f} ms",
            f"{each.bare * 1e3:.0f} ms",
            f"{each.ratio:.2f}",
            "≤ 1.5",
        )


def _threads() -> Iterator[Row]:
    found = threads.measure()
    yield Row(
        f"twenty accounts, {found.requests} requests of 150 ms",
        f"1 thread by {threads.THREADS}",
        f"{found.together:.1f} s",
        f"{found.alone:.1f} s",
        f"{found.ratio:.1f}",
        "≥ 6",
    )


def _trend_requests() -> Iterator[Row]:
    found = trend_requests.measure()
    yield Row(
        f"trends: 27 countries, five kinds, {found.requests} requests of 300 ms",
        f"1 thread by {trend_requests.THREADS}",
        f"{found.together:.1f} s",
        f"{found.alone:.1f} s",
        f"{found.ratio:.1f}",
        "≥ 4",
    )


def _full_quota() -> Iterator[Row]:
    found = full_quota.measure(100 if os.environ.get("FULL") else full_quota.TENTH)
    most = full_quota.MOST_INVOCATIONS * full_quota.INVOCATION.total_seconds()
    yield Row(
        f"{sum(found.used.values()):,} requests of 150 ms, 8 threads, AWS over HTTP",
        "latency alone",
        f"{found.seconds:.0f} s",
        f"{found.ideal:.0f} s",
        f"{found.seconds / found.ideal:.2f}",
    )
    yield Row(
        f"a day's 21,000 requests{'' if found.percent == 100 else ', projected from that'}",
        "two invocations",
        f"{found.projected:.0f} s",
        f"{most:.0f} s",
        f"{found.projected / most:.2f}",
        "≤ 1",
    )


def _scale() -> Iterator[Row]:
    for each in scale.measure():
        yield Row(
            f"{each.phase}: {each.many.accounts:,} accounts, {each.many.tasks:,} tasks",
            f"{each.few.accounts:,} accounts",
            f"{each.many.microseconds:.0f} µs a task",
            f"{each.few.microseconds:.0f} µs a task",
            f"{each.ratio:.2f}",
            "about 1",
        )


def _memory() -> Iterator[Row]:
    found = large_account.measure()
    start = found.samples[0].megabytes
    rows = sum(count for section, count in found.rows.items() if section != "duplicates")
    for sample in found.samples[1:]:
        yield Row(
            f"memory: {sample.when} ({sample.pages:,} pages)",
            "start",
            f"{sample.megabytes:.0f} MB",
            f"{start:.0f} MB",
            f"{sample.megabytes / start:.2f}",
            "flat",
        )
    yield Row(
        f"memory: peak, {rows:,} rows exported",
        "256 MB",
        f"{found.peak_megabytes:.0f} MB",
        "256 MB",
        f"{found.peak_megabytes / large_account.MOST_MEGABYTES:.2f}",
        "< 1",
    )


def _curation() -> Iterator[Row]:
    for pages in (PAGES_A_DAY, curation.PAGES) if os.environ.get("FULL") else (PAGES_A_DAY,):
        each = curation.measure(pages)
        yield Row(
            f"curation: {pages:,} pages of 100 videos",
            "json.loads, a loop, pandas",
            f"{each.curated.seconds:.1f} s",
            f"{each.by_hand.seconds:.1f} s",
            f"{each.ratio:.1f}",
            f"≥ {curation.LEAST_RATIO}",
        )
        yield Row(
            "its memory: peak",
            "the same",
            f"{each.curated.megabytes:.0f} MB",
            f"{each.by_hand.megabytes:.0f} MB",
            f"{each.curated.megabytes / each.by_hand.megabytes:.2f}",
            f"< {curation.MOST_MEGABYTES:,} MB",
        )


def _imports() -> Iterator[Row]:
    found = dataset_import.measure(dataset_import.ROWS // (1 if os.environ.get("FULL") else _PART))
    yield Row(
        f"import: {found.rows:,} rows, {found.megabytes:.0f} MB of CSV",
        "a loop that checks as much, pandas",
        f"{found.imported.seconds:.1f} s",
        f"{found.by_hand.seconds:.1f} s",
        f"{found.ratio:.1f}",
        f"≥ {dataset_import.LEAST_RATIO}",
    )


def _deletion() -> Iterator[Row]:
    found = deletion.measure(deletion.DAYS if os.environ.get("FULL") else 2 * deletion.GROUPS)
    yield Row(
        f"deletion: {found.ids:,} videos out of {found.rows:,} rows",
        "pandas",
        f"{found.deleted.seconds:.1f} s",
        f"{found.by_hand.seconds:.1f} s",
        f"{found.ratio:.1f}",
    )
    yield Row(
        "files that were put again",
        "all files",
        f"{found.replaced}",
        f"{found.files}",
        f"{found.replaced / found.files:.2f}",
    )


def _views() -> Iterator[Row]:
    found = lake_views.measure(lake_views.DAYS // (1 if os.environ.get("FULL") else _PART))
    yield Row(
        f"videos_latest: newest rows out of {found.fewer_rows:,}",
        "pandas",
        f"{found.fewer.cost.seconds:.1f} s",
        f"{found.by_hand.seconds:.1f} s",
        f"{found.ratio:.1f}",
    )
    for each in found.folder:
        yield Row(
            f"{each.name}, {found.rows:,} rows",
            "2 GiB",
            f"{each.cost.seconds:.1f} s",
            "",
            f"{each.cost.megabytes:.0f} MB",
        )


if __name__ == "__main__":
    main()
