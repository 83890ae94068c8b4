"""Which schema family a file is of, told by its columns."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from tiktok_lake.imports.columns import FoundColumns, plain
from tiktok_lake.imports.families.every import FAMILIES
from tiktok_lake.imports.families.family import Family, fields_of
from tiktok_lake.imports.headless import named_by_shape
from tiktok_lake.imports.mapping_file import MappingFile
from tiktok_lake.imports.reading.source import Source
from tiktok_lake.imports.told import OWN_MAPPING, absent, family_as_told
from tiktok_lake.imports.zone_hint import zone_hint

type Sample = Sequence[Mapping[str, str | None]]
"""Some of the first rows, by column."""

_INSIDE: Final = 100
"""The place in a document tells more than any number of columns."""
_NEAREST: Final = 3
_SHOWN: Final = 8
_HELP: Final = "a mapping file beside it can say what its columns are (docs/imports.md)"


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
        names: Of a file without a header, what its columns are called in the family.
    """

    family: str | None
    title: str = ""
    why: str
    missing: tuple[str, ...] = ()
    nearest: tuple[Nearest, ...] = ()
    warnings: tuple[str, ...] = ()
    leaves_out: bool = False
    names: tuple[str, ...] = ()


class _File(msgspec.Struct, frozen=True):
    source: Source
    sample: Sample
    names: tuple[str, ...]
    """Of a file without a header, what its columns are taken for."""

    @property
    def columns(self) -> FoundColumns:
        return FoundColumns(self.names or self.source.columns)


class _Match(msgspec.Struct, frozen=True):
    family: Family
    score: tuple[int, float]
    found: tuple[str, ...]
    missing: tuple[str, ...]


def recognise(source: Source, sample: Sample, mapping: MappingFile | None = None) -> Recognition:
    """The family of a file by its columns, by where the list stands in its document, and by its first rows."""
    names: tuple[str, ...] = ()
    if not source.header:
        names = named_by_shape(source.columns, sample)
        if not names and not (mapping and mapping.tables):
            return Recognition(
                family=None,
                why=f"It does not name its columns, and they do not tell what they are; {_HELP}.",
            )
    file = _File(source, sample, names)
    columns = file.columns
    if mapping is not None and (mapping.family is not None or mapping.tables):
        return _as_told(mapping, file)
    matches = [_match(family, columns, source.inside) for family in FAMILIES.values()]
    fitting = sorted((each for each in matches if not each.missing), key=lambda each: each.score, reverse=True)
    if not fitting:
        return _nothing_fits(matches, columns)
    first = fitting[0]
    alike = [each for each in fitting[1:] if each.score == first.score and not _are_kin(each, first)]
    if alike:
        return _several(first, alike)
    return _recognised(first.family, _by_what(first, names), file)


def _match(family: Family, columns: FoundColumns, inside: str) -> _Match:
    needs = [each for each in family.needs if columns.has(each)]
    missing = [each for each in family.needs if each not in needs]
    if family.only is not None:
        known = {plain(each) for each in family.only}
        missing += [f"nothing but {', '.join(needs)}"] if any(name not in known for name in columns.by_name) else []
    bonus = 0
    if family.inside is not None:
        bonus = _INSIDE
        if not re.search(family.inside, inside, re.IGNORECASE):
            missing.append(f"its place in the document ({family.title})")
    signs = [each for each in family.signs if columns.has(each)]
    known_columns = len(family.needs) + len(family.signs)
    share = (len(needs) + len(signs)) / known_columns if known_columns else 0.0
    return _Match(family, (bonus + len(needs) + len(signs), share), (*needs, *signs), tuple(missing))


def _are_kin(one: _Match, other: _Match) -> bool:
    return bool(one.family.kin) and one.family.kin == other.family.kin


def _by_what(match: _Match, names: tuple[str, ...]) -> str:
    if names:
        return f"It has no header; what is in its columns is taken for {', '.join(names)}."
    if match.family.inside is not None:
        return f"Its place in the document is that of {match.family.title}."
    names_found = list(dict.fromkeys(each.split("|")[0] for each in match.found))
    found = ", ".join(names_found[:_SHOWN])
    more = len(names_found) - _SHOWN
    return f"It has the columns {found}{f' and {more} more' if more > 0 else ''} of {match.family.title}."


def _recognised(family: Family, why: str, file: _File) -> Recognition:
    columns, read_as = file.columns, file.source.columns
    hint = zone_hint(family, columns, file.names or read_as, read_as, file.sample)
    return Recognition(
        family=family.name,
        title=family.title,
        why=family.leaves_out or why,
        missing=() if family.leaves_out else _missing(family, columns),
        warnings=(*family.warnings, *hint),
        leaves_out=bool(family.leaves_out),
        names=file.names,
    )


def _missing(family: Family, columns: FoundColumns) -> tuple[str, ...]:
    """The table's columns for which the file has nothing, by the first name that the family has for each."""
    if family.explode is not None:
        return ()
    lacking: dict[str, None] = {}
    for table in family.tables:
        for value in table.columns.values():
            sources = [each.source for each in fields_of(value) if each.is_column]
            if sources and not any(columns.has(each) for each in sources):
                lacking[sources[0]] = None
    return tuple(lacking)


def _as_told(mapping: MappingFile, file: _File) -> Recognition:
    columns = file.columns
    if lacking := absent(mapping, columns):
        return Recognition(
            family=None,
            why=f"Its mapping file names columns that it has not: {', '.join(lacking)}; correct them, it has "
            f"{', '.join(columns.by_name.values())}.",
        )
    family = family_as_told(mapping.family or OWN_MAPPING, mapping)
    missing = tuple(each for each in _match(family, columns, file.source.inside).missing if each in family.needs)
    if missing and not mapping.tables:
        return Recognition(
            family=None,
            why=f"Its mapping file says that it is {family.title}, and it lacks {', '.join(missing)}: correct the "
            "family, or say in the mapping file which columns these are.",
            nearest=(Nearest(family.name, family.title, missing),),
        )
    return _recognised(family, "Its mapping file says so.", file)


def _nothing_fits(matches: Sequence[_Match], columns: FoundColumns) -> Recognition:
    near = sorted(
        (each for each in matches if each.found and not each.family.leaves_out and _lacks_columns_only(each)),
        key=lambda each: (len(each.found) / (len(each.found) + 3 * len(each.missing)), each.score),
        reverse=True,
    )[:_NEAREST]
    nearest = tuple(Nearest(each.family.name, each.family.title, each.missing) for each in near)
    shown = ", ".join(list(columns.by_name.values())[:12])
    said = f"Its columns ({shown}) are those of no known family"
    if nearest:
        said += f"; the nearest is {nearest[0].title}, for which it lacks {', '.join(nearest[0].missing)}"
    return Recognition(family=None, why=f"{said}; {_HELP}.", nearest=nearest)


def _lacks_columns_only(match: _Match) -> bool:
    return all(each in match.family.needs for each in match.missing)


def _several(first: _Match, others: Sequence[_Match]) -> Recognition:
    alike = (first, *others)
    titles = " and ".join(each.family.title for each in alike)
    return Recognition(
        family=None,
        why=f"Its columns are as much those of {titles}; name the family in a mapping file (docs/imports.md).",
        nearest=tuple(Nearest(each.family.name, each.family.title, each.missing) for each in alike),
    )
