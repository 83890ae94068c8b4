"""A file of the row store before it is in the bucket; apart from what loads DuckDB."""

from pathlib import Path

import msgspec


class Written(msgspec.Struct, frozen=True):
    """A Parquet file on the scratch disk."""

    table: str
    day: str
    path: Path
    rows: int
