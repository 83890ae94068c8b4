"""Families of comments, the Research API, this project's exports, TikTok's own downloads, ids and trends."""

import json
from typing import Any

import pytest

from tests.unit.tiktok_lake.imports.mapped import BORN, Row, mapped, video_id

V = video_id(1)
C = video_id(2)
SAID: dict[str, Any] = {"video_id": int(V), "text": "nice", "like_count": 3, "create_time": BORN}

COMMENTS: list[tuple[str, Row, dict[str, Any]]] = [
    (
        "comments_apify",
        {
            "cid": C,
            "uid": "6800000000000000001",
            "uniqueId": "ann",
            "text": "nice",
            "diggCount": "3",
            "replyCommentTotal": "1",
            "createTimeISO": "2026-03-19T00:00:00.000Z",
            "videoWebUrl": f"https://www.tiktok.com/@bob/video/{V}",
        },
        {**SAID, "comment_id": int(C), "reply_count": 1, "username": "ann", "author_id": 6800000000000000001},
    ),
    (
        "research_comments",
        {
            "id": C,
            "video_id": V,
            "parent_comment_id": V,
            "text": "nice",
            "like_count": "3",
            "reply_count": "1",
            "create_time": str(BORN),
        },
        {**SAID, "comment_id": int(C), "reply_count": 1, "parent_comment_id": int(V)},
    ),
    (
        "comments_web",
        {
            "cid": C,
            "aweme_id": V,
            "reply_id": "0",
            "user.unique_id": "ann",
            "user.nickname": "Ann",
            "text": "nice",
            "digg_count": "3",
            "reply_comment_total": "1",
            "create_time": str(BORN),
            "comment_language": "en",
        },
        {**SAID, "comment_id": int(C), "parent_comment_id": int(V), "username": "ann", "language": "en"},
    ),
    (
        "comments_zeeschuimer",
        {
            "item_id": C,
            "timestamp_collected": "1774000000123",
            "source_platform": "tiktok.com",
            "data.cid": C,
            "data.aweme_id": V,
            "data.reply_id": video_id(3),
            "data.text": "nice",
            "data.digg_count": "3",
            "data.create_time": str(BORN),
        },
        {**SAID, "comment_id": int(C), "parent_comment_id": int(video_id(3))},
    ),
    (
        "comments_4cat",
        {
            "id": C,
            "thread_id": C,
            "post_id": V,
            "author": "ann",
            "body": "nice",
            "likes": "3",
            "replies": "1",
            "unix_timestamp": str(BORN),
            "language_guess": "en",
        },
        {**SAID, "comment_id": int(C), "parent_comment_id": int(V), "language": "en"},
    ),
    (
        "comments_pyktok",
        {"cid": C, "aweme_id": V, "text": "nice", "digg_count": "3", "create_time": str(BORN), "unique_id": "ann"},
        {**SAID, "comment_id": int(C), "username": "ann"},
    ),
]


@pytest.mark.parametrize(("family", "row", "expected"), COMMENTS, ids=[each[0] for each in COMMENTS])
def test_comments_are_recognised_and_mapped(family: str, row: Row, expected: dict[str, Any]) -> None:
    found = mapped([row])
    assert found.recognition.family == family, found.recognition.why
    assert found.refused == []
    assert expected.items() <= found.row("comments").items()


def test_comments_without_ids_get_negative_ones_that_are_the_same_from_every_file() -> None:
    row: Row = {"video_id": V, "user": "u_1", "text": "nice"}
    first = mapped([row, {**row, "text": "other"}, {**row, "user": "u_2"}])
    assert first.recognition.family == "comments_minimal"
    ids = [each["comment_id"] for each in first.tables["comments"]]
    assert len(set(ids)) == 3
    assert all(each < 0 for each in ids)
    again = mapped([{"text": "nice", "user": "u_1", "video_id": V}])
    assert again.row("comments")["comment_id"] == ids[0]
    assert any("no id of TikTok's" in note for note in first.notes)


def test_a_local_counter_is_no_id_of_a_comment_and_is_kept() -> None:
    found = mapped(
        [{"comment_id": "1", "video_id": V, "text": "nice"}, {"comment_id": "2", "video_id": V, "text": "no"}]
    )
    first = found.tables["comments"][0]
    assert first["comment_id"] < 0
    assert json.loads(first["extra"]) == {"comment_id": "1"}
    assert any("only counted" in note for note in found.notes)


def test_comments_of_videos_that_nobody_knows_are_taken() -> None:
    assert mapped([{"video_id": video_id(77), "text": "nice"}]).row("comments")["video_id"] == int(video_id(77))


