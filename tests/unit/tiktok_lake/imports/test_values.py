"""Ids, counts, times and lists as people write them, each with its outcome."""

from datetime import UTC, datetime
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.tiktok_lake.imports.mapped import connection
from tiktok_lake.imports.families.family import Reading
from tiktok_lake.imports.values.counts import Decimals
from tiktok_lake.imports.values.expressions import Conventions, Text, value
from tiktok_lake.imports.values.times import DateOrder

PLAIN = Conventions()
ID = 6892505037482822918
QUICK = settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
"""Each example is a list of many values: a query takes longer to plan than to run."""


class Reader:
    """Reads texts in one query each kind, as a plan does."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self.known = "NULL::BIGINT"

    def all(self, reading: Reading, texts: list[str | None], conventions: Conventions = PLAIN) -> list[Any]:
        expression = value(reading, Text("x", "n"), conventions, self.known)
        rows = self.connection.execute(
            f"SELECT {expression} FROM (SELECT x, tt_digits(x) AS n, place FROM "  # noqa: S608 - a plan's
            "(SELECT unnest(?::VARCHAR[]) AS x, generate_subscripts(?::VARCHAR[], 1) AS place)) ORDER BY place",
            [texts, texts],
        ).fetchall()
        return [row[0] for row in rows]

    def one(self, reading: Reading, text: str, conventions: Conventions = PLAIN) -> Any:
        return self.all(reading, [text], conventions)[0]


@pytest.fixture
def read() -> Reader:
    return Reader(connection())


def test_counts(read: Reader) -> None:
    outcomes = {
        "5": 5,
        "0": 0,
        "25.0": 25,
        "984.1K": 984_100,
        "984.1k": 984_100,
        "1,2M": 1_200_000,
        "1.5B": 1_500_000_000,
        "2 mio.": 2_000_000,
        "3 mil": 3_000,
        "1.2K+": 1_200,
        "12 views": 12,
        "1 234": 1_234,
        "1\u00a0234": 1_234,
        "1\u202f234": 1_234,
        "1'234": 1_234,
        "1,234": 1_234,
        "1.234": 1_234,
        "1.234.567": 1_234_567,
        "1,234,567": 1_234_567,
        "1.234.567,0": 1_234_567,
        "1.2e+06": 1_200_000,
        " 7 ": 7,
        # What is no count, or may be two, is none.
        "12.5": None,
        "1.234K": None,
        "1,234.50": None,
        "1.5.5": None,
        "-3": None,
        "many": None,
        "9" * 30: None,
        "": None,
        "n/a": None,
        "nan": None,
        "-": None,
    }
    assert dict(zip(outcomes, read.all(Reading.COUNT, list(outcomes)), strict=True)) == outcomes


def test_counts_where_a_mapping_file_says_what_parts_the_fraction(read: Reader) -> None:
    comma, point = Conventions(decimals=Decimals.COMMA), Conventions(decimals=Decimals.POINT)
    texts = ["1.234", "1,234", "1.234K", "12,0"]
    assert read.all(Reading.COUNT, list(texts), comma) == [1234, None, 1_234_000, 12]
    assert read.all(Reading.COUNT, list(texts), point) == [None, 1234, 1234, None]


def test_ids_of_videos(read: Reader) -> None:
    outcomes = {
        str(ID): ID,
        f" {ID} ": ID,
        f"{ID}.0": ID,
        f'="{ID}"': ID,
        f"'{ID}": ID,
        f"https://www.tiktok.com/@ann/video/{ID}?lang=en": ID,
        f"https://www.tiktok.com/@ann/photo/{ID}": ID,
        f"https://www.tiktokv.com/share/video/{ID}/": ID,
        f"https://m.tiktok.com/v/{ID}.html": ID,
        f"https://www.tiktok.com/embed/v2/{ID}": ID,
        f"https://www.tiktok.com/x?share_item_id={ID}": ID,
        # Written out of a float: nobody knows which it was.
        "6892505037482822656.0": None,
        "6.89251E+18": None,
        "6,89251E+18": None,
        "1_000": None,
        "0x1f": None,
        "https://www.tiktok.com/@ann": None,
        "https://vm.tiktok.com/ZMabcdef/": None,
        "6" * 25: None,
        "": None,
    }
    assert dict(zip(outcomes, read.all(Reading.VIDEO_ID, list(outcomes)), strict=True)) == outcomes


def test_ids_that_may_be_absent(read: Reader) -> None:
    assert read.all(Reading.ID, ["0", "12", "12.0", "", "nan", "-1", None]) == [None, 12, 12, None, None, None, None]


def _second(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp())  # type: ignore[arg-type,misc]


def test_times(read: Reader) -> None:
    noon = _second(2026, 7, 19, 12)
    outcomes = {
        str(noon): noon,
        f"{noon}.0": noon,
        f"{noon}.75": noon,
        f"{noon}000": noon,
        f"{noon}000000": noon,
        f"{noon / 1e9:.9f}E9": noon,
        "2026-07-19T12:00:00Z": noon,
        "2026-07-19T12:00:00.000Z": noon,
        "2026-07-19T14:00:00+02:00": noon,
        "2026-07-19T14:00:00+0200": noon,
        "2026-07-19 12:00:00 UTC": noon,
        "2026-07-19 12:00:00": noon,
        "2026-07-19T12:00": noon,
        "2026/07/19 12:00:00": noon,
        "19.07.2026 12:00": noon,
        "19-07-2026 12:00:00": noon,
        "07/19/2026 12:00:00 PM": noon,
        "20260719120000": noon,
        "2026-07-19": noon - 43_200,
        "20260719": noon - 43_200,
        "Jul 19, 2026": noon - 43_200,
        # Digits that are lost, a day or a month, no year, relative, no time of TikTok's.
        "1.78446E+09": None,
        "03/04/2026": None,
        "4-25": None,
        "3d ago": None,
        "0": None,
        "1970-01-01 00:00:00": None,
        "2026-13-45": None,
        "": None,
    }
    assert dict(zip(outcomes, read.all(Reading.TIME, list(outcomes)), strict=True)) == outcomes


def test_times_without_a_zone_are_in_the_one_that_a_mapping_file_names(read: Reader) -> None:
    danish = Conventions(time_zone="Europe/Copenhagen")
    summer, winter, said = read.all(
        Reading.TIME, ["2026-07-19 14:00:00", "2026-01-19 13:00:00", "2026-07-19T12:00:00Z"], danish
    )
    assert summer == said == _second(2026, 7, 19, 12)
    assert winter == _second(2026, 1, 19, 12)


def test_the_id_says_whether_day_or_month_comes_first(read: Reader) -> None:
    read.known = str(_second(2026, 4, 3, 5))
    assert read.one(Reading.TIME, "03/04/2026") == _second(2026, 4, 3)
    read.known = str(_second(2026, 3, 4, 5))
    assert read.one(Reading.TIME, "03/04/2026") == _second(2026, 3, 4)
    read.known = str(_second(2020, 1, 1))
    assert read.one(Reading.TIME, "03/04/2026") is None
    assert read.one(Reading.TIME, "03/04/2026", Conventions(dates=DateOrder.MONTH_FIRST)) == _second(2026, 3, 4)


def test_a_date_without_a_year_is_the_ids_if_that_is_of_the_day(read: Reader) -> None:
    born = _second(2025, 4, 25, 9)
    read.known = f"{born}::BIGINT"
    assert read.all(Reading.TIME, ["4-25", "04-25", "04-26", "5-25"]) == [born, born, born, None]
    new_year = _second(2025, 12, 31, 23)
    read.known = f"{new_year}::BIGINT"
    assert read.all(Reading.TIME, ["1-1", "12-31"]) == [new_year, new_year]


def test_hashtags_in_every_encoding(read: Reader) -> None:
    two = ["one", "two"]
    outcomes: dict[str, list[str] | None] = {
        '["one", "two"]': two,
        '["#one", "#two"]': two,
        '[{"id": "1", "name": "one"}, {"id": "2", "name": "two"}]': two,
        '[{"title": "one"}, {"hashtagName": "two"}]': two,
        "['one', 'two']": two,
        "[{'id': '1', 'name': 'one'}, {'id': '2', 'name': 'two'}]": two,
        "[one, two]": two,
        "#one,#two": two,
        "#one  #two": two,
        "#one#two": two,
        "one  two": two,
        "one,two": two,
        "one|two": two,
        "['it\\'s', \"o'clock\"]": ["it's", "o'clock"],
        repr(["of two\nlines", "spaced\xa0", "back\\slash", "b\"'c"]): [
            "of two\nlines",
            "spaced",
            "back\\slash",
            "b\"'c",
        ],
        "[]": [],
        "": None,
        "nan": None,
    }
    assert dict(zip(outcomes, read.all(Reading.TAGS, list(outcomes)), strict=True)) == outcomes


def test_hashtags_and_mentions_of_captions(read: Reader) -> None:
    caption = "look #one, #Bø_2 #日本 (@ann.b.) me@example.org @c.d, #"
    assert read.one(Reading.TAGS_OF_TEXT, caption) == ["one", "Bø_2", "日本"]
    assert read.one(Reading.MENTIONS_OF_TEXT, caption) == ["ann.b", "c.d"]
    assert read.one(Reading.TAGS_OF_TEXT, "in full width: \uff03one") == ["one"]
    assert read.one(Reading.TAGS_OF_TEXT, "nothing") == []


def test_whom_a_caption_answers(read: Reader) -> None:
    outcomes = {
        "#duet with @ann.b. wow": ("duet", "ann.b"),
        "wow #Stitch met @ann": ("stitch", "ann"),
        "#stitch mit @ann #duet": ("stitch", "ann"),
        "#duet": (None, None),
        "#duet @ann": (None, None),
        "duet with @ann": (None, None),
    }
    hows = read.all(Reading.ANSWERS_HOW, list(outcomes))
    whom = read.all(Reading.ANSWERS_WHOM, list(outcomes))
    assert dict(zip(outcomes, zip(hows, whom, strict=True), strict=True)) == outcomes


def test_lengths_are_seconds(read: Reader) -> None:
    assert read.all(Reading.SECONDS, ["15", "15.0", "14.6", "0:15", "1:02:03", "long"]) == [15, 15, 15, 15, 3723, None]


def test_names_and_switches(read: Reader) -> None:
    assert read.all(Reading.HANDLE, ["@ann", " ann ", "https://www.tiktok.com/@ann?x", "nan", "@"]) == [
        *["ann"] * 3,
        None,
        None,
    ]
    assert read.all(Reading.FLAG, ["True", "0", "yes", "maybe", ""]) == [True, False, True, None, None]


@QUICK
@given(st.lists(st.integers(10**14, 2**63 - 1), min_size=1, max_size=200))
def test_every_id_comes_back_exactly(read: Reader, ids: list[int]) -> None:
    texts = [str(each) for each in ids]
    assert read.all(Reading.VIDEO_ID, list(texts)) == ids
    assert read.all(Reading.VIDEO_ID, [f"https://www.tiktok.com/@a/video/{each}" for each in texts]) == ids


@QUICK
@given(st.lists(st.integers(2**53 + 1, 2**63 - 1), min_size=1, max_size=200))
def test_an_id_that_went_through_a_float_is_never_taken_for_another(read: Reader, ids: list[int]) -> None:
    assert read.all(Reading.VIDEO_ID, [f"{float(each):.5E}" for each in ids]) == [None] * len(ids)
    through = [f"{float(each):.1f}" for each in ids if each >= 2**61]
    assert read.all(Reading.VIDEO_ID, list(through)) == [None] * len(through)


@QUICK
@given(st.lists(st.integers(0, 2**63 - 1), min_size=1, max_size=200))
def test_counts_come_back_however_their_thousands_are_parted(read: Reader, counts: list[int]) -> None:
    for mark in ("", ",", ".", " ", "\u202f", "'"):
        assert read.all(Reading.COUNT, [f"{each:,}".replace(",", mark) for each in counts]) == counts


@QUICK
@given(st.lists(st.datetimes(datetime(2014, 1, 1), datetime(2035, 1, 1)), min_size=1, max_size=200))  # noqa: DTZ001
def test_times_come_back_from_every_unit(read: Reader, times: list[datetime]) -> None:
    seconds = [int(each.replace(tzinfo=UTC).timestamp()) for each in times]
    for texts in (
        [str(each) for each in seconds],
        [f"{each}000" for each in seconds],
        [each.replace(microsecond=0).isoformat() for each in times],
        [each.replace(microsecond=0).isoformat() + "Z" for each in times],
    ):
        assert read.all(Reading.TIME, list(texts)) == seconds


READ = [each for each in Reading if each not in {Reading.CONSTANT, Reading.BESIDE, Reading.POSITION, Reading.ROW}]


@QUICK
@given(st.lists(st.text(max_size=40), min_size=1, max_size=200))
def test_no_text_is_an_error(read: Reader, texts: list[str]) -> None:
    _read_all(read, [each.encode("utf-8", "ignore").decode() for each in texts])


def _read_all(read: Reader, texts: list[str]) -> None:
    ways = [
        value(each, Text("x", "n"), conventions, f"{ID >> 32}::BIGINT")
        for each in READ
        for conventions in (PLAIN, Conventions(time_zone="Europe/Copenhagen", decimals=Decimals.COMMA))
    ]
    rows = read.connection.execute(
        f"SELECT {', '.join(ways)} FROM (SELECT x, tt_digits(x) AS n FROM "  # noqa: S608 - a plan's
        "(SELECT unnest(?::VARCHAR[]) AS x))",
        [texts],
    ).fetchall()
    assert len(rows) == len(texts)


ODD = st.text(st.sampled_from("0123456789.,-+:/ KMeETZ[]{}'\"#@\\%"), max_size=24)


@QUICK
@given(st.lists(ODD, min_size=1, max_size=200))
def test_no_text_like_a_value_is_an_error(read: Reader, texts: list[str]) -> None:
    _read_all(read, texts)
