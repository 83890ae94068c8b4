"""Frames of successful answers."""

from typing import Any

import pytest

from tests.unit.research_api.support import LOG_ID, answer, error_body, ok_body
from tiktok_collector.errors import Retriable
from tiktok_collector.research_api.answers import Frame, read_frame
from tiktok_collector.research_api.endpoints import ENDPOINTS

BIG = 2**53 + 1
ID = 7_320_768_196_569_599_275


def frame(endpoint: str, body: bytes | dict[str, Any], status: int = 200) -> Frame:
    return read_frame(ENDPOINTS[endpoint], answer(status, body))


def test_a_page_of_a_search() -> None:
    body = ok_body(videos=[{"id": ID}, {"id": BIG}], cursor=100, has_more=True, search_id="7354367454467855403")
    assert frame("video_query", body) == Frame(
        error_code="ok",
        log_id=LOG_ID,
        cursor=100,
        search_id="7354367454467855403",
        has_more=True,
        rows=[{"id": ID}, {"id": BIG}],
    )


@pytest.mark.parametrize(
    ("endpoint", "key"),
    [
        ("video_query", "videos"),
        ("comment_list", "comments"),
        ("user_followers", "user_followers"),
        ("user_following", "user_following"),
        ("user_liked_videos", "user_liked_videos"),
        ("user_pinned_videos", "pinned_videos_list"),
        ("user_reposted_videos", "reposted_videos"),
        ("user_reposted_videos", "user_reposted_videos"),
    ],
)
def test_rows_come_from_the_key_of_the_endpoint_in_order(endpoint: str, key: str) -> None:
    rows = [{"id": 3, "username": "c"}, {"id": 1, "username": "a"}]
    assert frame(endpoint, ok_body(**{key: rows})).rows == rows


@pytest.mark.parametrize("endpoint", ["user_info", "playlist_info"])
def test_an_answer_without_a_list_is_its_own_row(endpoint: str) -> None:
    data = {"display_name": "x", "playlist_id": ID}
    assert frame(endpoint, ok_body(**data)).rows == [data]


def test_a_playlist_has_a_next_page() -> None:
    got = frame("playlist_info", ok_body(playlist_id=ID, playlist_video_ids=[BIG], cursor=10, has_more=True))
    assert (got.cursor, got.has_more) == (10, True)


@pytest.mark.parametrize("data", [{}, {"has_more": False}, {"videos": None}, {"videos": []}])
def test_a_missing_row_list_is_an_empty_last_page(data: dict[str, Any]) -> None:
    got = frame("video_query", ok_body(**data))
    assert (got.rows, got.has_more, got.cursor, got.search_id) == ([], False, None, None)


def test_success_without_data_is_an_empty_page_of_a_list() -> None:
    assert frame("user_followers", error_body("ok")).rows == []


def test_an_empty_page_may_have_more() -> None:
    got = frame("video_query", ok_body(videos=[], has_more=True, cursor=200, search_id="1"))
    assert (got.rows, got.has_more, got.cursor) == ([], True, 200)


def test_only_the_code_says_whether_it_worked() -> None:
    assert frame("user_followers", error_body("ok", "ok.", data={"user_followers": []})).rows == []


def test_an_answer_without_an_error_object_is_a_success() -> None:
    assert frame("comment_list", {"data": {"comments": [{"id": 1}]}}).rows == [{"id": 1}]


@pytest.mark.parametrize("error", [{"code": "ok"}, {"code": "ok", "message": "hm"}, {}, {"log_id": LOG_ID}, None])
@pytest.mark.parametrize("endpoint", ["playlist_info", "user_info"])
def test_http_500_around_good_data_is_a_success(endpoint: str, error: dict[str, Any] | None) -> None:
    assert frame(endpoint, {"data": {"playlist_id": ID}, "error": error}, status=500).rows == [{"playlist_id": ID}]


def test_http_500_around_a_user_list_is_a_success() -> None:
    assert frame("user_pinned_videos", {"data": {"pinned_videos_list": [{"id": 1}]}}, status=500).rows == [{"id": 1}]


