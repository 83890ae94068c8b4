import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cli.exit_codes import ExitCode
from tests.integration.cli.conftest import made
from tests.integration.cli.moto_stack import run
from tests.support.lake_rows import FETCHED, write, write_without
from tiktok_lake.keys import file_key
from tiktok_lake.tables import COMMENTS, TABLES

AMBER, BIRCH = 7_321_234_567_890_123_456, 7_321_234_567_890_123_457
LATER = FETCHED + timedelta(days=1)
ROWS: Sequence[tuple[str, Mapping[str, Any]]] = (
    ("videos", {"video_id": AMBER, "username": "amber", "view_count": 5, "video_description": "=1+1"}),
    ("videos", {"video_id": AMBER, "username": "amber", "view_count": 9, "fetched_at": LATER}),
    ("videos", {"video_id": BIRCH, "username": "birch", "view_count": 7}),
    ("video_stats", {"video_id": AMBER, "view_count": 5}),
    ("video_stats", {"video_id": AMBER, "view_count": 9, "fetched_at": LATER}),
)


def fill(folder: Path, rows: Sequence[tuple[str, Mapping[str, Any]]] = ROWS) -> list[tuple[str, Path]]:
    """The files of a row store below a folder, with their keys."""
    days: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for table, row in rows:
        days.setdefault((table, row.get("fetched_at", FETCHED).date().isoformat()), []).append(row)
    keys = [(file_key(table, day, "a"), TABLES[table], held) for (table, day), held in days.items()]
    return [(key, write(folder / key, table, held)) for key, table, held in keys]


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[str, ...]]]:
    """Options that name the same rows in a bucket and in a folder, for tests that change neither."""
    folder = tmp_path_factory.mktemp("filled")
    with made() as stack:
        for key, path in fill(folder):
            stack.put(key, path.read_bytes())
        yield {"bucket": ("--stack", "ours", "--region", "eu-central-1"), "folder": ("--from", str(folder))}


@pytest.fixture(params=["bucket", "folder"])
def where(request: pytest.FixtureRequest, unchanged: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    return unchanged[request.param]


def test_tables_and_views_are_answered_from_the_bucket_and_from_a_folder(where: tuple[str, ...]) -> None:
    sql = "SELECT video_id, username, view_count, dt FROM videos_latest ORDER BY username"
    result = run("query", sql, *where, "--json")

    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["rows"] == [
        {"video_id": str(AMBER), "username": "amber", "view_count": 9, "dt": "2026-11-21"},
        {"video_id": str(BIRCH), "username": "birch", "view_count": 7, "dt": "2026-11-20"},
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "WITH videos AS (SELECT * FROM videos WHERE view_count > 8) SELECT username FROM videos",
        "WITH Chosen AS (SELECT * FROM VIDEOS) SELECT username FROM chosen WHERE view_count > 8",
        "SELECT username FROM main.videos, UNNEST([1]) AS one (n) WHERE view_count > 8 -- the newest",
        "SELECT username FROM videos WHERE view_count > 8 AND username <> ';--' ; -- the newest; no other",
        "FROM videos SELECT username WHERE view_count = (SELECT max(view_count) FROM video_stats)",
    ],
)
def test_tables_are_found_wherever_a_query_names_them(sql: str, tmp_path: Path) -> None:
    fill(tmp_path)
    result = run("query", sql, "--from", str(tmp_path), "--json")

    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["rows"] == [{"username": "amber"}]


def test_a_screen_shows_some_rows_and_says_that_there_are_more(where: tuple[str, ...]) -> None:
    result = run("query", "SELECT username, view_count FROM videos ORDER BY view_count;", *where, "--limit", "2")

    assert [line.split() for line in result.stdout.splitlines()] == [
        ["username", "view_count"],
        ["amber", "5"],
        ["birch", "7"],
        ["2", "rows", "and", "more"],
    ]
    assert result.stderr.startswith("There are more than these 2 rows")


