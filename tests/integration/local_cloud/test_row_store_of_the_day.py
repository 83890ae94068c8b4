"""The row store as `make run` has it filled and checked, and tells of it; the functions are played."""

import io
import json
from collections.abc import Mapping
from dataclasses import fields
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from local_cloud.endpoint import LocalAws
from local_cloud.layout import Layout, Source
from local_cloud.row_store_of_the_day import RowStoreOfTheDay, rows_of
from local_cloud.stack import Stack
from tiktok_lake.engine import engine

STACK = Stack(*(field.name for field in fields(Stack)))


class Played(LocalAws):
    """Answers invocations with what is given, one after another."""

    def __init__(self, *answers: Mapping[str, Any] | str) -> None:
        super().__init__("http://127.0.0.1:1")
        self.answers = list(answers)
        self.invoked: list[tuple[str, Any]] = []
        self.__dict__["lambda_"] = SimpleNamespace(invoke=self._invoke)

    def _invoke(self, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 # boto3's names
        self.invoked.append((FunctionName, json.loads(Payload)))
        answer = self.answers.pop(0)
        if isinstance(answer, str):
            failed = json.dumps({"errorMessage": answer}).encode()
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(failed)}
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}


@pytest.fixture
def said() -> StringIO:
    return StringIO()


def row_store(aws: LocalAws, root: Path, said: StringIO) -> RowStoreOfTheDay:
    return RowStoreOfTheDay(aws, STACK, Layout(root, Source.SANDBOX), Console(file=said, width=140))


def test_curation_is_invoked_until_nothing_is_left(tmp_path: Path, said: StringIO) -> None:
    aws = Played({"rows": {"videos": 900, "users": 1}, "pages": 10, "left": 3}, {"rows": {"videos": 99}, "pages": 3})
    store = row_store(aws, tmp_path, said)
    assert store.curate({}) == "1,000 rows of 13 pages"
    assert aws.invoked == [("lake_curation", {})] * 2
    assert store.problems == []


def test_what_any_invocation_found_amiss_and_what_is_left_is_a_problem(tmp_path: Path, said: StringIO) -> None:
    answers = [{"pages": 1, "left": 2, "problems": ["A run has no manifest."]}] + [{"pages": 1, "left": 2}] * 19
    store = row_store(Played(*answers), tmp_path, said)
    assert store.curate({}) == "0 rows of 20 pages"
    assert store.problems == [
        "A run has no manifest.",
        "Of 2 files of pages no rows were made yet; the next run goes on.",
    ]


def test_what_a_function_could_not_do_is_a_problem_and_the_run_goes_on(tmp_path: Path, said: StringIO) -> None:
    store = row_store(Played("The row store is being changed.", "There is no token."), tmp_path, said)
    assert (store.curate({}), store.check({})) == ("failed", "failed")
    assert store.problems == [
        "No rows were made of what was collected: The row store is being changed.",
        "What is due was not checked: There is no token.",
    ]


def test_what_is_due_and_what_was_deleted_is_said(tmp_path: Path, said: StringIO) -> None:
    aws = Played({}, {"due": {"videos": 1200, "accounts": 3}, "deleted": {"videos": 2}, "notes": ["It goes on."]})
    store = row_store(aws, tmp_path, said)
    assert store.check({}) == "nothing is due"
    assert store.check({}) == "1,203 due, 2 deleted, It goes on."


def test_rows_are_counted_in_the_mirror_and_a_query_is_shown_that_finds_them(tmp_path: Path, said: StringIO) -> None:
    store = row_store(Played(), tmp_path, said)
    store.report()
    assert said.getvalue() == ""  # there are none
    for day, rows in (("2026-11-20", 2), ("2026-11-21", 3)):
        folder = tmp_path / "out" / "curated" / "videos" / f"dt={day}"
        folder.mkdir(parents=True)
        with engine() as duckdb:
            duckdb.execute(f"COPY (SELECT range AS video_id FROM range({rows})) TO '{folder}/it''s.parquet'")  # noqa: S608
    assert rows_of(tmp_path / "out") == {"videos": 5}
    store.report()
    assert "Rows in out/curated/: videos 5" in said.getvalue()
    assert "--from out" in said.getvalue()