@pytest.mark.parametrize(
    ("endpoint", "body"),
    [
        ("video_query", ok_body(videos=[{"id": 1}])),
        ("user_followers", ok_body(cursor=7)),
        ("user_info", {"data": {"display_name": "x"}, "error": {"message": "no"}}),
        ("user_info", {"data": {"display_name": "x"}, "error": {"code": "internal_error"}}),
    ],
)
def test_http_500_is_a_failure_where_the_data_may_not_be_whole(endpoint: str, body: dict[str, Any]) -> None:
    with pytest.raises(Retriable):
        frame(endpoint, body, status=500)


def test_names_of_other_docs_pages_become_the_standard_ones() -> None:
    rows = frame("user_liked_videos", ok_body(user_liked_videos=[{"video_id": ID, "favourites_count": 4}])).rows
    assert rows == [{"id": ID, "favorites_count": 4}]


def test_a_standard_name_wins_over_another() -> None:
    row = {"id": 1, "video_id": 2, "favorites_count": 3, "favourites_count": 4}
    assert frame("video_query", ok_body(videos=[row])).rows == [row]


def test_the_video_of_a_comment_is_not_the_comment() -> None:
    assert frame("comment_list", ok_body(comments=[{"video_id": ID}])).rows == [{"video_id": ID}]


@pytest.mark.parametrize("cursor", [1_706_457_540_000, "1706457540000"])
def test_a_cursor_is_an_exact_integer(cursor: int | str) -> None:
    assert frame("user_liked_videos", ok_body(cursor=cursor)).cursor == 1_706_457_540_000


def test_a_search_id_stays_text_even_if_it_comes_as_a_number() -> None:
    assert frame("video_query", ok_body(search_id=ID)).search_id == str(ID)


def test_an_endpoint_without_pages_has_no_cursor() -> None:
    assert frame("user_pinned_videos", ok_body(cursor="nonsense")).cursor is None


@pytest.mark.parametrize(
    "data",
    [
        {"cursor": 1.5},
        {"cursor": True},
        {"cursor": "ten"},
        {"cursor": "\u0663"},
        {"search_id": ["1"]},
        {"search_id": True},
        {"has_more": 1},
        {"has_more": "maybe"},
        {"videos": "none"},
        {"videos": {"0": {}}},
    ],
)
def test_a_position_that_cannot_be_read_is_never_taken_for_the_end(data: dict[str, Any]) -> None:
    with pytest.raises(Retriable, match="video_query answered with"):
        frame("video_query", ok_body(**data))


def test_has_more_as_text() -> None:
    assert frame("video_query", ok_body(has_more="true")).has_more is True


@pytest.mark.parametrize(
    "row",
    [
        b'{"id":7320768196569599275,"username":"a\\u0000b"}',
        b'{"id":7320768196569599275,"username":"a\xc3\xa9"}',
    ],
)
def test_nul_and_other_scripts_are_kept(row: bytes) -> None:
    [got] = frame("video_query", b'{"data":{"videos":[' + row + b']},"error":{"code":"ok"}}').rows
    assert got["username"] in {"a\x00b", "aé"}
    assert got["id"] == ID


@pytest.mark.parametrize("bad", [b'"\\ud83d"', b'"\xff"', b"1" * 5000, b"1e999", b'"\x00"'])
def test_one_bad_value_does_not_take_its_page_with_it(bad: bytes) -> None:
    row = b'{"id":7320768196569599275,"like_count":' + bad + b"}"
    got = frame("video_query", b'{"data":{"videos":[' + row + b',{"id":9007199254740993}]},"error":{"code":"ok"}}')
    assert [row["id"] for row in got.rows] == [ID, BIG]


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 1_000_000,
        b'{"data":' * 100_000,
        b"{" * 20_000 + b"}" * 20_000,
        b"NaN",
        b'{"data":{"cursor":NaN}}',
        b"\xff\xfe",
    ],
)
def test_absurd_bodies_are_a_typed_error(body: bytes) -> None:
    with pytest.raises(Retriable):
        frame("video_query", body)


def test_a_byte_order_mark_and_leading_space_are_forgiven() -> None:
    body = b"\xef\xbb\xbf" + b" " * 100 + b'{"data":{"videos":[]},"error":{"code":"ok"}}'
    assert frame("video_query", body).rows == []
