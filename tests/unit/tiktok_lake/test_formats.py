import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiktok_lake.engine import engine, quoted
from tiktok_lake.formats import Format, write

LONG = 7_321_234_567_890_123_456
STARTS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
FORMULAS = [f"{first}1+1" for first in STARTS]


def written(tmp_path: Path, sql: str, form: Format, **options: Any) -> bytes:
    path = tmp_path / "rows"
    with engine() as connection:
        write(connection, sql, path, form, **options)
    return path.read_bytes()


def cells(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_takes_for_a_formula_is_marked_as_text(text: str, tmp_path: Path) -> None:
    data = written(tmp_path, f"SELECT {quoted(text)} AS caption", Format.CSV)

    assert cells(data) == [["caption"], [f"'{text}"]]


@settings(max_examples=50)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_one_mark_taken_away_gives_back_every_text(text: str) -> None:
    with engine() as connection:
        path = Path(str(connection.execute("SELECT current_setting('temp_directory')").fetchall()[0][0])) / "x.csv"
        write(connection, f"SELECT {quoted(text)} AS caption", path, Format.CSV)
        (cell,) = cells(path.read_bytes())[1]

    assert not cell.startswith(STARTS)
    assert (cell.removeprefix("'")) == text


def test_ids_and_long_numbers_are_text_in_a_spreadsheet_and_short_numbers_are_numbers(tmp_path: Path) -> None:
    sql = f"SELECT {LONG} AS video_id, 12 AS music_id, {LONG} AS first, -12 AS gained, '{LONG}' AS item, 1.5 AS rate"

    assert cells(written(tmp_path, sql, Format.CSV))[1] == [f"'{LONG}", "'12", f"'{LONG}", "-12", f"'{LONG}", "1.5"]


def test_csv_is_as_rfc_4180_has_it_and_says_that_it_is_utf_8(tmp_path: Path) -> None:
    sql = """SELECT 'a"b, c' AS caption, E'one\\ntwo' AS text, NULL AS nothing, 'ä' AS letter"""

    assert written(tmp_path, sql, Format.CSV) == (
        b'\xef\xbb\xbfcaption,text,nothing,letter\r\n"a""b, c","one\ntwo",,\xc3\xa4\r\n'
    )


def test_plain_csv_is_for_programs(tmp_path: Path) -> None:
    data = written(tmp_path, f"SELECT {LONG} AS video_id, '=1' AS caption, ['=a'] AS names", Format.CSV, plain=True)

    assert data == f'video_id,caption,names\r\n{LONG},=1,"[""=a""]"\r\n'.encode()


def test_a_part_of_a_file_has_no_head(tmp_path: Path) -> None:
    assert written(tmp_path, "SELECT 1 AS n", Format.CSV, head=False) == b"1\r\n"


def test_json_has_ids_and_inexact_numbers_as_text_and_moments_with_their_zone(tmp_path: Path) -> None:
    sql = f"""SELECT 5 AS video_id, {LONG} AS most, 5 AS views, TIMESTAMP '2026-11-20 06:00:00.045' AS fetched_at,
        ['a'] AS names, CAST('{{"id": 1}}' AS JSON) AS object, CAST('nan' AS DOUBLE) AS rate, NULL AS nothing"""

    assert json.loads(written(tmp_path, sql, Format.JSONL)) == {
        "video_id": "5",
        "most": str(LONG),
        "views": 5,
        "fetched_at": "2026-11-20T06:00:00.045Z",
        "names": ["a"],
        "object": {"id": 1},
        "rate": None,
        "nothing": None,
    }


@pytest.mark.parametrize(
    ("form", "rows"), [(Format.CSV, b"n,n_1,N_2\r\n1,2,3\r\n"), (Format.JSONL, b'{"n":1,"n_1":2,"N_2":3}\n')]
)
def test_columns_of_one_name_keep_their_own_values(form: Format, rows: bytes, tmp_path: Path) -> None:
    assert written(tmp_path, "SELECT 1 AS n, 2 AS n, 3 AS N", form, plain=True) == rows


def test_json_is_one_list_and_jsonl_one_object_a_line(tmp_path: Path) -> None:
    sql = "SELECT i AS n FROM range(3) t(i)"

    assert json.loads(written(tmp_path, sql, Format.JSON)) == [{"n": 0}, {"n": 1}, {"n": 2}]
    assert [json.loads(line) for line in written(tmp_path, sql, Format.JSONL).splitlines()] == [
        {"n": 0},
        {"n": 1},
        {"n": 2},
    ]


def test_parquet_keeps_types(tmp_path: Path) -> None:
    written(tmp_path, f"SELECT {LONG} AS video_id, TIMESTAMP '2026-11-20' AS fetched_at", Format.PARQUET)

    with engine() as connection:
        found = connection.execute("DESCRIBE SELECT * FROM read_parquet($1)", [str(tmp_path / "rows")]).fetchall()
    assert [(row[0], row[1]) for row in found] == [("video_id", "BIGINT"), ("fetched_at", "TIMESTAMP")]
