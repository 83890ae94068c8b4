"""Whatever comes as an answer: a page that can be stored, or a typed error."""

import json
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.creative_center.support import (
    LOGIN,
    ROWS_KEYS,
    answer,
    current,
    hashtags,
    legacy,
    old,
    overview_answer,
    read,
    videos,
)
from tiktok_collector.errors import CollectorError
from tiktok_collector.trend_lists.kinds import TrendKind, TrendList
from tiktok_collector.trend_lists.rows import HashtagRow, SoundRow, TrendRow
from tiktok_collector.trend_lists.steps import Step, TrendAdapter

# Lone surrogates too: json.dumps writes them as escapes.
TEXT = st.text(st.characters(codec=None))
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | TEXT | st.integers().map(str)
NAMES = st.sampled_from(
    [
        *("BaseResp", "StatusCode", "StatusMessage", "code", "msg", "message", "data", "pagination"),
        *("totalCount", "total", "total_count", "hasMore", "has_more"),
        *("items", "entityInfos", *ROWS_KEYS.values()),
        *("hashtagName", "hashtagID", "rankIndex", "publishCnt", "vv", "industryIDs", "popularityCurve"),
        *("timestamp", "value", "itemInfo", "itemID", "authorID", "createTime", "title", "itemAuthorInfo"),
        *("handlerName", "itemMetrics", "videoViews", "engagementRate", "contentTags", "contentLabelName"),
        *("hashtag_name", "hashtag_id", "trend", "time", "rank", "rank_diff", "rank_diff_type", "industry_info"),
        *("id", "clip_id", "song_id", "duration", "if_cml", "keyword", "post", "post_change", "video_list"),
        *("user_id", "tt_link", "follower_cnt", "item_id", "cost", "cpa", "lastWeeklyEndTimestamp"),
    ]
)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | TEXT, inner, max_size=6)
)
OBJECTS = st.dictionaries(NAMES, JSON, max_size=8)
STATUS = st.sampled_from([200, 200, 200, 302, 400, 401, 403, 404, 408, 418, 429, 500, 503])


def list_step() -> Step:
    step = read(current(), videos(), current().first(videos()), overview_answer()).next
    assert step is not None
    return step


ASKED: list[tuple[TrendAdapter, TrendList, Step]] = [
    (current(), hashtags(), current().first(hashtags())),
    (current(login=LOGIN), hashtags(), current().first(hashtags())),
    (current(), videos(), current().first(videos())),
    (current(login=LOGIN), videos(), list_step()),
    *((legacy(), old(kind), legacy().first(old(kind))) for kind in TrendKind),
]
REQUESTS = st.sampled_from(ASKED)


def check(request: tuple[TrendAdapter, TrendList, Step], body: bytes, status: int = 200) -> tuple[TrendRow, ...]:
    adapter, asked, step = request
    try:
        page = adapter.read(asked, step, answer(body, status), "2026-11-20T16:00:00.000Z")
    except CollectorError:
        return ()
    assert page.next is None or page.next.page == step.page + 1
    for row in page.rows:
        assert row.rank >= 1
        assert row.key
        assert msgspec.json.decode(msgspec.json.encode(row), type=type(row)) == row
        curve = row.curve if isinstance(row, HashtagRow | SoundRow) else None
        assert curve is None or all(0 <= point.value <= 1 for point in curve.points)
    return page.rows


@given(REQUESTS, STATUS, st.binary())
def test_arbitrary_bytes(request: tuple[TrendAdapter, TrendList, Step], status: int, body: bytes) -> None:
    check(request, body, status)


@given(REQUESTS, STATUS, JSON | OBJECTS)
def test_arbitrary_json(request: tuple[TrendAdapter, TrendList, Step], status: int, value: Any) -> None:
    check(request, json.dumps(value).encode(), status)


def success(request: tuple[TrendAdapter, TrendList, Step], rows: Any, pagination: Any) -> dict[str, Any]:
    _, asked, step = request
    if "legacy" in step.endpoint:
        return {"code": 0, "data": {ROWS_KEYS[asked.kind]: rows, "pagination": pagination}}
    key = "items" if asked.kind is TrendKind.HASHTAG else "entityInfos"
    return {**overview_answer(), key: rows, "pagination": pagination}


@given(REQUESTS, st.lists(JSON | OBJECTS, max_size=5), JSON | OBJECTS)
def test_every_row_of_a_success_is_either_read_or_rejected(
    request: tuple[TrendAdapter, TrendList, Step], rows: list[Any], pagination: Any
) -> None:
    body = json.dumps(success(request, rows, pagination), allow_nan=True).encode()
    check(request, body)
    finite = json.dumps(success(request, json.loads(json.dumps(rows), parse_constant=str), None)).encode()
    adapter, asked, step = request
    page = adapter.read(asked, step, answer(finite), "2026-11-20T16:00:00.000Z")
    if step.endpoint.endswith("Overview"):
        assert (page.rows, page.rejected) == ((), ())
    else:
        assert len(page.rows) + len(page.rejected) == len(rows)


@given(REQUESTS, OBJECTS, st.integers(min_value=0, max_value=300))
def test_truncated_json(request: tuple[TrendAdapter, TrendList, Step], row: Any, length: int) -> None:
    check(request, json.dumps(success(request, [row], {})).encode()[:length])


@given(st.lists(st.integers(min_value=1, max_value=2**63 - 1), min_size=1, max_size=20), st.booleans())
def test_ids_are_exact_from_the_wire_to_the_row(ids: list[int], as_text: bool) -> None:
    given_ids: list[Any] = [str(each) for each in ids] if as_text else list(ids)
    fresh = [(ASKED[3], [{"itemInfo": {"itemID": each}} for each in given_ids])]
    fresh += [
        (request, [{name: each} for each in given_ids])
        for request, name in zip((ASKED[5], ASKED[7], ASKED[8]), ("clip_id", "user_id", "item_id"), strict=True)
    ]
    for request, rows in fresh:
        read_rows = check(request, json.dumps(success(request, rows, {})).encode())
        assert [row.key for row in read_rows] == [str(each) for each in ids]


@given(
    st.lists(st.tuples(st.integers(1, 2**31), st.floats(0, 1e9)), min_size=1, max_size=10),
    st.sampled_from(
        [
            (ASKED[0], "hashtagName", "popularityCurve", "timestamp", 100.0),
            (ASKED[4], "hashtag_name", "trend", "time", 1.0),
        ]
    ),
)
def test_a_curve_keeps_its_shape_and_its_points(points: list[tuple[int, float]], where: Any) -> None:
    request, name, key, time, full = where
    row = {name: "madeup", key: [{time: when, "value": value} for when, value in points]}
    (found,) = check(request, json.dumps(success(request, [row], {})).encode())
    assert isinstance(found, HashtagRow)
    assert found.curve is not None
    assert found.curve.scale == max(full, *(value for _, value in points))
    assert len(found.curve.points) == len(points)
    for point, (_, value) in zip(found.curve.points, points, strict=True):
        assert abs(point.value * found.curve.scale - value) <= found.curve.scale * 1e-6