def test_an_answer_is_written_whole_as_csv_that_a_spreadsheet_can_open(where: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / "answer.csv"
    sql = "SELECT video_id, video_description FROM videos ORDER BY view_count"
    result = run("query", sql, *where, "--format", "csv", "-o", str(file), "--limit", "1")

    assert result.exit_code == 0, result.stderr
    assert list(csv.reader(io.StringIO(file.read_text("utf-8-sig")))) == [
        ["video_id", "video_description"],
        [f"'{AMBER}", "'=1+1"],
        [f"'{BIRCH}", ""],
        [f"'{AMBER}", ""],
    ]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_an_answer_can_be_piped(where: tuple[str, ...]) -> None:
    result = run("query", "SELECT video_id FROM videos ORDER BY ALL", *where, "--format", "jsonl")

    assert [json.loads(line) for line in result.stdout.splitlines()] == [
        {"video_id": str(each)} for each in (AMBER, AMBER, BIRCH)
    ]


def test_parquet_is_written_into_a_file(where: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / "answer.parquet"
    assert run("query", "SELECT * FROM videos", *where, "--format", "parquet", "-o", str(file)).exit_code == 0

    assert file.read_bytes().startswith(b"PAR1")


def test_a_table_without_files_is_empty_as_long_as_another_has_some(where: tuple[str, ...]) -> None:
    result = run("query", "SELECT count(*) AS n FROM comments", *where, "--json")

    assert json.loads(result.stdout)["rows"] == [{"n": 0}]


def test_columns_that_older_files_lack_are_null(tmp_path: Path) -> None:
    path = tmp_path / file_key("comments", "2026-11-20", "old")
    write_without(path, COMMENTS, [{"comment_id": 1, "text": "x"}], ("language", "extra"))
    result = run("query", "SELECT comment_id, language, extra, dt FROM comments", "--from", str(tmp_path), "--json")

    assert json.loads(result.stdout)["rows"] == [
        {"comment_id": "1", "language": None, "extra": None, "dt": "2026-11-20"}
    ]


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        ("SELEC 1", "syntax error"),
        ("SELECT nothing FROM videos", 'Referenced column "nothing" not found'),
        ("SELECT * FROM movies", "There is no table movies: there are videos, "),
        ("SELECT 1; SELECT 2", "A query is one SELECT"),
        ("", "A query is one SELECT"),
        ("COPY videos TO 'x.csv'", "A query is one SELECT"),
        ("DROP VIEW videos", "A query is one SELECT"),
        ("SET memory_limit = '1TB'", "A query is one SELECT"),
        ("ATTACH 'x.db'", "A query is one SELECT"),
        ("SELECT * FROM read_text('/etc/hostname')", "file system operations are disabled"),
        ("SELECT * FROM glob('/*')", "file system operations are disabled"),
        ("SELECT * FROM '/etc/hostname'", "There is no table /etc/hostname"),
        ("SELECT CAST(username AS INTEGER) FROM videos", "Could not convert"),
    ],
)
def test_what_cannot_be_asked_is_one_sentence(sql: str, sentence: str, tmp_path: Path) -> None:
    fill(tmp_path)
    result = run("query", sql, "--from", str(tmp_path))

    assert (result.exit_code, result.stdout) == (ExitCode.USAGE, "")
    assert sentence in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--output", "x"), "Which format shall the file have?"),
        (("--format", "parquet"), "name a file with --output"),
        (("--plain",), "--plain is about CSV"),
        (("--format", "csv", "--json"), "leave one of them out"),
        (("--format", "csv", "--output", "/no/such/folder/x.csv"), "There is no folder /no/such/folder"),
    ],
)
def test_options_that_do_not_fit(options: tuple[str, ...], sentence: str, tmp_path: Path) -> None:
    fill(tmp_path)
    result = run("query", "SELECT 1 FROM videos", "--from", str(tmp_path), *options)

    assert (result.exit_code, result.stdout) == (ExitCode.USAGE, "")
    assert sentence in result.stderr


def test_a_stack_or_a_folder_must_be_named() -> None:
    result = run("query", "SELECT 1")

    assert result.exit_code == ExitCode.USAGE
    assert "Which stack?" in result.stderr


def test_rows_that_are_wider_than_the_screen_are_shown_value_by_value(where: tuple[str, ...]) -> None:
    """Nobody reads columns of one character."""
    wide = run("query", "SELECT * FROM videos_latest ORDER BY username", *where)
    narrow = run("query", "SELECT video_id, username, repeat('a b ', 60) AS text FROM videos_latest", *where)

    lines = [" ".join(line.split()) for line in wide.stdout.splitlines()]
    assert {"row 1", f"video_id {AMBER}", "username amber", "row 2", f"video_id {BIRCH}"} <= set(lines)
    assert len(lines) > 2 * len(TABLES["videos"].columns)
    assert narrow.stdout.split()[:3] == ["video_id", "username", "text"]
    assert f"{AMBER}  amber" in narrow.stdout
    assert max(map(len, narrow.stdout.splitlines())) <= 120


def test_no_column_is_cut_from_a_line(where: tuple[str, ...]) -> None:
    sql = (
        "SELECT repeat('a', 80) AS quite_a_long_name, repeat('b', 80) AS another_name_that_is_longer, 'c' AS x, 17 AS y"
    )
    shown = run("query", sql, *where).stdout

    assert shown.split()[:4] == ["quite_a_long_name", "another_name_that_is_longer", "x", "y"]
    assert "17" in shown.split()
    assert shown.count("b") >= 80
    assert max(map(len, shown.splitlines())) <= 120
