"""Typed rows and quarantine."""

from typing import Any

import pytest

from tiktok_collector.research_api.endpoints import ENDPOINTS
from tiktok_collector.research_api.rows import (
    Comment,
    HashtagInfo,
    Playlist,
    Relation,
    TypedPage,
    UserInfo,
    Video,
    read_rows,
)

ID = 7_320_768_196_569_599_275
BIG = 2**53 + 1


def page(endpoint: str, *rows: Any) -> TypedPage:
    return read_rows(ENDPOINTS[endpoint], rows)


def test_each_endpoint_has_its_type() -> None:
    assert page("video_query", {"id": ID}).rows == [Video(id=ID)]
    assert page("user_liked_videos", {"id": ID}).rows == [Video(id=ID)]
    assert page("user_pinned_videos", {"id": ID}).rows == [Video(id=ID)]
    assert page("user_reposted_videos", {"id": ID}).rows == [Video(id=ID)]
    assert page("comment_list", {"id": ID, "text": ""}).rows == [Comment(id=ID, text="")]
    assert page("user_info", {"follower_count": 2**40}).rows == [UserInfo(follower_count=2**40)]
    assert page("user_followers", {"username": "a"}).rows == [Relation(username="a")]
    assert page("user_following", {"username": "a\x00"}).rows == [Relation(username="a\x00")]
    assert page("playlist_info", {"playlist_id": ID, "playlist_video_ids": [BIG]}).rows == [
        Playlist(playlist_id=ID, playlist_video_ids=[BIG])
    ]


def test_every_field_that_is_asked_for_is_in_the_model() -> None:
    for endpoint in ENDPOINTS.values():
        row = dict.fromkeys(endpoint.fields) | {"id": 1, "username": "a", "playlist_id": 1}
        assert read_rows(endpoint, [row]).unknown_fields.keys() <= {"id", "username", "playlist_id"}


def test_nested_lists_are_typed() -> None:
    row = {"id": 1, "hashtag_info_list": [{"hashtag_id": BIG, "hashtag_name": "cats", "hashtag_description": ""}]}
    [video] = page("video_query", row).rows
    assert isinstance(video, Video)
    assert video.hashtag_info_list == [HashtagInfo(BIG, "cats", "")]


def test_null_is_as_good_as_absent() -> None:
    assert page("video_query", {"id": ID, "like_count": None, "voice_to_text": None}).rows == [Video(id=ID)]


@pytest.mark.parametrize("number", [BIG, ID, 2**63 - 1])
def test_ids_are_exact(number: int) -> None:
    [video] = page("video_query", {"id": number, "music_id": number, "playlist_id": number}).rows
    assert isinstance(video, Video)
    assert (video.id, video.music_id, video.playlist_id) == (number, number, number)


@pytest.mark.parametrize("field", ["id", "music_id", "playlist_id"])
def test_an_id_that_is_a_float_is_quarantined(field: str) -> None:
    bad = {"id": ID} | {field: 7.320768196569599e18}
    got = page("video_query", {"id": 1}, bad, {"id": 2})
    assert got.rows == [Video(id=1), Video(id=2)]
    [quarantined] = got.quarantined
    assert (quarantined.index, quarantined.row) == (1, bad)
    assert "got `float`" in quarantined.reason
    assert field in quarantined.reason


def test_ids_in_quotes_are_the_same_ids() -> None:
    got = page("comment_list", {"id": str(ID), "video_id": str(BIG)}, {"id": 5})
    assert got.rows == [Comment(id=ID, video_id=BIG), Comment(id=5)]
    assert not got.quarantined


@pytest.mark.parametrize(
    "row",
    [
        None,
        7,
        "text",
        [],
        {},
        {"id": None},
        {"id": "x1"},
        {"id": "\u0661"},
        {"id": True},
        {"id": ID, "like_count": "many"},
    ],
)
def test_a_row_that_breaks_its_model_is_kept_aside_with_the_reason(row: Any) -> None:
    got = page("video_query", row, {"id": ID})
    assert got.rows == [Video(id=ID)]
    [quarantined] = got.quarantined
    assert quarantined.row == row
    assert quarantined.reason


def test_unknown_fields_are_counted_by_row() -> None:
    got = page("video_query", {"id": 1, "new": 1}, {"id": 2, "new": None, "other": {}}, {"id": 3})
    assert got.unknown_fields == {"new": 2, "other": 1}
    assert len(got.rows) == 3


def test_an_empty_page() -> None:
    got = page("video_query")
    assert (got.rows, got.quarantined, dict(got.unknown_fields)) == ([], [], {})


@pytest.mark.parametrize(
    ("row", "identifier"),
    [({"id": ID}, ID), ({"id": str(ID)}, ID), ({"id": float(ID)}, None), ({}, None), (["id"], None)],
)
def test_a_broken_row_says_its_id_if_that_can_be_read(row: Any, identifier: int | None) -> None:
    broken = {**row, "create_time": "soon"} if isinstance(row, dict) else row
    (quarantined,) = page("video_query", broken).quarantined
    assert quarantined.id == identifier
