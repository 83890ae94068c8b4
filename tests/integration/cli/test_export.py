import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from pydantic import SecretStr

from cli.exit_codes import ExitCode
from tests.integration.cli.moto_stack import NAME, REGION, MotoStack, on_stack, run
from tests.support.lake_rows import write
from tiktok_collector import __version__
from tiktok_collector.pseudonyms.keys import PseudonymKey
from tiktok_collector.pseudonyms.people import Pseudonyms
from tiktok_lake.keys import file_key
from tiktok_lake.tables import TABLES

KEY = "a" * 64
PEOPLE = Pseudonyms(PseudonymKey(SecretStr(KEY), "any"))
AMBER = 7_321_234_567_890_123_456
STACK = ("--stack", NAME, "--region", REGION)


def fill(folder: Path) -> tuple[str, Path]:
    """A row store below `filled`: the key of its file, and the file."""
    rows = [
        {"video_id": AMBER, "username": "amber", "region_code": "DE", "video_description": "=by @amber"},
        {"video_id": 5, "username": "birch", "region_code": "DE", "video_description": "plain"},
    ]
    key = file_key("videos", "2026-11-20", "a")
    return key, write(folder / "filled" / key, TABLES["videos"], rows)


@pytest.fixture
def lake(stack: MotoStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MotoStack:
    """A row store in the bucket and below `filled`, and the key of pseudonyms."""
    key, path = fill(tmp_path)
    stack.put(key, path.read_bytes())
    created = stack.secretsmanager.create_secret(Name="PseudonymKeySecret", SecretString=KEY)
    stack.outputs["PseudonymKeySecretArn"] = created["ARN"]
    monkeypatch.chdir(tmp_path)
    return stack


def about(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.with_name(f"{path.name}.about.json").read_text())
    return found


def cells(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))


@pytest.mark.usefixtures("lake")
@pytest.mark.parametrize("place", [STACK, ("--from", "filled", *STACK)])
def test_an_export_is_pseudonymous_by_the_key_of_the_stack(place: tuple[str, ...], tmp_path: Path) -> None:
    result = run("export", "--table", "videos", "--format", "csv", "-o", "videos.csv", *place)

    assert result.exit_code == 0, result.stderr
    who = PEOPLE.of_name("amber")
    assert [(row["video_id"], row["username"], row["video_description"]) for row in cells(tmp_path / "videos.csv")] == [
        (f"'{AMBER}", who, f"'=by @{who}"),
        ("'5", PEOPLE.of_name("birch"), "plain"),
    ]
    said = about(tmp_path / "videos.csv")
    assert said["pseudonyms"] == {"method": "HMAC-SHA256", "key": PEOPLE.key_id}
    assert {name: said[name] for name in ("table", "format", "rows", "identified", "since", "collector")} == {
        "table": "videos",
        "format": "csv",
        "rows": 2,
        "identified": False,
        "since": None,
        "collector": __version__,
    }
    assert {"name": "username", "about": "Its author's handle", "is": "a pseudonym"} in said["columns"]
    assert "extra" in said["left_out"]
    assert "amber" not in (tmp_path / "videos.csv.about.json").read_text()
    assert f"pseudonyms of the key {PEOPLE.key_id}" in result.stdout
    assert {path.name for path in tmp_path.iterdir()} == {"filled", "videos.csv", "videos.csv.about.json"}


@pytest.mark.usefixtures("lake")
def test_an_export_names_people_where_it_is_asked_to(tmp_path: Path) -> None:
    result = on_stack(
        "export", "--table", "videos", "--format", "jsonl", "--identified", "-o", "videos.jsonl", "--json"
    )

    assert json.loads(result.stdout)["identified"] is True
    rows = [json.loads(line) for line in (tmp_path / "videos.jsonl").read_text().splitlines()]
    assert [(row["video_id"], row["username"]) for row in rows] == [(str(AMBER), "amber"), ("5", "birch")]
    assert about(tmp_path / "videos.jsonl")["pseudonyms"] is None
    assert about(tmp_path / "videos.jsonl")["left_out"] == []


