"""Writes docs/tables.md: every table and view of the row store, column by column."""

import sys
from collections.abc import Iterator

from tiktok_lake.columns import Column, Discloses, athena_type
from tiktok_lake.tables import PROVENANCE, TABLES, Table
from tiktok_lake.views import ABOUT, VIEWS, columns_of

_HEAD = """\
# The tables of the row store

This page is made of `layers/analytics/tiktok_lake/tables.py` by `make schema`.

Files are Parquet (zstd) below `curated/<table>/dt=<day>/`; `dt`, the UTC day of `fetched_at`, is a column of every
table and is not in its files. Times are UTC without a zone. Ids are BIGINT. JSON is text that holds JSON. What an
answer did not have is null; so is what a file lacks that is older than the column. `videos` holds a row for each fetch:
the newest of each video are in the view `videos_latest`. [queries.md](queries.md) has queries to begin with.

*Shared as* is what `tiktok-collector export` makes of a column unless it is asked to name people.
"""
_SHARED = {
    Discloses.NOTHING: "is",
    Discloses.NAME: "pseudonym",
    Discloses.NAMES: "pseudonyms",
    Discloses.PERSON_ID: "pseudonym",
    Discloses.PORTRAIT: "left out",
    Discloses.TEXT: "names replaced",
    Discloses.UNKNOWN: "left out",
}
_RULE = "|---|---|---|---|---|---|"


def page() -> str:
    """The whole page."""
    return "\n".join([_HEAD, *(line for table in TABLES.values() for line in _table(table)), *_provenance(), *_views()])


def _table(table: Table) -> Iterator[str]:
    own = [each for each in table.columns if each not in PROVENANCE]
    yield f"## `{table.name}`\n"
    yield f"{table.about} Rows of one fetch are told apart by {', '.join(f'`{each}`' for each in table.key)}.\n"
    yield from _columns(own)
    yield "\nBehind them the [columns of every table](#columns-of-every-table).\n"


def _provenance() -> Iterator[str]:
    yield "## Columns of every table\n"
    yield "Where a row comes from: `run_id`, `task_id`, `generation`, `page` and `entity` lead to the raw page.\n"
    yield from _columns(PROVENANCE)
    yield ""


def _columns(columns: tuple[Column, ...] | list[Column]) -> Iterator[str]:
    yield "| column | type | in Athena | what | from | shared as |"
    yield _RULE
    for each in columns:
        about = f"{each.about} ({each.unit})" if each.unit else each.about
        cells = (f"`{each.name}`", str(each.type), athena_type(each), about, each.source, _SHARED[each.discloses])
        yield f"| {' | '.join(cell.replace('|', '\\|') for cell in cells)} |"


def _views() -> Iterator[str]:
    yield "## Views\n"
    yield "The same SQL is used by `tiktok-collector query` and by Athena.\n"
    yield "| view | what | columns |"
    yield "|---|---|---|"
    for name in VIEWS:
        yield f"| `{name}` | {ABOUT[name]} | {', '.join(f'`{each}`' for each in _shortened(name))} |"
    yield ""


def _shortened(view: str) -> list[str]:
    """The columns that no table has; of a choice of rows, all of them are its table's."""
    known = {column.name for table in TABLES.values() for column in table.columns}
    return [each for each in columns_of(view) if each not in known] or ["*"]


if __name__ == "__main__":
    sys.stdout.write(page())
