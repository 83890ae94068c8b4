"""docs/quota.md and the published schemas say what the structs say."""

import json
import re
from datetime import UTC, datetime

import jsonschema  # type: ignore[import-untyped]
import msgspec
import pytest

from tests.support.docs import DOCS, Table, names, table_of
from tests.unit.accounting.test_tally import entry, usage
from tiktok_collector.accounting.forecast import Forecast
from tiktok_collector.accounting.history import HistoryLine, UsageHistory, lines_of
from tiktok_collector.accounting.reconciliation import FamilyDay
from tiktok_collector.accounting.refusals import DailyRefusals
from tiktok_collector.accounting.schema import DOCUMENTS, schema_text
from tiktok_collector.accounting.tally import FamilyTally, Tally
from tiktok_collector.accounting.usage_log import UsageLog, usage_log
from tiktok_collector.quota.entry import UsageEntry

QUOTA = (DOCS / "quota.md").read_text()
DAY = "2026-11-20"


def a_log() -> UsageLog:
    refused = msgspec.structs.replace(
        entry(3, "refused"),
        error_code="daily_quota_limit_exceeded",
        http_status=429,
        collections=("a", "b"),
        sent_at=datetime(2026, 11, 20, 9, tzinfo=UTC),
    )
    return usage_log(DAY, [FamilyDay(usage(5), [entry(1, "ok"), entry(2, "failed"), refused, entry(4, "unknown")])])


def a_history() -> UsageHistory:
    return UsageHistory(closed_through=DAY, lines=lines_of(DAY, a_log().families, closed=True))


def fields_below(table: Table, head: str) -> list[str]:
    """The fields of the rows that begin with a dot, below the row of `head` up to the next one without."""
    found, inside = [], False
    for row in table:
        if not row[0].startswith("` ."):
            inside = row[0] == f"`{head}[]`"
        elif inside:
            found += re.findall(r"` ?\.([a-z_]+)`", row[0])
    return found


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_published_schema_is_the_structs(name: str) -> None:
    assert (DOCS / f"{name}.schema.json").read_text() == schema_text(name), "run `make schema`"


@pytest.mark.parametrize(("name", "document"), [("usage_log", a_log()), ("usage_history", a_history())])
def test_what_is_written_is_valid_by_the_published_schema(name: str, document: msgspec.Struct) -> None:
    schema = json.loads((DOCS / f"{name}.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    written = json.loads(msgspec.json.encode(document))
    assert list(validator.iter_errors(written)) == []
    for broken in ({**written, "version": "one"}, {key: written[key] for key in written if key != list(written)[-1]}):
        assert list(validator.iter_errors(broken))


def test_every_field_of_the_usage_log_is_in_the_docs() -> None:
    table = table_of(QUOTA, "### `tiktok_api_usage_log.json`, version 1", "field")
    assert sorted(fields_below(table, "families")) == sorted(FamilyTally.__struct_fields__)
    assert sorted(fields_below(table, "requests")) == sorted(UsageEntry.__struct_fields__)


def test_every_field_of_the_history_is_in_the_docs() -> None:
    table = table_of(QUOTA, "### `usage/history.json`, version 1", "field")
    assert fields_below(table, "lines") == list(HistoryLine.__struct_fields__)
    assert names(table[:1]) == ["version", "closed_through"]


def test_the_numbers_the_forecast_and_the_refusals_are_in_the_docs() -> None:
    assert names(table_of(QUOTA, "### What is counted", "number")) == list(Tally.__struct_fields__)
    table = table_of(QUOTA, "### The forecast", "field of `forecasts[]`")
    assert names(table) == list(Forecast.__struct_fields__)
    for field in DailyRefusals.__struct_fields__:
        assert f"`{field}`" in QUOTA
