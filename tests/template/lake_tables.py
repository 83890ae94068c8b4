"""Writes the Glue tables and views into the template, from those of the row store in Python.

Run as `python -m tests.template.lake_tables template.yaml`; a test holds the template against it. CloudFormation can
neither loop nor read Python, and a table that lacks a column hides it from Athena.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tiktok_lake.columns import Column, ColumnType, athena_type
from tiktok_lake.engine import engine
from tiktok_lake.tables import TABLES, Table
from tiktok_lake.views import VIEWS

BEGIN: Final = "  # What follows, up to the next line of dashes, is written by `make schema`.\n"
END: Final = "  # ---------------------------------------------------------------- state\n"
FIRST_DAY: Final = "2016-01-01"
"""The first day that Athena looks for: imports keep the time at which others have collected them."""
_LONGEST_COMMENT: Final = 255
"""Of Glue."""
_VIEW_TYPES: Final = {
    ColumnType.INTEGER: "integer",
    ColumnType.VARCHAR: "varchar",
    ColumnType.TIMESTAMP: "timestamp(3)",
    ColumnType.VARCHARS: "array(varchar)",
    ColumnType.JSON: "varchar",
}
"""As a view names them, where that is not as Glue does."""


def logical_id(name: str, kind: str) -> str:
    """The resource of a table or view in the template."""
    return f"{''.join(part.capitalize() for part in name.split('_'))}{kind}"


def section() -> str:
    """The resources of all tables and views, as the template has them."""
    tables = "".join("\n".join([*_table(each), "", ""]) for each in TABLES.values())
    return tables + "".join("\n".join([*_view(name, sql), "", ""]) for name, sql in VIEWS.items())


def view_columns(sql: str) -> list[Column]:
    """The columns that a view has over tables without rows."""
    with engine() as duckdb:
        for table in TABLES.values():
            columns = ", ".join(f'"{each.name}" {each.type}' for each in table.columns)
            duckdb.execute(f"CREATE TABLE {table.name} ({columns}, dt VARCHAR)")
        found = duckdb.execute(f"DESCRIBE {sql}").fetchall()
    return [Column(name=name, type=ColumnType(kind), about="") for name, kind, *_ in found]


def comment(column: Column) -> str:
    """What Glue shows beside a column: meaning and unit."""
    text = f"{column.about} ({column.unit})" if column.unit else column.about
    return text.replace("…", "...")[:_LONGEST_COMMENT]


def written(template: str) -> str:
    """The template with the section as it should be.

    Raises:
        ValueError: a mark is missing.
    """
    head, begin, rest = template.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError("the template lacks a mark of the Glue tables")
    return f"{head}{begin}\n{section()}{end}{tail}"


def _table(table: Table) -> Iterator[str]:
    location = "s3://${Name}/curated/" + table.name
    yield f"  {logical_id(table.name, 'Table')}:"
    yield "    Type: AWS::Glue::Table"
    yield "    Properties:"
    yield "      CatalogId: !Ref AWS::AccountId"
    yield "      DatabaseName: !Ref LakeDatabase"
    yield "      TableInput:"
    yield f"        Name: {table.name}"
    yield f"        Description: {json.dumps(table.about)}"
    yield "        TableType: EXTERNAL_TABLE"
    yield "        Parameters:"
    yield "          EXTERNAL: 'TRUE'"
    yield "          classification: parquet"
    yield "          projection.enabled: 'true'"
    yield "          projection.dt.type: date"
    yield "          projection.dt.format: yyyy-MM-dd"
    yield f"          projection.dt.range: {FIRST_DAY},NOW"
    yield "          storage.location.template: !Sub"
    yield f"            - {location}/dt=${{!dt}}/"
    yield "            - Name: !If [CreateBucket, !Ref Bucket, !Ref ExistingBucket]"
    yield "        PartitionKeys:"
    yield "          - {Name: dt, Type: string, Comment: UTC day of fetched_at}"
    yield "        StorageDescriptor:"
    yield "          Location: !Sub"
    yield f"            - {location}/"
    yield "            - Name: !If [CreateBucket, !Ref Bucket, !Ref ExistingBucket]"
    yield "          InputFormat: org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
    yield "          OutputFormat: org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"
    yield "          SerdeInfo:"
    yield "            SerializationLibrary: org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
    yield "          Columns:"
    for each in table.columns:
        yield f"            - {{Name: {each.name}, Type: {athena_type(each)}, Comment: {json.dumps(comment(each))}}}"


def _view(name: str, sql: str) -> Iterator[str]:
    columns = view_columns(sql)
    definition = {
        "catalog": "awsdatacatalog",
        "schema": "${LakeDatabase}",
        "originalSql": sql,
        "columns": [{"name": each.name, "type": _VIEW_TYPES.get(each.type, athena_type(each))} for each in columns],
    }
    yield f"  {logical_id(name, 'View')}:"
    yield "    Type: AWS::Glue::Table"
    yield "    Properties:"
    yield "      CatalogId: !Ref AWS::AccountId"
    yield "      DatabaseName: !Ref LakeDatabase"
    yield "      TableInput:"
    yield f"        Name: {name}"
    yield "        TableType: VIRTUAL_VIEW"
    yield "        Parameters: {presto_view: 'true', comment: Presto View}"
    yield "        ViewExpandedText: /* Presto View */"
    yield "        ViewOriginalText: !Join"
    yield '          - ""'
    yield '          - - "/* Presto View: "'
    yield "            - Fn::Base64: !Sub >-"
    yield f"                {json.dumps(definition)}"
    yield '            - " */"'
    yield "        StorageDescriptor:"
    yield "          SerdeInfo: {}"
    yield "          Columns:"
    for each in columns:
        yield f"            - {{Name: {each.name}, Type: {athena_type(each)}}}"


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(written(path.read_text(encoding="utf-8")), encoding="utf-8")
