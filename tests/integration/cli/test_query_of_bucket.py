"""What `query` asks a bucket for, and what it says where the bucket is empty, changes, or may not be read."""

from pathlib import Path
from random import Random
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from cli.exit_codes import ExitCode
from tests.integration.cli.moto_stack import MotoStack, as_json, on_stack, run
from tests.integration.cli.test_query import fill
from tests.support.lake_rows import FETCHED, write
from tiktok_lake.keys import file_key
from tiktok_lake.ranged import RangedFiles, RemoteFile
from tiktok_lake.tables import TABLES, VIDEOS


@pytest.fixture
def lake(stack: MotoStack, tmp_path: Path) -> MotoStack:
    for key, path in fill(tmp_path / "filled"):
        stack.put(key, path.read_bytes())
    return stack


@pytest.mark.usefixtures("lake")
def test_without_a_query_the_tables_are_shown() -> None:
    found = as_json("query")

    assert {each["table"]: (each["files"], each["first_day"], each["last_day"]) for each in found["tables"]} == {
        **dict.fromkeys(TABLES, (0, None, None)),
        "videos": (2, "2026-11-20", "2026-11-21"),
        "video_stats": (2, "2026-11-20", "2026-11-21"),
    }
    assert "videos_latest" in found["views"]
    assert "2026-11-20 … 2026-11-21" in on_stack("query").stdout


def test_an_empty_row_store_and_an_absent_folder_are_said(stack: MotoStack, tmp_path: Path) -> None:
    assert stack.outputs
    for arguments in (("query", "SELECT 1 FROM videos"), ("query",)):
        for place in (("--stack", "ours", "--region", "eu-central-1"), ("--from", str(tmp_path))):
            result = run(*arguments, *place)
            assert result.exit_code == ExitCode.NOT_FOUND
            assert result.stderr == "The row store is empty: nothing has been curated or imported yet.\n"
    result = run("query", "SELECT 1", "--from", str(tmp_path / "no"))
    assert (result.exit_code, "There is no folder" in result.stderr) == (ExitCode.NOT_FOUND, True)


def requests(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """The requests for objects from now on: key and range."""
    sent: list[tuple[str, str]] = []
    asked = vars(BaseClient)["_make_api_call"]

    def ask(self: Any, operation: str, given: dict[str, Any]) -> Any:
        if operation == "GetObject":
            sent.append((given["Key"], given.get("Range", "")))
        return asked(self, operation, given)

    monkeypatch.setattr(BaseClient, "_make_api_call", ask)
    return sent


@pytest.mark.usefixtures("lake")
def test_only_files_of_the_tables_that_are_named_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = requests(monkeypatch)
    as_json("query", "SELECT count(*) FROM videos")

    assert sent
    assert {key.split("/")[1] for key, _ in sent} == {"videos"}
    assert all(part for _, part in sent)


def test_a_day_is_found_by_its_partition(lake: MotoStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noise = Random(1)  # noqa: S311 # bytes that cannot be packed
    rows = [{"video_id": number, "video_description": noise.randbytes(2_000).hex()} for number in range(60)]
    for day in ("2026-11-18", "2026-11-19"):
        lake.put(file_key("videos", day, "many"), write(tmp_path / "many.parquet", VIDEOS, rows).read_bytes())
    sent = requests(monkeypatch)
    as_json("query", "SELECT max(video_description) FROM videos WHERE dt = '2026-11-18'")

    read = {day: [part for key, part in sent if f"dt={day}" in key] for day in ("2026-11-18", "2026-11-19")}
    assert len(read["2026-11-19"]) == 1  # its footer
    assert len(read["2026-11-18"]) > 1


@pytest.mark.usefixtures("lake")
def test_a_file_that_is_replaced_meanwhile_is_never_read_as_a_mixture(monkeypatch: pytest.MonkeyPatch) -> None:

    asked = vars(BaseClient)["_make_api_call"]
    key = file_key("video_stats", "2026-11-20", "a")

    def ask(self: Any, operation: str, given: dict[str, Any]) -> Any:
        if operation == "GetObject" and given["Key"] == key:
            other = file_key("video_stats", "2026-11-21", "a")
            asked(self, "CopyObject", {"Bucket": "lake", "Key": key, "CopySource": {"Bucket": "lake", "Key": other}})
        return asked(self, operation, given)

    monkeypatch.setattr(BaseClient, "_make_api_call", ask)
    result = on_stack("query", "SELECT view_count FROM video_stats")

    assert (result.exit_code, result.stdout) == (ExitCode.NO_ANSWER, "")
    assert result.stderr == "The row store was changed while it was read: ask again.\n"


def test_what_is_kept_of_a_file_is_kept_of_this_version(stack: MotoStack) -> None:
    files = RangedFiles(stack.s3, "lake")
    for content in (b"one", b"two"):
        etag = stack.s3.put_object(Bucket="lake", Key="a", Body=content)["ETag"]
        with files.open(files.known(RemoteFile("a", 3, etag, FETCHED))) as file:
            assert file.read() == content


@pytest.mark.usefixtures("lake")
def test_a_bucket_that_may_not_be_read_is_said(monkeypatch: pytest.MonkeyPatch) -> None:

    asked = vars(BaseClient)["_make_api_call"]

    def ask(self: Any, operation: str, given: dict[str, Any]) -> Any:
        if operation == "GetObject":
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, operation)
        return asked(self, operation, given)

    monkeypatch.setattr(BaseClient, "_make_api_call", ask)
    result = on_stack("query", "SELECT view_count FROM videos")

    assert (result.exit_code, result.stdout) == (ExitCode.NO_PERMISSION, "")
    assert "AWS does not let you do GetObject" in result.stderr
