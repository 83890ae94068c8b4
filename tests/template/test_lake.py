"""The row store as Athena sees it: the tables are those of Python, column by column, and queries are bounded."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.template.lake_tables import FIRST_DAY, logical_id, written
from tests.template.statements import Resources, of_type, resource_text
from tiktok_lake.columns import ColumnType
from tiktok_lake.keys import CURATED, table_prefix
from tiktok_lake.tables import TABLES
from tiktok_lake.views import VIEWS, columns_of

ROOT = Path(__file__).resolve().parents[2]
GLUE_TYPES = {
    ColumnType.BIGINT: "bigint",
    ColumnType.INTEGER: "int",
    ColumnType.DOUBLE: "double",
    ColumnType.BOOLEAN: "boolean",
    ColumnType.VARCHAR: "string",
    ColumnType.TIMESTAMP: "timestamp",
    ColumnType.VARCHARS: "array<string>",
    ColumnType.JSON: "string",
}
IN_GLUE = {"integer": "int", "varchar": "string", "array(varchar)": "array<string>", "timestamp(3)": "timestamp"}
"""Types of a view's query as Glue names them."""


@pytest.fixture
def tables(resources: Resources) -> dict[str, dict[str, Any]]:
    """What Glue is told of each table, by its name."""
    found = [each["TableInput"] for each in of_type(resources, "AWS::Glue::Table").values()]
    return {each["Name"]: each for each in found if each["TableType"] == "EXTERNAL_TABLE"}


def test_the_tables_are_written_by_make_schema_and_nobody_has_changed_them() -> None:
    template = (ROOT / "template.yaml").read_text()
    assert written(template) == template, "run `make schema`"


def test_the_tables_are_those_of_the_row_store_column_by_column(tables: dict[str, dict[str, Any]]) -> None:
    told = {
        name: [(column["Name"], column["Type"]) for column in each["StorageDescriptor"]["Columns"]]
        for name, each in tables.items()
    }
    assert told == {
        table.name: [(column.name, GLUE_TYPES[column.type]) for column in table.columns] for table in TABLES.values()
    }


def test_every_column_says_what_it_means_in_what_glue_takes(tables: dict[str, dict[str, Any]]) -> None:
    for each in tables.values():
        for column in each["StorageDescriptor"]["Columns"]:
            assert re.fullmatch(r"[ -~]{3,255}", column["Comment"]), column


def test_a_partition_is_found_without_being_told_of(tables: dict[str, dict[str, Any]]) -> None:
    for name, each in tables.items():
        assert [key["Name"] for key in each["PartitionKeys"]] == ["dt"]
        assert {key: value for key, value in each["Parameters"].items() if key.startswith("projection.")} == {
            "projection.enabled": "true",
            "projection.dt.type": "date",
            "projection.dt.format": "yyyy-MM-dd",
            "projection.dt.range": f"{FIRST_DAY},NOW",
        }
        prefix = f"s3://${{Name}}/{table_prefix(name)}"
        assert resource_text(each["Parameters"]["storage.location.template"]) == f"{prefix}dt=${{!dt}}/"
        assert resource_text(each["StorageDescriptor"]["Location"]) == prefix
        assert "parquet" in each["StorageDescriptor"]["SerdeInfo"]["SerializationLibrary"]


def test_nothing_that_athena_reads_lies_elsewhere(tables: dict[str, dict[str, Any]]) -> None:
    for each in tables.values():
        assert resource_text(each["StorageDescriptor"]["Location"]).startswith(f"s3://${{Name}}/{CURATED}")


def test_the_database_is_named_after_the_stack_in_what_glue_takes(resources: Resources) -> None:
    (database,) = of_type(resources, "AWS::Glue::Database").values()
    assert database["DatabaseInput"]["Name"] == {"Fn::Join": ["_", {"Fn::Split": ["-", {"Ref": "AWS::StackName"}]}]}
    for each in of_type(resources, "AWS::Glue::Table").values():
        assert each["DatabaseName"] == {"Ref": "LakeDatabase"}


def test_queries_are_stopped_at_a_limit_and_nobody_can_ask_for_another(
    template: dict[str, Any], plain: Resources, own_key: Resources
) -> None:
    assert template["Parameters"]["AthenaScanLimitBytes"]["MinValue"] == 10_000_000
    for resources, encryption in (
        (plain, {"EncryptionOption": "SSE_S3"}),
        (own_key, {"EncryptionOption": "SSE_KMS", "KmsKey": {"Ref": "KmsKeyArn"}}),
    ):
        (group,) = of_type(resources, "AWS::Athena::WorkGroup").values()
        configuration = group["WorkGroupConfiguration"]
        assert configuration["EnforceWorkGroupConfiguration"] is True
        assert configuration["BytesScannedCutoffPerQuery"] == {"Ref": "AthenaScanLimitBytes"}
        assert configuration["ResultConfiguration"]["EncryptionConfiguration"] == encryption
        location = resource_text(configuration["ResultConfiguration"]["OutputLocation"])
        assert location == "s3://${Name}/athena-results/"
        assert group["RecursiveDeleteOption"] is True


def test_tables_and_views_have_names_of_their_own_in_the_template(resources: Resources) -> None:
    assert {logical_id(name, "Table") for name in TABLES} | {logical_id(name, "View") for name in VIEWS} == set(
        of_type(resources, "AWS::Glue::Table")
    )


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_is_told_as_athena_writes_views_down(resources: Resources, name: str) -> None:
    table = resources[logical_id(name, "View")]["Properties"]["TableInput"]
    assert (table["Name"], table["TableType"]) == (name, "VIRTUAL_VIEW")
    assert table["Parameters"] == {"presto_view": "true", "comment": "Presto View"}
    separator, (begin, encoded, end) = table["ViewOriginalText"]["Fn::Join"]
    assert (separator, begin, end) == ("", "/* Presto View: ", " */")
    definition = json.loads(encoded["Fn::Base64"]["Fn::Sub"])
    assert (definition["catalog"], definition["schema"]) == ("awsdatacatalog", "${LakeDatabase}")
    assert definition["originalSql"] == VIEWS[name]
    # A view whose columns differ from those of its query is stale, and Athena refuses it.
    assert [each["name"] for each in definition["columns"]] == list(columns_of(name))
    shown = [(each["Name"], each["Type"]) for each in table["StorageDescriptor"]["Columns"]]
    assert [(each["name"], IN_GLUE.get(each["type"], each["type"])) for each in definition["columns"]] == shown


@pytest.mark.parametrize("name", VIEWS)
def test_nothing_in_a_view_is_taken_for_a_reference_of_the_template(name: str) -> None:
    assert "${" not in VIEWS[name]