def test_comments_whose_videos_id_lost_its_digits_are_not() -> None:
    found = mapped([{"video_id": "7.58E+18", "text": "nice"}])
    assert found.refused == [(1, "the id of a video has lost its last digits in a spreadsheet or a float")]


def test_a_comment_that_says_nothing_is_not_taken() -> None:
    found = mapped([{"video_id": V, "user": None, "text": None}])
    assert found.refused == [(1, "the comment has neither an id nor an author nor a text")]


PROFILE: Row = {
    "username": "ann",
    "display_name": "Ann",
    "bio_description": "hello",
    "is_verified": "false",
    "follower_count": "77",
    "following_count": "3",
    "likes_count": "900",
    "video_count": "8",
}
VIDEO: Row = {"id": V, "username": "ann", "create_time": str(BORN), "view_count": "5", "region_code": "DK"}


def test_profiles_of_the_research_api() -> None:
    found = mapped([PROFILE])
    assert found.recognition.family == "research_users"
    assert found.row("users")["likes_count"] == 900


@pytest.mark.parametrize(("section", "kind"), [("liked_videos", "liked"), ("pinned_videos", "pinned")])
def test_lists_of_an_accounts_videos_are_videos_and_relations(section: str, kind: str) -> None:
    found = mapped([VIDEO], inside=section, beside={"username": "bob"})
    assert found.row("videos")["username"] == "ann"
    relation = found.row("relations")
    assert (relation["kind"], relation["username"], relation["video_id"]) == (kind, "bob", int(V))


def test_followers_in_an_export_are_of_the_account_beside_them() -> None:
    found = mapped([{"username": "fan", "display_name": "Fan"}], inside="followers", beside={"username": "ann"})
    said = {"kind": "follower", "username": "ann", "other_username": "fan", "other_display_name": "Fan"}
    assert found.row("relations") == {"_line": 1, **said}


def test_an_exports_profile_stands_beside_its_videos() -> None:
    beside = {f"profile.{name}": text for name, text in PROFILE.items()}
    found = mapped([{**VIDEO, "_retrieved_at": "2026-03-20T01:02:03.456Z"}], inside="videos", beside=beside)
    assert found.recognition.family == "research_videos"
    assert found.row("users")["follower_count"] == 77
    assert str(found.row()["fetched_at"]) == "2026-03-20 01:02:03.456000"


def test_what_an_export_says_of_itself_is_left_out() -> None:
    found = mapped([{"task": "t", "stream": "videos", "state": "done"}], inside="streams")
    assert found.recognition.leaves_out


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("videos", {"video_id": V, "username": "ann", "create_time": str(BORN), "hashtag_names": "[one, two]"}),
        ("video_stats", {"video_id": V, "view_count": "5", "create_time": str(BORN)}),
        ("users", {"username": "ann", "follower_count": "77"}),
        ("comments", {"comment_id": C, "video_id": V, "text": "nice"}),
        ("relations", {"kind": "liked", "username": "ann", "video_id": V}),
        ("playlists", {"playlist_id": V, "playlist_name": "a list"}),
        ("trends", {"kind": "hashtag", "country": "DK", "rank": "1", "name": "one"}),
    ],
)
def test_exports_of_the_row_store_come_back_as_they_were(table: str, row: Row) -> None:
    found = mapped([{**row, "fetched_at": "2026-03-20 01:02:03.456", "source": "tiktok_research_api"}])
    assert found.recognition.family == f"tiktok_collector_{table}"
    assert str(found.row(table)["fetched_at"]) == "2026-03-20 01:02:03.456000"
    assert found.refused == []
    for name, text in row.items():
        value = found.row(table)[name]
        assert (value == ["one", "two"]) if name == "hashtag_names" else (str(value) == text)


OWNER = {"Profile.Profile Information.ProfileMap.userName": "donor"}
WATCHED = {"Date": "2026-03-19 00:00:00", "Link": f"https://www.tiktokv.com/share/video/{V}/"}


@pytest.mark.parametrize(
    ("inside", "kind"),
    [
        ("Activity.Video Browsing History.VideoList", "watched"),
        ("Your Activity.Watch History.VideoList", "watched"),
        ("Activity.Like List.ItemFavoriteList", "liked"),
        ("Activity.Favorite Videos.FavoriteVideoList", "saved"),
        ("Activity.Share History.ShareHistoryList", "shared"),
    ],
)
def test_a_download_of_ones_data_says_what_its_owner_did_with_videos(inside: str, kind: str) -> None:
    found = mapped([WATCHED], inside=inside, beside=OWNER)
    relation = found.row("relations")
    assert (relation["kind"], relation["username"], relation["video_id"]) == (kind, "donor", int(V))
    assert found.extra == {"Date": "2026-03-19 00:00:00"}
    assert found.plan is not None
    assert "extra" in found.plan.targets[0].key, "a video is watched on several days"


