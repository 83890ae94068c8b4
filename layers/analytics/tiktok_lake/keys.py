"""Keys of the row store and of what keeps account of it (docs/lake.md has the table)."""

from typing import Final

from tiktok_collector.lake import key_parts

CURATED: Final = "curated/"
LAKE: Final = "lake/"
"""What the row store's functions remember: batches, compactions, refreshes. Nothing that Athena reads."""
BATCHES: Final = "lake/batches/"
COMPACTIONS: Final = "lake/compactions/"
REFRESHES: Final = "lake/refreshes/"
DELETIONS: Final = "lake/deletions/"
STATUS: Final = "lake/status.json"
"""What is due for verification, what is late, and what was deleted: read by people's commands."""
CERTIFICATES: Final = "reports/deletions/"
IMPORTS: Final = "imports/"
IMPORT_RECORDS: Final = "lake/imports/"
IMPORTED: Final = "i-"
"""How the names of an import's files begin. A dataset that is put again replaces them, so nothing may merge them."""
CURATED_TAG: Final = ("curated", "true")
"""The tag of a raw page whose rows are in the row store; a lifecycle rule expires what carries it."""


def table_prefix(table: str, day: str | None = None) -> str:
    """The prefix of a table's files, or of those of the UTC day `YYYY-MM-DD`.

    Raises:
        InvalidRequest: a part is not safe in a key.
    """
    prefix = f"{CURATED}{key_parts.safe('table', table)}/"
    return f"{prefix}dt={key_parts.day(day)}/" if day is not None else prefix


def file_key(table: str, day: str, name: str) -> str:
    """The key of one file of a table's partition.

    Args:
        table: The table.
        day: UTC day on which the rows were fetched, `YYYY-MM-DD`.
        name: Tells files of a partition from one another; who writes the same rows again takes the same name.

    Raises:
        InvalidRequest: a part is not safe in a key.
    """
    return f"{table_prefix(table, day)}{key_parts.safe('file name', name)}.parquet"


def day_of(key: str) -> str:
    """The day of the partition that a file of the row store lies in."""
    return key.split("/")[2].removeprefix("dt=")


def table_of(key: str) -> str:
    """The table that a file of the row store belongs to."""
    return key.split("/")[1]


def certificate_key(day: str, run_id: str) -> str:
    """The key of the certificate of what a run deleted on the UTC day `YYYY-MM-DD`.

    Raises:
        InvalidRequest: a part is not safe in a key.
    """
    return f"{CERTIFICATES}dt={key_parts.day(day)}/{key_parts.safe('run id', run_id)}.json"
