"""How to read a file where a person says so; what is None is found out."""

import msgspec


class ReadingOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What a mapping file may say of the form of its file.

    Attributes:
        encoding: As Python names it.
        delimiter: One character.
        header: The names of the columns of delimited text whose first row does not name them.
        inside: The path of the list in a JSON document, with dots.
    """

    encoding: str | None = None
    delimiter: str | None = None
    header: tuple[str, ...] | None = None
    inside: str | None = None


class ReadingLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What one file may take.

    Attributes:
        file_bytes: Of the file as it is stored.
        content_bytes: Of what is in it: a gzip of a few kilobytes can hold gigabytes.
        columns: How many columns may come of one file.
    """

    file_bytes: int = 2 * 1024**3
    content_bytes: int = 3 * 1024**3
    columns: int = 2_000
