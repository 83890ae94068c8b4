"""A family as a mapping file changes it."""

from typing import Final

import msgspec

from tiktok_lake.imports.columns import FoundColumns
from tiktok_lake.imports.families.every import FAMILIES
from tiktok_lake.imports.families.family import Columns, Family, TableMap
from tiktok_lake.imports.mapping_file import MappingFile

OWN_MAPPING: Final = "mapping_file"
"""The family of files of which only their mapping file says what they are."""
_TITLE: Final = "what its mapping file says"


def family_as_told(name: str, mapping: MappingFile | None) -> Family:
    """The family of that name, with what the mapping file says of its columns.

    Raises:
        KeyError: there is no such family.
    """
    family = FAMILIES[name] if name != OWN_MAPPING else Family(name=OWN_MAPPING, title=_TITLE, needs=())
    if mapping is None:
        return family
    tables = {each.table: each for each in family.tables}
    for table, columns in mapping.tables.items():
        given = tables.get(table, TableMap(table, {}))
        dropped = {column for column, source in columns.items() if source is None}
        told: Columns = {column: source for column, source in columns.items() if source is not None}
        kept = {column: source for column, source in given.columns.items() if column not in dropped}
        tables[table] = msgspec.structs.replace(given, columns={**kept, **told})
    fetched_at = (mapping.fetched_at,) if mapping.fetched_at else family.fetched_at
    return msgspec.structs.replace(family, tables=tuple(tables.values()), fetched_at=fetched_at)


def absent(mapping: MappingFile, columns: FoundColumns) -> tuple[str, ...]:
    """The columns that the mapping file names and the file has not."""
    named = [source for table in mapping.tables.values() for source in table.values() if source is not None]
    named += [mapping.fetched_at] if mapping.fetched_at else []
    return tuple(dict.fromkeys(each for each in named if columns.find(each) is None))
