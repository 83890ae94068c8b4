"""docs/deletion.md and the published schema say what the models say."""

import json

import msgspec
import pytest
from pydantic import BaseModel

from tests.support.docs import DOCS, names, table_of
from tiktok_collector.events.parsing import parse_event
from tiktok_collector.events.purge import PurgeEvent, asks_for_purge
from tiktok_lake.deletion.certificate import Certificate
from tiktok_lake.deletion.certificate_schema import schema_text
from tiktok_lake.refresh.purge import PurgeReport

PAGE = (DOCS / "deletion.md").read_text(encoding="utf-8")


def test_the_schema_in_the_docs_is_that_of_the_certificate() -> None:
    assert (DOCS / "deletion_certificate.schema.json").read_text(encoding="utf-8") == schema_text(), "run `make schema`"


@pytest.mark.parametrize(
    ("heading", "number", "model"),
    [("## Certificates", 0, Certificate), ("## The event", 0, PurgeEvent), ("## The event", 1, PurgeReport)],
)
def test_a_table_names_the_fields_of_its_model(
    heading: str, number: int, model: type[msgspec.Struct] | type[BaseModel]
) -> None:
    fields = set(model.model_fields) if issubclass(model, BaseModel) else set(model.__struct_fields__)
    rows = table_of(PAGE, heading, "field", number)
    assert {name for row in rows for name in names([row])} == fields


def test_the_event_in_the_folder_is_a_dry_run() -> None:
    event = json.loads((DOCS.parent / "events" / "data_refresh_purge.json").read_text(encoding="utf-8"))
    assert asks_for_purge(event)
    assert parse_event(PurgeEvent, event).dry_run
