"""Which schema family a file is of, told by its columns."""

from collections.abc import Mapping, Sequence

import msgspec

from tiktok_lake.imports.mapping_file import MappingFile
from tiktok_lake.imports.reading.source import Source

type Sample = Sequence[Mapping[str, str | None]]
"""Some of the first rows, by column."""


class Nearest(msgspec.Struct, frozen=True):
    """A family that the file resembles, and the columns that it lacks for it."""

    family: str
    title: str
    missing: tuple[str, ...]


class Recognition(msgspec.Struct, frozen=True, kw_only=True):
    """What a file is.

    Attributes:
        family: The family's name; None: nobody can say, and nothing is taken.
        title: What people call it.
        why: A sentence: by what it was recognised, or why it was not and what helps.
        missing: Columns that files of the family may have and this one has not.
        nearest: Where there is no family, those that come nearest.
        warnings: What is to be known of the values, a sentence each.
        leaves_out: The family is known, and the list has nothing for the row store (settings, logins, messages of a
            download of one's own data): nothing is taken of it, and `why` says so.
    """

    family: str | None
    title: str = ""
    why: str
    missing: tuple[str, ...] = ()
    nearest: tuple[Nearest, ...] = ()
    warnings: tuple[str, ...] = ()
    leaves_out: bool = False


def recognise(source: Source, sample: Sample, mapping: MappingFile | None = None) -> Recognition:
    """The family of a file by its columns, by where the list stands in its document, and by its first rows."""
    raise NotImplementedError
