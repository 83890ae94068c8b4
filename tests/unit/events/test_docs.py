"""docs/events.md and docs/manifest.md say what the models say."""

import json
import re
from typing import Any

import msgspec
import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from tests.support.docs import DOCS, names, table_of
from tests.support.events import MODELS
from tests.unit.collection.support import DAY, VIDEOS, WINDOW
from tests.unit.collection.test_manifest_document import RUN
from tiktok_collector.accounting.gauge_values import HourlyReport
from tiktok_collector.collection.chain import NOTES, SPLIT
from tiktok_collector.collection.manifest_document import manifest_head, stream_report, subject_report
from tiktok_collector.collection.plan import new_task
from tiktok_collector.collection.report import RunReport
from tiktok_collector.collection.resumption import ResumptionReport
from tiktok_collector.collection.study_day import StudyReport
from tiktok_collector.collection.waiting import SENTENCES, Waiting
from tiktok_collector.errors import ObservationKind
from tiktok_collector.events.comments import CommentSettings
from tiktok_collector.events.refresh import MAX_IDS, NOT_TAKEN, VideoRefreshEvent
from tiktok_collector.study.query import Condition, VideoQuery
from tiktok_collector.study.query_fields import RULES, FieldName
from tiktok_collector.study.windows import Window
from tiktok_collector.tasks.task import Counts, Gap, GapReason, Generation, Progress, TaskState
from tiktok_collector.tokens.refresh import RefreshReport
from tiktok_collector.trends.report import TrendReport
from tiktok_lake.curation.report import CurationReport
from tiktok_lake.imports.service import ImportSummary
from tiktok_lake.refresh.report import RefreshReport as ChecksReport

EVENTS = (DOCS / "events.md").read_text()
MANIFEST = (DOCS / "manifest.md").read_text()
REPORTS: dict[str, type[msgspec.Struct]] = {
    "user_extraction": RunReport,
    "video_search": RunReport,
    "collection_worker": ResumptionReport,
    "token_refresh": RefreshReport,
    "quota_accounting": HourlyReport,
    "study": StudyReport,
    "trend_ingestion": TrendReport,
    "lake_curation": CurationReport,
    "dataset_import": ImportSummary,
    "data_refresh": ChecksReport,
}


def bounds_of(field: FieldInfo) -> list[str]:
    """The numbers that bound a field; those of an optional field lie in its type."""
    text = f"{field.metadata!r} {field.annotation!r}"
    return sorted(re.findall(r"\b(?:ge|le|min_length|max_length)=([0-9]+)", text))


FIELD_TABLES = [(name, model, 0) for name, model in MODELS.items()] + [
    ("user_extraction", CommentSettings, 1),
    ("video_search", VideoQuery, 1),
    ("video_search", Condition, 2),
]


def test_the_table_of_a_refresh_is_its_model() -> None:
    rows = table_of(EVENTS, "### Known videos again", "field")
    # Its days stand in its manifest alone.
    taken = set(VideoRefreshEvent.model_fields) - {*NOT_TAKEN, "start_date", "end_date"}
    assert set(names(rows)) == taken
    (bounds,) = [row[2] for row in rows if row[0] == "`video_ids`"]
    assert re.findall(r"\d+", bounds) == ["1", str(MAX_IDS)]


@pytest.mark.parametrize(("function", "model", "number"), FIELD_TABLES)
def test_the_field_tables_are_the_models(function: str, model: type[BaseModel], number: int) -> None:
    rows = table_of(EVENTS, f"## `{function}`", "field", number)
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    assert sorted(names(rows)) == sorted(fields)
    for name, default, bounds, _ in rows:
        field = fields[name.strip("`")]
        if field.is_required():
            assert default == "required", name
        else:
            assert json.loads(default.strip("`")) == json.loads(json.dumps(field.default)), name
        shown = re.findall(r"\d+", bounds.split("`")[0]) if "date" not in name else []
        if name not in {"`run_id`", "`name`"}:
            assert sorted(shown) == bounds_of(field), name


