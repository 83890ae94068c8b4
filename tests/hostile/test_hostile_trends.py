"""Answers of the sources of trends with hostile values: a typed error, or rows that are stored, compared and shown."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile.examples import changed, few
from tests.unit.business_api import support as business
from tests.unit.creative_center import support as creative
from tests.unit.creative_center.test_legacy_lists import ROWS
from tiktok_collector.errors import CollectorError
from tiktok_collector.lake.trend_keys import trend_page_key, trend_prefix, trend_rows_key
from tiktok_collector.trend_lists import lenient
from tiktok_collector.trend_lists.kinds import TrendKind, TrendList, TrendSource
from tiktok_collector.trend_lists.row_lines import decode_rows, deduplicated, encode_rows
from tiktok_collector.trend_lists.steps import TrendAdapter, TrendPage

RETRIEVED = "2026-11-21T06:00:00.000Z"
CREDENTIALED = creative.current(login=creative.LOGIN)
CASES: list[tuple[TrendAdapter, TrendList, Any]] = [
    (business.API, business.HASHTAGS, business.body([business.hashtag(), business.hashtag(hashtag_name="x")])),
    (business.API, business.SOUNDS, business.body([business.sound()])),
    (CREDENTIALED, creative.hashtags(), creative.hashtag_answer([creative.hashtag(1), creative.hashtag(2)])),
    *(
        (creative.legacy(), creative.old(kind), creative.old_answer(creative.ROWS_KEYS[kind], [row, row]))
        for kind, row in ROWS.items()
    ),
]


def page_of(adapter: TrendAdapter, asked: TrendList, body: bytes) -> TrendPage | None:
    try:
        return adapter.read(asked, adapter.first(asked), business.answer(body), RETRIEVED)
    except CollectorError as error:
        sentence = str(error)
    assert len(sentence) < 1_500
    assert sentence.isprintable()
    return None


@few
@given(st.sampled_from(CASES).flatmap(lambda case: st.tuples(st.just(case[:2]), changed(case[2]))))
def test_changed_answers(case: tuple[tuple[TrendAdapter, TrendList], Any]) -> None:
    (adapter, asked), body = case
    page = page_of(adapter, asked, json.dumps(body).encode())
    if page is None:
        return
    rows = deduplicated(page.rows).rows
    lines = encode_rows(rows)
    assert decode_rows(lines, asked.kind) == rows
    assert all(isinstance(json.loads(line), dict) for line in lines.splitlines())
    assert all(len(row.key) <= lenient.LONGEST_LABEL * 18 for row in rows)
    assert all(len(sentence) < 500 for sentence in page.rejected)


@pytest.mark.parametrize("name", ["a" + "\u0301\u0316" * 100_000, "\ufdfa" * 400_000, "x" * 1_000_000])
def test_a_name_without_end_costs_its_row_and_no_time(name: str) -> None:
    asked = business.HASHTAGS
    rows = [business.hashtag(), business.hashtag(hashtag_name=name)]
    page = page_of(business.API, asked, json.dumps(business.body(rows)).encode())
    assert page is not None
    assert [row.key for row in page.rows] == ["autumnwalk"]
    assert len(page.rejected) == 1


@given(st.text(), st.text(), st.text())
def test_no_part_of_a_key_leaves_its_prefix(country: str, industry: str, poll: str) -> None:
    asked = TrendList(source=TrendSource.BUSINESS_API, kind=TrendKind.HASHTAG, country=country, industry=industry)
    try:
        keys = [trend_rows_key(asked, "2026-11-21", poll), trend_page_key(asked, "2026-11-21", poll, 0)]
    except CollectorError:
        return
    assert all(key.startswith(trend_prefix(asked, date(2026, 11, 21).isoformat())) for key in keys)
    assert all(".." not in key and len(key) <= 1_024 and key.count("/") == 5 for key in keys)
