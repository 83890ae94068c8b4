"""From a recognised file to the SQL that takes its rows."""

from tiktok_lake.imports.mapping_file import MappingFile
from tiktok_lake.imports.plan import Plan
from tiktok_lake.imports.reading.source import Source
from tiktok_lake.imports.recognition import Recognition, Sample


def plan_of(source: Source, sample: Sample, recognition: Recognition, mapping: MappingFile | None = None) -> Plan:
    """How the rows of a file whose family is known become rows of the row store."""
    raise NotImplementedError
