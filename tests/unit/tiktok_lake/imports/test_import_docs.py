"""docs/imports.md against the code."""

from tests.support.docs import DOCS, names, table_of
from tiktok_lake.imports.families.every import FAMILIES
from tiktok_lake.imports.mapping_file import MappingFile, read_mapping

TEXT = (DOCS / "imports.md").read_text(encoding="utf-8")


def test_every_family_is_listed_with_where_it_goes() -> None:
    listed = table_of(TEXT, "## Families", "family")
    assert names(listed) == list(FAMILIES)
    for row, family in zip(listed, FAMILIES.values(), strict=True):
        assert row[2] == (", ".join(each.table for each in family.tables) or "nothing, on purpose")


def test_every_key_of_a_mapping_file_is_listed() -> None:
    assert set(names(table_of(TEXT, "### Its keys", "key"))) == set(MappingFile.model_fields) - {"version"}


def test_the_example_can_be_read() -> None:
    example = TEXT.split("```yaml\n")[1].split("```")[0]
    assert read_mapping(example.encode()).tables["videos"]["video_id"] == "vid"
