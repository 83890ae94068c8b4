import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from sandbox.world import World, WorldFileError
from tests.unit.sandbox.support import Client, by_username, condition, query_body

NOON = int(datetime(2020, 11, 5, 12, tzinfo=UTC).timestamp())


def video(number: int, **more: Any) -> dict[str, Any]:
    seconds = NOON + 3600 * number
    return {"type": "video", "id": (seconds << 32) + number, "username": "Some.One", "create_time": seconds} | more


def world_of(tmp_path: Path, *lines: Any) -> World:
    path = tmp_path / "world.jsonl"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8")
    return World.from_file(path)


WINDOW = (date(2020, 11, 1), date(2020, 11, 20))
ALL = "id,create_time,view_count,hashtag_names,video_description,username,comment_count,region_code"


def test_rows_come_as_given_and_the_rest_is_absent(tmp_path: Path) -> None:
    given = video(1, view_count=2**40, video_description="hi #Cats", unknown_key=1, like_count=None)
    api = Client(world_of(tmp_path, given, video(2, deleted=True), "", video(3)))
    rows = api.call("video/query", by_username("some.one", *WINDOW), ALL).data["videos"]
    assert [row["id"] for row in rows] == [video(3)["id"], given["id"]]
    assert rows[1] == {
        "id": given["id"], "create_time": given["create_time"], "view_count": 2**40, "hashtag_names": ["cats"],
        "video_description": "hi #Cats", "username": "Some.One",
    }  # fmt: skip
    assert set(rows[0]) == {"id", "create_time", "hashtag_names", "username"}


def test_small_ids_are_served_too(tmp_path: Path) -> None:
    api = Client(world_of(tmp_path, video(1, id=7), video(2, id=9)))
    assert [row["id"] for row in api.call("video/query", by_username("some.one", *WINDOW)).data["videos"]] == [9, 7]


@pytest.mark.parametrize(
    ("test", "numbers"),
    [
        (condition("hashtag_name", "CATS"), [2, 1]),
        (condition("keyword", "hello world"), [3]),
        (condition("region_code", "de"), [3]),
        (condition("music_id", "77"), [2]),
        (condition("effect_id", "5"), [1]),
        (condition("view_count", "10", operation="GTE"), [2]),
        (condition("video_length", "LONG"), [3]),
    ],
)
def test_conditions(tmp_path: Path, test: dict[str, Any], numbers: list[int]) -> None:
    world = world_of(
        tmp_path,
        video(1, hashtag_names=["cats"], effect_ids=["5"], view_count=9),
        video(2, video_description="#cats", music_id=77, view_count=10),
        video(3, video_description="Hello World", region_code="DE", video_duration=100),
    )
    rows = Client(world).call("video/query", query_body({"and": [test]}, *WINDOW)).data["videos"]
    assert [row["id"] for row in rows] == [video(number)["id"] for number in numbers]


def test_users_shape_profiles_and_lists(tmp_path: Path) -> None:
    world = world_of(
        tmp_path,
        video(1, username="plain", comment_count=40, like_count=5, playlist_id=99),
        video(2, username="plain", like_count=7),
        {
            "type": "user",
            "username": "known",
            "display_name": "K",
            "follower_count": 30,
            "following_count": 4,
            "is_verified": True,
        },
        {"type": "user", "username": "closed", "private": True},
        {"type": "user", "username": "young", "in_scope": False},
    )
    api = Client(world)
    fields = "display_name,follower_count,is_verified,likes_count,video_count"
    known = api.call("user/info", {"username": "known"}, fields).data
    assert known == {"display_name": "K", "follower_count": 30, "is_verified": True, "likes_count": 0, "video_count": 0}
    plain = api.call("user/info", {"username": "plain"}, fields).data
    assert plain == {"display_name": "Plain", "is_verified": False, "likes_count": 12, "video_count": 2}
    assert api.call("user/info", {"username": "closed"}, fields).status == 400
    assert api.call("user/info", {"username": "young"}, fields).message == "API cannot return this user's information"
    assert len(world.followers_of("known")) == 30
    comments = world.comments_of(video(1)["id"])
    assert len(comments) + sum(row["reply_count"] for row in comments) == 40
    assert api.call("playlist/info", {"playlist_id": 99}).data["playlist_video_ids"] == [video(1)["id"]]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{not json", "line 2: JSON is malformed"),
        ({"type": "video", "id": 5, "username": "x"}, "line 2: .*`create_time`"),
        ({"type": "video", "id": "abc", "username": "x", "create_time": 1}, "line 2: .*`int`.*id"),
        ({"type": "comment"}, "line 2: .*comment"),
        ({"id": 5}, "line 2: .*`type`"),
        (video(1), "line 2: the video .* was already given"),
        (video(2, id=2**63), "line 2:"),
        (video(2, create_time=1604786417000), "line 2: .*not a Unix time in seconds"),
        (video(2, username=" "), "line 2: the username is empty"),
        (video(2, view_count="many"), "line 2: .*view_count"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: Any, words: str) -> None:
    with pytest.raises(WorldFileError, match=words) as caught:
        world_of(tmp_path, video(1), line)
    assert "\n" not in str(caught.value)


def test_missing_and_empty_files(tmp_path: Path) -> None:
    with pytest.raises(WorldFileError, match="cannot be read"):
        World.from_file(tmp_path / "nothing.jsonl")
    with pytest.raises(WorldFileError, match="has no lines"):
        world_of(tmp_path, "")