def test_keys_of_a_download_may_be_in_small_letters() -> None:
    lowered = {name.lower(): text for name, text in WATCHED.items()}
    assert mapped([lowered], inside="Activity.Like List.ItemFavoriteList").row("relations")["video_id"] == int(V)


def test_a_download_of_ones_data_says_whom_its_owner_follows() -> None:
    found = mapped(
        [{"Date": "2026-03-19 00:00:00", "UserName": "ann"}], inside="Activity.Following List.Following", beside=OWNER
    )
    assert found.row("relations")["other_username"] == "ann"


def test_a_download_of_ones_data_has_its_owners_posts_and_comments() -> None:
    post = {**WATCHED, "Likes": "12", "Title": "look #one"}
    row = mapped([post], inside="Post.Posts.VideoList", beside=OWNER).row()
    assert row["username"] == "donor"
    assert (row["like_count"], row["hashtag_names"], row["create_time"]) == (12, ["one"], BORN)
    said = mapped([{"date": "2026-03-19 00:00:00", "comment": "nice"}], inside="Comment.Comments.CommentsList")
    assert said.row("comments")["text"] == "nice"
    assert "video_id" not in said.row("comments")


@pytest.mark.parametrize(
    "inside", ["Direct Messages.Chat History.ChatHistory", "Activity.Login History.LoginHistoryList"]
)
def test_private_sections_of_a_download_are_left_out(inside: str) -> None:
    found = mapped([{"Date": "2026-03-19 00:00:00", "IP": "203.0.113.5"}], inside=inside)
    assert found.recognition.leaves_out
    assert "on purpose" in found.recognition.why


def test_snapshots_of_trends_are_a_row_for_each_hashtag() -> None:
    hashtags = [{"rank": 1, "name": "one", "posts": 12, "curve": [0.1]}, {"rank": 2, "name": "two", "posts": 9}]
    found = mapped([{"generated_at": "2026-07-19T05:32:37Z", "stale": "false", "hashtags": json.dumps(hashtags)}])
    assert found.recognition.family == "trend_snapshots"
    rows = found.tables["trends"]
    assert [(each["rank"], each["name"], each["posts"]) for each in rows] == [(1, "one", 12), (2, "two", 9)]
    assert str(rows[0]["fetched_at"]) == "2026-07-19 05:32:37"
    assert json.loads(rows[0]["row"])["curve"] == [0.1]
    assert json.loads(rows[0]["row"])["stale"] == "false"


def test_hashtags_of_a_snapshot_without_ranks_have_their_places_in_it() -> None:
    lists = [json.dumps([{"name": name} for name in names]) for names in (("one", "two"), ("three",))]
    found = mapped([{"generated_at": f"2026-07-{19 + day}", "hashtags": each} for day, each in enumerate(lists)])
    assert [(each["name"], each["rank"]) for each in found.tables["trends"]] == [("one", 1), ("two", 2), ("three", 1)]


def test_a_list_of_rows_that_is_none_is_refused_and_the_others_are_taken() -> None:
    found = mapped(
        [
            {"generated_at": "2026-07-19", "hashtags": json.dumps([{"name": "one"}, "two"])},
            {"generated_at": "2026-07-20", "hashtags": "[{'name': 'three'}]"},
            {"generated_at": "2026-07-21", "hashtags": None},
        ]
    )
    assert [each["name"] for each in found.tables["trends"]] == ["one"]
    assert found.refused == [(number, "there is nothing that could trend") for number in (1, 2)]


LEGACY: list[tuple[str, Row, dict[str, Any]]] = [
    (
        "creative_center_hashtags",
        {"hashtag_id": "5", "hashtag_name": "one", "publish_cnt": "9", "rank": "4", "country_info.id": "US"},
        {"kind": "hashtag", "name": "one", "item_id": "5", "posts": 9, "rank": 4, "country": "US"},
    ),
    (
        "creative_center_sounds",
        {"clip_id": V, "title": "a song", "author": "someone", "rank": "1", "country_code": "US"},
        {"kind": "sound", "name": "a song", "item_id": V, "country": "US"},
    ),
    (
        "creative_center_keywords",
        {"keyword": "free", "post": "104000", "impression": "414000000", "like": "5"},
        {"kind": "keyword", "name": "free", "posts": 104000, "views": 414000000, "likes": 5, "rank": 51},
    ),
    (
        "creative_center_creators",
        {
            "nick_name": "Ann",
            "user_id": "62133858422239232",
            "follower_cnt": "77",
            "liked_cnt": "900",
            "tt_link": "https://www.tiktok.com/@ann",
        },
        {"kind": "creator", "username": "ann", "creator_id": 62133858422239232, "followers": 77, "likes": 900},
    ),
    (
        "creative_center_videos",
        {"id": V, "item_id": V, "item_url": f"https://www.tiktok.com/@dummy/video/{V}", "title": "look"},
        {"kind": "video", "video_id": int(V), "name": "look", "rank": 51},
    ),
]


