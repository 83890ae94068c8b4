"""Files of every form and with every oddity become the same table of text."""

import csv
import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from tiktok_lake.engine import engine, identifier
from tiktok_lake.imports.reading.options import ReadingLimits, ReadingOptions
from tiktok_lake.imports.reading.problems import UnusableFile
from tiktok_lake.imports.reading.read import opened
from tiktok_lake.imports.reading.source import Form, Source

LIMITS = ReadingLimits()
FOUND_OUT = ReadingOptions()


class Reader:
    """Reads files that it is given as bytes."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self.connection = connection
        self._folder = folder
        self._count = 0

    def __call__(
        self, content: bytes | str, name: str = "file.csv", limits: ReadingLimits = LIMITS, **options: Any
    ) -> list[Source]:
        self._count += 1
        scratch = self._folder / f"{self._count}"
        scratch.mkdir()
        path = scratch / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        file = opened(path, scratch, limits=limits, options=ReadingOptions(**options))
        return [file.read(self.connection, place) for place in range(len(file.lists))]

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        return self.connection.execute("SELECT _line, * EXCLUDE (_line) FROM source ORDER BY _line").fetchall()

    @property
    def rejected(self) -> list[tuple[Any, ...]]:
        return self.connection.execute("SELECT line, reason, text FROM source_rejected ORDER BY line").fetchall()

    def column(self, name: str) -> list[Any]:
        return [row[0] for row in self.connection.execute(f"SELECT {identifier(name)} FROM source").fetchall()]  # noqa: S608 - quoted


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with engine() as connection:
        yield connection


@pytest.fixture
def read(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> Reader:
    return Reader(connection, tmp_path)


IN_THREE_LANGUAGES = "id,text\n1,æøå quốc 🗿\n2,\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (IN_THREE_LANGUAGES.encode(), "utf-8"),
        (IN_THREE_LANGUAGES.encode("utf-8-sig"), "utf-8-sig"),
        (IN_THREE_LANGUAGES.encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + IN_THREE_LANGUAGES.encode("utf-16-be"), "utf-16"),
        (IN_THREE_LANGUAGES.encode("utf-32"), "utf-32"),
    ],
)
def test_unicode_in_any_encoding_is_the_same_text(read: Reader, content: bytes, encoding: str) -> None:
    (source,) = read(content)
    assert read.rows == [(2, "1", "æøå quốc 🗿"), (3, "2", None)]
    assert (source.encoding, source.columns, source.rows) == (encoding, ("id", "text"), 2)


def test_utf_16_without_a_mark_is_known_by_its_nuls(read: Reader) -> None:
    for encoding in ("utf-16-le", "utf-16-be"):
        (source,) = read("id,text\n1,plain\n".encode(encoding))
        assert source.encoding == encoding
        assert read.rows == [(2, "1", "plain")]


def test_cp1252_is_read_where_the_bytes_are_no_utf_8(read: Reader) -> None:
    (source,) = read("id,text\n1,\N{RIGHT SINGLE QUOTATION MARK} café €\n".encode("cp1252"))
    assert source.encoding == "cp1252"
    assert read.rows == [(2, "1", "\N{RIGHT SINGLE QUOTATION MARK} café €")]
    assert any("cp1252" in note for note in source.notes)


def test_a_damaged_byte_among_much_utf_8_does_not_make_it_cp1252(read: Reader) -> None:
    (source,) = read("id,text\n1,æøå quốc\n".encode() + b"2,\xff\n")
    assert source.encoding == "utf-8"
    assert read.rows == [(2, "1", "æøå quốc"), (3, "2", "\N{REPLACEMENT CHARACTER}")]
    assert any("U+FFFD" in note for note in source.notes)


def test_an_encoding_that_is_said_is_taken(read: Reader) -> None:
    read("id,text\n1,Žluť\n".encode("cp1250"), encoding="cp1250")
    assert read.column("text") == ["Žluť"]


def test_nul_is_left_out_and_said(read: Reader) -> None:
    (source,) = read(b"id,text\n1,a\x00b\n\x002,c\n")
    assert read.rows == [(2, "1", "ab"), (3, "2", "c")]
    assert any(note.startswith("2 NUL") for note in source.notes)


def test_old_line_ends_are_line_ends(read: Reader) -> None:
    read(b"id,text\r1,a\r2,b\r")
    assert read.rows == [(2, "1", "a"), (3, "2", "b")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(read: Reader, delimiter: str) -> None:
    lines = ["id{}caption{}likes", '1{}"a, b; c"{}3', '2{}"d\te|f"{}4']
    (source,) = read("\n".join(line.format(delimiter, delimiter) for line in lines))
    assert source.delimiter == delimiter
    assert read.rows == [(2, "1", "a, b; c", "3"), (3, "2", "d\te|f", "4")]


def test_a_row_begins_in_the_line_that_an_editor_shows(read: Reader) -> None:
    read('id,text\n1,"a\nb\nc"\n2,d\n3,"e\nf"\n4,g\n')
    assert [row[0] for row in read.rows] == [2, 5, 6, 8]


def test_a_file_without_a_header_has_numbered_columns(read: Reader) -> None:
    (source,) = read("7583943023407435015,hello there,12\n7583943023407435016,again,13\n")
    assert (source.header, source.columns) == (False, ("column_1", "column_2", "column_3"))
    assert [row[0] for row in read.rows] == [1, 2]


def test_a_header_that_is_said_names_the_columns(read: Reader) -> None:
    (source,) = read("7583943023407435015,hello\n", header=("video_id", "text"))
    assert source.header
    assert read.column("video_id") == ["7583943023407435015"]


def test_names_that_differ_in_case_alone_are_told_apart(read: Reader) -> None:
    (source,) = read("ID,id,,Title,title\n1,2,3,4,5\n")
    assert source.columns == ("ID", "id_2", "column_3", "Title", "title_2")
    assert read.rows == [(2, "1", "2", "3", "4", "5")]


def test_ragged_rows_are_set_aside_with_line_and_reason(read: Reader) -> None:
    (source,) = read('id,likes,text\n1,2,a\n2,3\n3,4,b,\n4,5,6,7\n5,6,"c\nd"\n')
    assert read.rows == [(2, "1", "2", "a"), (4, "3", "4", "b"), (6, "5", "6", "c\nd")]
    assert read.rejected == [
        (3, "2 cells, where there are 3 columns", "2,3\n"),
        (5, "4 cells, where there are 3 columns", "4,5,6,7\n"),
    ]
    assert source.rows == 3


def test_a_quote_that_does_not_end_takes_its_own_row_alone(read: Reader) -> None:
    read('id,text\n1,a\n2,"b\n3,c\n4,d\n')
    assert [row[1] for row in read.rows] == ["1", "3", "4"]
    assert [(line, reason) for line, reason, _ in read.rejected] == [(3, "a quotation mark is not closed")]


def test_too_many_such_quotes_are_a_problem_and_no_endless_work(read: Reader) -> None:
    with pytest.raises(UnusableFile, match="quotation mark"):
        read("id,text\n" + '1,"a\n2,b\n3,c\n' * 1_101)


def test_a_header_that_changes_in_the_middle_files_what_follows_under_its_names(read: Reader) -> None:
    (source,) = read("id,likes\n1,2\nid,likes\n3,4\nid,likes,saves\n5,6,7\n")
    assert source.columns == ("id", "likes", "saves")
    assert read.rows == [(2, "1", "2", None), (4, "3", "4", None), (6, "5", "6", "7")]
    assert any("Line 5" in note for note in source.notes)


def test_json_lines_may_change_their_schema(read: Reader) -> None:
    lines: list[Any] = [
        {"id": 7583943023407435015, "author": "plain"},
        {"id": "2", "author": {"uniqueId": "a", "stats": {"likes": 10**12}}, "tags": [{"name": "x"}]},
        {"id": 3, "ID": "other", "text": None, "slashed/name": "c", "dotted.name": "d"},
    ]
    (source,) = read("\n".join(map(json.dumps, lines)), "file.json")
    assert source.form is Form.JSON_LINES
    assert read.column("id") == ["7583943023407435015", "2", "3"]
    assert read.column("author") == ["plain", None, None]
    assert read.column("author.uniqueId") == [None, "a", None]
    assert read.column("author.stats.likes") == [None, str(10**12), None]
    assert json.loads(read.column("tags")[1]) == [{"name": "x"}]
    assert read.column("ID_2") == [None, None, "other"]
    assert read.column("slashed/name")[2] == "c"
    assert read.column("dotted.name")[2] == "d"


def test_lines_that_are_no_objects_are_set_aside(read: Reader) -> None:
    read('{"id": 1}\nnot "json"\n\n{"id": 2}\n[3]\n{"id": 4\n', "file.jsonl")
    assert [row[:2] for row in read.rows] == [(1, "1"), (3, "2")]
    assert read.rejected == [
        (2, "the line is no JSON", 'not "json"'),
        (4, "the element is no object", "[3]"),
        (5, "the line is no JSON", '{"id": 4'),
    ]


@pytest.mark.parametrize(
    ("document", "inside"),
    [
        ([{"id": 1}, {"id": 2}], ""),
        ({"headers": {"a": "b"}, "collector": [{"id": 1}, {"id": 2}], "zip": ""}, "collector"),
        ({"data": {"videos": [{"id": 1}, {"id": 2}], "cursor": 100}, "error": {"code": "ok"}}, "data.videos"),
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_the_list_in_a_document_is_found(read: Reader, document: Any, inside: str, indent: int | None) -> None:
    (source,) = read(json.dumps(document, indent=indent), "file.json")
    assert (source.form, source.inside) == (Form.JSON_DOCUMENT, inside)
    assert read.rows == [(1, "1"), (2, "2")]


def test_each_list_of_a_document_is_read_and_what_stands_beside_it_is_known(read: Reader) -> None:
    document = {"meta": {"user": "a", "count": 12}, "videos": [{"id": 1}], "more": {"comments": [{"text": "x"}]}}
    first, second = read(json.dumps(document), "file.json")
    assert (first.inside, second.inside) == ("videos", "more.comments")
    assert first.beside == {"meta.user": "a", "meta.count": "12"}
    assert second.columns == ("text",)
    (only,) = read(json.dumps(document), "file.json", inside="more.comments")
    assert only.inside == "more.comments"
    with pytest.raises(UnusableFile, match=r"more\.likes"):
        read(json.dumps(document), "file.json", inside="more.likes")


def test_ids_alone_are_rows(read: Reader) -> None:
    (source,) = read('[7583943023407435015, "7583943023407435016"]', "ids.json")
    assert not source.header
    assert read.column("column_1") == ["7583943023407435015", "7583943023407435016"]
    read("7583943023407435015\n7583943023407435016\n", "ids.txt")
    assert read.column("column_1") == ["7583943023407435015", "7583943023407435016"]


def test_what_stands_among_objects_is_set_aside(read: Reader) -> None:
    (source,) = read('{"rows": [null, {"id": 1}, 7583943023407435015, {"id": 2}]}', "file.json")
    assert (source.inside, source.columns) == ("rows", ("id",))
    assert read.rows == [(2, "1"), (4, "2")]
    assert [(line, reason) for line, reason, _ in read.rejected] == [
        (1, "the element is no object"),
        (3, "the element is no object"),
    ]


def test_an_object_of_very_many_keys_stays_one_column(read: Reader) -> None:
    (source,) = read(json.dumps([{"id": 1, "by_day": {f"d{number}": number for number in range(500)}}]), "file.json")
    assert source.columns == ("id", "by_day")


@pytest.mark.parametrize("compress", [gzip.compress, zstd.compress])
def test_compressed_files_of_several_members(read: Reader, compress: Any) -> None:
    content = compress(b"id,text\n1,a\n") + compress(b"2,b\n")
    read(content, "file.csv.gz")
    assert read.rows == [(2, "1", "a"), (3, "2", "b")]
    with pytest.raises(UnusableFile, match="breaks off"):
        read(compress(b"id,text\n" + b"1,a\n" * 1_000)[:-9], "file.csv.gz")


@pytest.mark.parametrize("compress", [gzip.compress, zstd.compress])
def test_a_bomb_goes_off_within_its_bounds(read: Reader, compress: Any, tmp_path: Path) -> None:
    with pytest.raises(UnusableFile, match="more than 1,000,000 bytes"):
        read(compress(b"id\n" + b"1\n" * 10_000_000), "bomb.gz", ReadingLimits(content_bytes=1_000_000))
    assert sum(each.stat().st_size for each in tmp_path.rglob("*") if each.is_file()) < 10_000_000


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"PK\x03\x04 and more", "ZIP"),
        (b"PAR1 and more", "Parquet"),
        (gzip.compress(b"")[:8] + b"\x99" * 40, "damaged|breaks off"),
        (b'{"collector": [{"id": 1}, {"id": 2', "no JSON"),
        (b'{"a": ' * 2_000, "no JSON|JSON"),
        (b"{}\n{}\n", "no row|no JSON object"),
    ],
    ids=["empty", "zip", "parquet", "damaged gzip", "cut off", "too deep", "no row"],
)
def test_what_cannot_be_read_is_one_sentence(read: Reader, content: bytes, said: str) -> None:
    with pytest.raises(UnusableFile, match=said):
        read(content, "file.json")


@pytest.mark.parametrize(
    ("name", "content", "place"),
    [
        ("file.jsonc", '// whose\n[{"id": 1}]', 0),
        ("file.json.gz", '/* whose */ [{"id": 1}]', 0),
        ("file.jsonc", '[\n  // the first\n  {"id": 1}\n]', 4),
        ("file.json", '[{"id": 1 # the first\n}]', 10),
        ("file.jsonc", '[\n  {"id": 1},\n  ... /* and more */\n]', 21),
    ],
)
def test_comments_in_json_are_said(read: Reader, name: str, content: str, place: int) -> None:
    with pytest.raises(UnusableFile, match=f"it has comments, the first at byte {place}. Take them out, and dots"):
        read(content, name)


def test_slashes_in_what_is_no_json_are_no_comments(read: Reader) -> None:
    with pytest.raises(UnusableFile, match="is the whole of it there"):
        read('[{"id": 1; "url": "https://www.tiktok.com/"}]', "file.json")
    read("// name,text\na,b\n", "file.csv")
    assert read.column("// name") == ["a"]
    read('// whose\n{"id": 1}\n{"id": 2}\n', "file.jsonl")
    assert read.column("id") == ["1", "2"]
    assert [(line, reason) for line, reason, _ in read.rejected] == [(1, "the line is no JSON")]


def test_a_file_that_is_too_large_is_not_read(read: Reader) -> None:
    with pytest.raises(UnusableFile, match="at most 10 are read"):
        read("id,text\n1,a\n", limits=ReadingLimits(file_bytes=10))
    with pytest.raises(UnusableFile, match="columns"):
        read(",".join(f"c{number}" for number in range(20)) + "\n", limits=ReadingLimits(columns=10))


_CELLS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0\r"), max_size=20)


@given(rows=st.lists(st.lists(_CELLS, min_size=3, max_size=3), min_size=1, max_size=20))
def test_what_a_csv_writer_wrote_is_read_as_it_was(
    rows: list[list[str]], tmp_path_factory: pytest.TempPathFactory, connection: duckdb.DuckDBPyConnection
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(["first name", "second name", "third name"])
    writer.writerows(rows)
    read = Reader(connection, tmp_path_factory.mktemp("csv"))
    read(text.getvalue())
    found = [[cell or "" for cell in row[1:]] for row in read.rows]
    assert found == rows
    assert read.rejected == []


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | _CELLS,
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=2) | st.lists(inner, max_size=2),
    max_leaves=6,
)


@given(rows=st.lists(st.dictionaries(st.sampled_from(["id", "a", "b"]), _VALUES, min_size=1), min_size=2, max_size=8))
def test_json_of_any_shape_is_rows_with_exact_numbers(
    rows: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory, connection: duckdb.DuckDBPyConnection
) -> None:
    read = Reader(connection, tmp_path_factory.mktemp("json"))
    wanted = [{"key": 2**63 - 1, **row} for row in rows]
    read("\n".join(map(json.dumps, wanted)), "file.jsonl")
    assert read.column("key") == [str(2**63 - 1)] * len(rows)
    if any(type(row.get("id")) is int for row in rows):
        exact = [str(row["id"]) for row in rows if type(row.get("id")) is int]
        assert set(exact) <= set(read.column("id"))