@pytest.mark.parametrize(
    ("study", "identified"),
    [
        ("study: s\ndata:\n  exports: identified\n", True),
        ("study: s\ndata:\n  exports: pseudonymous\n", False),
        ("study: s\n", False),
        ("data: identified", False),
        ("- identified", False),
        ("{", False),
    ],
)
def test_the_study_says_what_is_done_unless_the_command_does(
    study: str, identified: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    fill(tmp_path)
    Path("filled/config").mkdir()
    Path("filled/config/study.yaml").write_text(study)
    result = run("export", "--table", "videos", "-o", "v.parquet", "--json", "--from", "filled")
    # Without a stack there is no key for pseudonyms.
    assert result.exit_code == (ExitCode.DONE if identified else ExitCode.USAGE)


def test_the_study_in_the_bucket_counts_and_the_command_more(lake: MotoStack) -> None:
    lake.put("config/study.yaml", b"study: s\ndata:\n  exports: identified\n")
    for options, expected in (((), True), (("--pseudonymous",), False)):
        result = on_stack("export", "--table", "videos", "-o", "v.parquet", "--json", *options)
        assert json.loads(result.stdout)["identified"] is expected


@pytest.mark.usefixtures("lake")
def test_a_file_is_named_after_its_table_unless_it_is_given_a_name(tmp_path: Path) -> None:
    assert on_stack("export", "--table", "videos_latest").exit_code == 0

    (found,) = tmp_path.glob("*.parquet")
    assert found.name.startswith("videos_latest_parquet_20")
    assert found.read_bytes().startswith(b"PAR1")
    assert about(found)["rows"] == 2


@pytest.mark.usefixtures("lake")
def test_ids_and_counts_need_no_stack_and_no_key(tmp_path: Path) -> None:
    assert run("export", "--table", "videos", "--format", "ids", "--from", "filled", "-o", "ids.txt").exit_code == 0
    assert (tmp_path / "ids.txt").read_text() == f"5\n{AMBER}\n"
    assert about(tmp_path / "ids.txt")["rows"] == 2

    counted = ("export", "--table", "videos", "--format", "aggregate", "--from", "filled", "-o", "cells.csv")
    result = run(*counted, "--by", "region_code", "--min-cell", "2", "--min-accounts", "2")
    assert result.exit_code == 0, result.stderr
    assert [(row["region_code"], row["rows"], row["accounts"]) for row in cells(tmp_path / "cells.csv")] == [
        ("DE", "2", "2")
    ]
    assert run(*counted, "--by", "region_code").stdout.startswith("0 cells in cells.csv (1 held back)")
    said = about(tmp_path / "cells.csv")
    assert (said["by"], said["min_cell"], said["min_accounts"], said["cells_held_back"]) == (["region_code"], 10, 3, 1)


@pytest.mark.usefixtures("lake")
def test_without_the_key_there_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run("export", "--table", "videos", "--from", "filled")
    assert result.exit_code == ExitCode.USAGE
    assert result.stderr.startswith("Pseudonyms are made with the key of a stack: name it with --stack or --local")

    asked = vars(BaseClient)["_make_api_call"]

    def ask(self: Any, operation: str, given: dict[str, Any]) -> Any:
        if operation == "GetSecretValue":
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, operation)
        return asked(self, operation, given)

    monkeypatch.setattr(BaseClient, "_make_api_call", ask)
    result = on_stack("export", "--table", "videos")
    assert (result.exit_code, len(result.stderr.splitlines())) == (ExitCode.NO_PERMISSION, 1)
    assert "ask for the right to secretsmanager:GetSecretValue on arn:aws:" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["filled"]


def test_a_stack_without_a_key_is_an_older_one(lake: MotoStack) -> None:
    del lake.outputs["PseudonymKeySecretArn"]

    assert on_stack("export", "--table", "videos").exit_code == ExitCode.STACK_INCOMPLETE


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--table", "movies"), "There is no table movies to export: there are videos, "),
        (("--table", "coverage"), "There is no table coverage to export"),
        (("--table", "videos", "--format", "aggregate"), "By what shall be counted?"),
        (("--table", "videos", "--by", "region_code"), "--by is about counts"),
        (("--table", "videos", "--format", "ids", "--identified"), "--format ids names nobody"),
        (("--table", "videos", "--plain"), "--plain is about CSV"),
        (("--table", "videos", "--since", "yesterday"), "--since yesterday is no day"),
        (("--table", "videos", "--since", "2026-11-22", "--until", "2026-11-20"), "is after --until 2026-11-20"),
        (("--table", "videos", "-o", "no/folder/x"), "There is no folder"),
        (("--table", "users", "--format", "ids"), "users has no ids that can be shared alone"),
        (("--table", "videos", "--format", "aggregate", "--by", "username"), "videos cannot be counted by username"),
        (("--table", "trends", "--format", "aggregate", "--by", "kind"), "trends cannot be counted in cells"),
    ],
)
def test_what_cannot_be_exported_is_one_sentence(
    options: tuple[str, ...], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    fill(tmp_path)
    result = run("export", *options, "--from", "filled")

    assert (result.exit_code, result.stdout) == (ExitCode.USAGE, "")
    assert sentence in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["filled"]


@pytest.mark.parametrize(
    "options",
    [("--identified",), ("--format", "ids"), ("--format", "aggregate", "--by", "region_code")],
)
def test_an_empty_row_store_is_said(options: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("export", "--table", "videos", *options, "--from", ".")

    assert result.exit_code == ExitCode.NOT_FOUND
    assert "The row store is empty" in result.stderr
    assert list(tmp_path.iterdir()) == []
