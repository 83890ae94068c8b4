"""Comments, followers, likes, reposts, pins, playlists and profiles."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.world import AccountSpec, World
from sandbox.world.masking import mask_personal_data
from tests.unit.sandbox.support import END, START, Client, small_world

WORLD = small_world()
VIDEO = WORLD.videos_of("exact", START, END)[0]["id"]
COMMENT_FIELDS = "id,video_id,text,like_count,reply_count,parent_comment_id,create_time"


def client(**settings: Any) -> Client:
    return Client(WORLD, **settings)


def joined(api: Client, endpoint: str, body: dict[str, Any], key: str, fields: str = "id") -> list[Any]:
    return [row for page in api.pages(endpoint, body, fields) for row in page.get(key, [])]


class TestComments:
    @given(st.integers(1, 30))
    def test_pages_join_to_the_truth(self, size: int) -> None:
        rows = joined(client(), "comment/list", {"video_id": VIDEO, "max_count": size}, "comments", COMMENT_FIELDS)
        assert rows == WORLD.comments_of(VIDEO)
        assert len({row["id"] for row in rows}) == 25

    def test_the_most_liked_come_first_and_name_the_video_as_parent(self) -> None:
        rows = (
            client().call("comment/list", {"video_id": str(VIDEO), "max_count": 100}, COMMENT_FIELDS).data["comments"]
        )
        likes = [row["like_count"] for row in rows]
        assert likes == sorted(likes, reverse=True)
        assert {row["parent_comment_id"] for row in rows} == {VIDEO}
        assert all(25 <= row["create_time"] - (row["id"] >> 32) <= 92 for row in rows)

    def test_replies_are_found_by_their_comment(self) -> None:
        comment = WORLD.comments_of(VIDEO)[3]
        rows = (
            client()
            .call("comment/list", {"comment_id": comment["id"]}, "id,parent_comment_id,display_name")
            .data["comments"]
        )
        assert len(rows) == comment["reply_count"] == 3
        assert all(row["parent_comment_id"] == comment["id"] and row["display_name"] for row in rows)

    @pytest.mark.parametrize("body", [{"video_id": 1}, {"comment_id": 1}, {"video_id": 2**62}])
    def test_no_comments_means_no_key_and_no_cursor(self, body: dict[str, Any]) -> None:
        assert client().call("comment/list", body).data == {"has_more": False}

    @pytest.mark.parametrize("body", [{}, {"video_id": 1, "comment_id": 1}, {"video_id": "x"}, {"video_id": None}])
    def test_exactly_one_parent_is_needed(self, body: dict[str, Any]) -> None:
        reply = client().call("comment/list", body)
        assert (reply.status, reply.code) == (400, "invalid_params")

    def test_default_page_size_is_ten(self) -> None:
        assert client().call("comment/list", {"video_id": VIDEO}).data["cursor"] == 10

    def test_the_cap_ends_the_list_or_is_an_error(self) -> None:
        body = {"video_id": VIDEO, "max_count": 10}
        assert len(joined(client(comment_cap=20), "comment/list", body, "comments")) == 20
        strict = client(comment_cap=20, comment_cap_errors=True)
        assert strict.call("comment/list", body | {"cursor": 10}).data["has_more"] is True
        assert strict.call("comment/list", body | {"cursor": 20}).message == "Invalid count or cursor"
        assert len(joined(client(comment_cap=None), "comment/list", body, "comments")) == 25

    def test_many_comments_have_distinct_ids(self) -> None:
        world = World.generate(
            accounts=3, videos=20, days=30, specs=[AccountSpec("viral", videos=1, comments_per_video=30_000)]
        )
        api = Client(world, comment_cap=None)
        video = world.catalog.videos.of_account(world.catalog.accounts.by_name["viral"])[0]
        comments = world.catalog.comments.of_video(int(video))
        assert len(set(comments.ids.tolist())) == 30_000
        last = int(comments.ids[-1])
        assert world.catalog.comments.find(last) == (comments, 29_999)
        assert api.call("comment/list", {"comment_id": last}).status == 200


def test_personal_data_in_comments_are_masked() -> None:
    assert mask_personal_data("call 0612345678 or anna@example.org") == "call 06******78 or a***************"
    assert mask_personal_data("2025 and 123456") == "2025 and 123456"


class TestFollowers:
    @given(st.integers(2, 100), st.sampled_from(["lossy", "exact"]))
    def test_pages_overlap_and_join_to_the_truth(self, size: int, username: str) -> None:
        rows = joined(client(), "user/followers", {"username": username, "max_count": size}, "user_followers")
        truth = WORLD.followers_of(username)
        assert list(dict.fromkeys(row["username"] for row in rows)) == [row["username"] for row in truth]

    def test_the_cursor_is_the_time_of_the_last_follow(self) -> None:
        api = client()
        first = api.call("user/followers", {"username": "exact", "max_count": 5, "cursor": 0}).data
        again = api.call("user/followers", {"username": "exact", "max_count": 5, "cursor": first["cursor"]}).data
        assert first["user_followers"][-1] == again["user_followers"][0]
        assert again["cursor"] < first["cursor"] < api.clock.seconds()
        before = api.call("user/followers", {"username": "exact", "cursor": first["cursor"] - 1}).data
        assert first["user_followers"][-1] not in before["user_followers"]

    def test_private_followers_are_left_out(self) -> None:
        pages = list(client().pages("user/followers", {"username": "lossy", "max_count": 50}))
        assert any(len(page["user_followers"]) < 50 for page in pages[:-1])
        assert len(WORLD.followers_of("lossy")) < 300

    def test_the_list_ends_at_the_cap(self) -> None:
        capped = joined(
            client(followers_cap=130), "user/followers", {"username": "exact", "max_count": 100}, "user_followers"
        )
        assert len({row["username"] for row in capped}) == 130

    def test_following_works_alike(self) -> None:
        rows = joined(client(), "user/following", {"username": "exact", "max_count": 50}, "user_following")
        assert len({row["username"] for row in rows}) == 120

    def test_an_empty_list_has_no_key(self) -> None:
        data = client().call("user/following", {"username": "lossy"}).data
        assert "user_following" not in data
        assert data["has_more"] is False

    def test_a_crowd_in_one_second_sticks_the_cursor(self) -> None:
        world = World.generate(accounts=2, videos=0, days=1, specs=[AccountSpec("crowd", followers=400_000_000)])
        api = Client(world, followers_cap=None)
        data = api.call("user/followers", {"username": "crowd", "max_count": 2}).data
        again = api.call("user/followers", {"username": "crowd", "max_count": 2, "cursor": data["cursor"]}).data
        assert again["cursor"] == data["cursor"]
        assert again["has_more"] is True


class TestVideoLists:
    def test_likes_page_by_milliseconds_and_join_to_the_truth(self) -> None:
        pages = list(client().pages("user/liked_videos", {"username": "exact", "max_count": 7}))
        assert len(str(pages[0]["cursor"])) == 13
        rows = [row["id"] for page in pages for row in page["user_liked_videos"]]
        assert rows == [row["id"] for row in WORLD.liked_by("exact")]
        assert len(rows) > 20

    def test_hidden_likes_are_an_error(self) -> None:
        reply = client().call("user/liked_videos", {"username": "lossy"})
        assert reply.status == 400
        assert "information cannot be returned" in reply.message
        assert client(likes_hidden_status=403).call("user/liked_videos", {"username": "lossy"}).status == 403

    def test_reposts_page_by_index(self) -> None:
        pages = list(client().pages("user/reposted_videos", {"username": "exact", "max_count": 10}))
        assert [page["cursor"] for page in pages] == [10, 20, 30, 35]
        rows = [row["id"] for page in pages for row in page["reposted_videos"]]
        assert rows == [row["id"] for row in WORLD.reposted_by("exact")]
        assert "reposted_videos" not in client().call("user/reposted_videos", {"username": "lossy"}).data

    def test_pinned_videos(self) -> None:
        api = client()
        rows = api.call("user/pinned_videos", {"username": "exact"}).data["pinned_videos_list"]
        assert [row["id"] for row in rows] == [row["id"] for row in WORLD.pinned_by("exact")]
        assert len(rows) == 3

    @pytest.mark.parametrize(
        ("style", "status", "data"),
        [("absent", 200, {}), ("empty", 200, {"pinned_videos_list": []}), ("error", 400, {})],
    )
    def test_an_account_without_pinned_videos(self, style: str, status: int, data: dict[str, Any]) -> None:
        reply = client(no_pinned=style).call("user/pinned_videos", {"username": "lossy"})
        assert (reply.status, reply.data) == (status, data)

    def test_these_lists_know_the_older_spelling_and_lack_three_fields(self) -> None:
        api = client()
        row = api.call("user/pinned_videos", {"username": "exact"}, "id,favourites_count").data["pinned_videos_list"][0]
        assert set(row) == {"id", "favorites_count"}
        for field in ("effect_ids", "playlist_id", "voice_to_text"):
            assert api.call("user/pinned_videos", {"username": "exact"}, field).status == 400

    def test_playlists(self) -> None:
        playlist = WORLD.playlists_of("exact")[0]
        pages = list(client().pages("playlist/info", {"playlist_id": str(playlist), "max_count": 4}, fields="ignored"))
        assert [number for page in pages for number in page["playlist_video_ids"]] == WORLD.playlist(playlist)
        assert {page["playlist_id"] for page in pages} == {playlist}
        assert pages[0]["playlist_item_total"] == pages[-1]["cursor"]
        assert client().call("playlist/info", {"playlist_id": 5}).status == 400


class TestProfiles:
    def test_the_fields_asked_for_come_and_username_never_does(self) -> None:
        api = client()
        assert api.call("user/info", {"username": "EXACT"}, "follower_count").data == {"follower_count": 450}
        assert api.call("user/info", {"username": "exact"}, "username").status == 400

    @pytest.mark.parametrize(
        ("username", "message"),
        [
            ("sandbox_nobody", "`username: sandbox_nobody` is invalid: cannot find the user"),
            ("sandbox_outside", "API cannot return this user's information"),
            ("sandbox_carla", "`username: sandbox_carla` is private"),
        ],
    )
    @pytest.mark.parametrize(
        "endpoint",
        [
            "user/info",
            "user/followers",
            "user/following",
            "user/liked_videos",
            "user/pinned_videos",
            "user/reposted_videos",
        ],
    )
    def test_accounts_that_cannot_be_shown(self, endpoint: str, username: str, message: str) -> None:
        reply = client().call(endpoint, {"username": username}, "display_name" if endpoint == "user/info" else "id")
        assert (reply.status, reply.code, reply.message) == (400, "invalid_params", message)
