"""docs/study.md, the schema and the example say what the models say."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sandbox.world import World
from tests.support.docs import DOCS, names, table_of
from tests.unit.study_file.study_files import HEAD, problems
from tiktok_collector.study.comments import CommentSettings
from tiktok_collector.study.model_places import field_names
from tiktok_collector.study.names import NAME
from tiktok_collector.study_file.data_settings import DataPart
from tiktok_collector.study_file.model import StudyFile
from tiktok_collector.study_file.parts import CohortPart, CohortShares, QuotaPart, SearchPart
from tiktok_collector.study_file.reading import StudyRead, files_of, read_study
from tiktok_collector.study_file.schema import schema_text
from tiktok_collector.study_file.trend_picks import TrendPickPart
from tiktok_collector.study_file.trend_settings import TrendsPart
from tiktok_collector.trend_lists.kinds import TrendKind

STUDY = (DOCS / "study.md").read_text()
EXAMPLE = DOCS.parent / "examples" / "study.yaml"
TABLES: list[tuple[str, str, type[BaseModel]]] = [
    ("## The file", "key", StudyFile),
    ("## A cohort", "key", CohortPart),
    ("## A search", "key", SearchPart),
    ("## Comments, shares and quota", "key of `comments`", CommentSettings),
    ("## Comments, shares and quota", "key of `shares`", CohortShares),
    ("## Comments, shares and quota", "key of `quota`", QuotaPart),
    ("## Trends", "key of `trends`", TrendsPart),
    ("## Trends", "key of a search's `trends`", TrendPickPart),
    ("## How data are kept", "key of `data`", DataPart),
]


def numbers_of(field: FieldInfo) -> set[str]:
    """The numbers that bound a field and its items."""
    text = f"{field.metadata!r} {field.annotation!r}"
    return set(re.findall(r"\b(?:ge|le|min_length|max_length)=([0-9]+)", text))


@pytest.mark.parametrize(("heading", "first", "model"), TABLES)
def test_the_tables_are_the_models(heading: str, first: str, model: type[BaseModel]) -> None:
    rows = table_of(STUDY, heading, first)
    fields = field_names(model)
    assert sorted(names(rows)) == sorted(fields)
    for name, default, bounds, _ in rows:
        field = fields[name.strip("`")]
        if field.is_required():
            assert default == "required", name
        elif isinstance(field.default, BaseModel):
            assert default == "see below", name
        else:
            assert json.loads(default.strip("`")) == json.loads(json.dumps(field.default)), name
        if NAME not in repr(field.metadata) and not bounds.startswith("from "):
            shown = set(re.findall(r"\d+", bounds.split("`")[0]))
            assert shown == numbers_of(field), name


def test_days_begin_where_the_docs_say() -> None:
    bounds = {
        row[2] for _, first, _ in TABLES[:3] for row in table_of(STUDY, "## The file", first) if "_day`" in row[0]
    }
    assert bounds == {"from 2016-01-01"}
    text = HEAD.replace("2026-10-01", "%s") + "cohorts: {a: {accounts: [b]}}\n"
    assert problems(text % "2016-01-01") == []
    assert problems(text % "2015-12-31") != []


def test_a_search_has_no_share_of_followers() -> None:
    assert set(type(SearchPart.model_fields["shares"].default).model_fields) == {"research"}


def test_the_study_that_is_shown_is_valid() -> None:
    shown = STUDY.partition("```yaml\n")[2].partition("```")[0]
    assert shown.startswith("# yaml-language-server: $schema=study.schema.json\nversion: 1\n")
    assert problems(shown, newsrooms_csv="one\n") == []


def test_the_errors_that_are_shown_are_those_that_come() -> None:
    shown = re.findall(r"^[a-z]+\.(?:yaml|csv), line .*", STUDY, re.MULTILINE)
    assert len(shown) == 3
    text = HEAD + "cohorts: {newsrooms: {file: newsrooms.csv}}\n" + "\n" * 4
    text += "searches:\n  heat:\n    query:\n      and:\n        - field_name: hashtag_name\n          operation: IN\n"
    text += "          field_values: [heatwave, '#climate']\n"
    found = problems(text + "    inclde: [videos]\n", newsrooms_csv=b"one\n" * 6 + b"\xe9\n")
    line = re.compile(r"line \d+")
    assert [line.sub("", each) for each in found] == [line.sub("", each) for each in shown]


def test_the_schema_is_the_model() -> None:
    assert (DOCS / "study.schema.json").read_text() == schema_text(), "run `make schema`"


def example() -> StudyRead:
    text = EXAMPLE.read_text()
    return read_study(text, {name: (EXAMPLE.parent / name).read_bytes() for name in files_of(text)})


def plain(path: Path) -> Any:
    """The file as an editor reads it: dates are text, numbers are numbers."""
    loader = type("Editor", (yaml.SafeLoader,), {})
    loader.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: node.value)  # type: ignore[attr-defined]
    # YAML 1.2, which editors read, has no yes and no.
    data = re.sub(r"\bNO\b", '"NO"', path.read_text())
    return yaml.load(data, Loader=loader)  # noqa: S506 - a safe one, above


def test_the_schema_allows_the_example_and_refuses_what_the_model_refuses() -> None:
    validator = jsonschema.Draft202012Validator(json.loads(schema_text()))
    good = plain(EXAMPLE)
    assert list(validator.iter_errors(good)) == []
    for wrong in (
        {**good, "serches": {}},
        {**good, "cohorts": {"two words": {"accounts": ["a"]}}},
        {**good, "every_days": 91},
        {**good, "version": 2},
        {**good, "searches": {"a": {"query": {"and": [{"field_name": "keywords"}]}}}},
        {**good, "searches": {"a": {**good["searches"]["travel"], "include": ["profile"]}}},
    ):
        assert list(validator.iter_errors(wrong))


def test_the_example_is_valid_and_without_warnings() -> None:
    found = example()
    assert found.warnings == ()
    assert [len(cohort.usernames) for cohort in found.study.cohorts] == [3, 12]
    assert [search.name for search in found.study.searches] == ["travel", "trains-in-europe", "trending"]
    assert found.study.searches[0].depth.max_comments == 20
    assert found.study.trends
    assert set(found.study.trends.kinds) == set(TrendKind)


def test_the_search_by_trends_that_is_shown_is_valid() -> None:
    shown = re.findall(r"```yaml\n(searches:.*?)```", STUDY, re.DOTALL)
    trends = "trends: {enabled: true, countries: [US, GB], kinds: {hashtag: business_api}}\n"
    assert len(shown) == 1
    assert problems(HEAD + trends + shown[0]) == []
    assert read_study(HEAD + trends + shown[0], {}).study.searches[0].trends


def test_the_examples_accounts_are_in_the_sandboxs_default_world() -> None:
    world = World.generate(seed=1, accounts=500, videos=20_000, days=365, end=date(2026, 11, 20))
    private = {"sandbox_carla"}
    asked = {name for cohort in example().study.cohorts for name in cohort.usernames}
    assert asked - private <= set(world.usernames())