@pytest.mark.parametrize(("family", "row", "expected"), LEGACY, ids=[each[0] for each in LEGACY])
def test_lists_of_the_creative_center(family: str, row: Row, expected: dict[str, Any]) -> None:
    page = {"data.pagination.page": "2", "data.pagination.size": "50"}
    found = mapped([row], inside="data.list", beside=page)
    assert found.recognition.family == family, found.recognition.why
    assert expected.items() <= found.row("trends").items()


@pytest.mark.parametrize(
    "row",
    [
        {"id": "AR", "value": "Argentina", "label": "AR"},
        {"id": "vv", "label": "vv", "value": "hot"},
        {"ad_title": "x", "brand_name": "y", "ctr": "1"},
        {"url_title": "x", "ecom_type": "l3", "post": "1"},
        {"sentence": "x", "use_type": "y"},
        {"name": "x", "score": "100"},
        {"second": "0", "value": "0.1"},
    ],
)
def test_what_is_no_list_of_trends_is_known_and_left_out(row: Row) -> None:
    found = mapped([row], inside="data.list")
    assert found.recognition.leaves_out, found.recognition.why


def test_marks_for_spreadsheets_in_this_projects_exports_are_taken_away() -> None:
    row: Row = {
        "comment_id": "'-5",
        "video_id": f"'{V}",
        "text": "'=1+1",
        "username": "ann",
        "fetched_at": "2026-03-20",
    }
    found = mapped([row]).row("comments")
    assert (found["comment_id"], found["video_id"], found["text"]) == (-5, int(V), "=1+1")
    assert "extra" not in found
    others: Row = {"video_id": f"'{V}", "text": "'=1+1", "user": "ann"}
    assert mapped([others]).row("comments")["text"] == "'=1+1"


def test_answers_of_the_research_api_are_a_row_for_each_video_and_keep_what_is_unknown() -> None:
    videos = [{"id": int(V), "username": "ann", "create_time": BORN, "hashtag_names": ["one"], "new_field": {"a": 1}}]
    found = mapped([{"data.videos": json.dumps(videos), "data.cursor": "100", "error.code": "ok"}])
    assert found.recognition.family == "research_video_pages"
    row = found.row()
    assert (row["video_id"], row["username"], row["hashtag_names"]) == (int(V), "ann", ["one"])
    assert json.loads(row["extra"]) == {"new_field": {"a": 1}}


def test_what_the_elements_of_a_list_of_rows_are_read_from_is_said_as_far_as_they_have_it() -> None:
    videos = [{"id": int(V), "favourites_count": 3, "new_field": 1}, {"id": int(video_id(4)), "like_count": "many"}]
    found = mapped([{"data.videos": json.dumps(videos), "data.cursor": "100", "error.code": "ok"}])
    assert found.plan is not None
    mapping = {name: columns for name, columns in found.plan.targets[0].mapped.items() if columns}
    assert mapping == {
        "video_id": ("data.videos[].id",),
        "like_count": ("data.videos[].like_count",),
        "favorites_count": ("data.videos[].favourites_count",),
    }
    assert found.plan.kept == ("data.videos[].favourites_count", "data.videos[].new_field")
    assert found.notes == ["1 values of like_count cannot be read and are kept as text in extra."]
    assert json.loads(found.tables["videos"][1]["extra"]) == {"like_count": "many"}


def test_answers_of_the_research_api_are_a_row_for_each_comment() -> None:
    comments = [{"id": int(C), "video_id": int(V), "text": "nice"}, {"id": int(video_id(4)), "video_id": int(V)}]
    found = mapped([{"data.comments": json.dumps(comments), "data.has_more": "true", "error.code": "ok"}])
    assert [each["comment_id"] for each in found.tables["comments"]] == [int(C), int(video_id(4))]
    assert found.tables["comments"][0]["text"] == "nice"