@pytest.mark.parametrize("function", sorted(REPORTS))
def test_the_report_tables_are_the_reports(function: str) -> None:
    fields = REPORTS[function].__struct_fields__
    if REPORTS[function] is RunReport:
        assert names(table_of(EVENTS, "## Reports of runs", "field")) == list(fields)
    else:
        assert names(table_of(EVENTS, f"## `{function}`", "field", 1)) == list(fields)


def test_the_table_of_query_fields_is_the_rules() -> None:
    rows = table_of(EVENTS, "### Fields of a query", "`field_name`")
    assert names(rows) == [name.value for name in FieldName]
    for name, operations, *_ in rows:
        allowed = ["all six"] if RULES[FieldName(name.strip("`"))].scale else ["EQ", "IN"]
        assert re.findall(r"all six|[A-Z]+", operations) == allowed, name


def test_every_reason_to_wait_is_in_the_docs_as_in_the_report() -> None:
    shown = {row[0].strip("`"): row[1] for row in table_of(EVENTS, "## Reports of runs", "parked")}
    assert shown == {str(reason): sentence for reason, sentence in SENTENCES.items()}
    assert set(SENTENCES) == set(Waiting)


def test_every_event_file_is_named() -> None:
    named = set(re.findall(r"`([a-z_*]+\.json)`", EVENTS))
    for file in (DOCS.parent / "events").glob("*.json"):
        assert file.name in named or (file.name.startswith("sample_") and "sample_*.json" in named)
    assert all((DOCS.parent / "events" / name).is_file() for name in named if "*" not in name)


def test_the_manifests_fields() -> None:
    head = names(table_of(MANIFEST, "## The manifest: `manifests/run=<run>.json`", "field"))
    assert head == [*manifest_head(RUN, "running"), "finished_at", "accounts"]


def full_stream() -> dict[str, Any]:
    task = new_task("one", "a00001.videos.w001", VIDEOS, TaskState.DONE)
    gap = Gap(GapReason.SEARCH_LOST, "d", WINDOW, "video_id=1", 5, possible=True)
    task.progress = Progress(
        window=Window(DAY, DAY),
        note=SPLIT,
        counts=Counts(1, 1, 1, 1, 1, 1, {"new": 1}),
        observation="private",
        observation_detail="d",
        earlier=[Generation(1, 1, GapReason.SEARCH_LOST)],
        gaps=[gap],
    )
    refreshed = new_task("one", "s00001.videos.w001", VIDEOS, TaskState.DONE)
    refreshed.progress = Progress(not_returned=[1])
    return {**stream_report(refreshed), **stream_report(task)}


def test_the_fields_of_accounts_streams_and_gaps() -> None:
    task = new_task("one", "a00001.videos.w001", VIDEOS, TaskState.DONE)
    assert names(table_of(MANIFEST, "### `accounts[]`", "field")) == list(subject_report([task]))
    search = new_task("one", "s00001.videos.w001", msgspec.structs.replace(VIDEOS, search="cats"), TaskState.DONE)
    assert names(table_of(MANIFEST, "### `searches[]`", "field")) == list(subject_report([search]))
    stream = full_stream()
    assert set(names(table_of(MANIFEST, "### `accounts[].streams[]`", "field"))) == set(stream)
    assert names(table_of(MANIFEST, "### `gaps[]`", "field")) == list(stream["gaps"][0])


def test_every_reason_note_and_observation_is_explained() -> None:
    reasons = [reason.value for reason in GapReason]
    assert names(table_of(MANIFEST, "### `gaps[]`", "reason")) == reasons
    kinds = [kind.value for kind in ObservationKind]
    assert names(table_of(MANIFEST, "### Observations", "kind")) == kinds
    assert {f"observed_{kind}" for kind in kinds} <= set(reasons)
    notes = {*NOTES, "failed", *(f"account_{kind}" for kind in kinds)}
    assert set(names(table_of(MANIFEST, "### Notes", "note"))) == notes
