"""Every schema family of videos: recognised, and each of its columns in the table's column that it means."""

import json
from typing import Any

import pytest

from tests.unit.tiktok_lake.imports.mapped import BORN, Row, mapped, video_id

V = video_id(1)
SOUND = video_id(2)
AUTHOR = "6800000000000000001"
COUNTS: dict[str, Any] = {"view_count": 5000, "like_count": 400, "comment_count": 30, "share_count": 2}


def _tags(*names: str) -> str:
    return json.dumps([{"id": str(place), "name": name} for place, name in enumerate(names)])


SCRAPED: Row = {
    "id": V,
    "text": "look #one #two @friend",
    "createTime": str(BORN),
    "authorMeta.id": AUTHOR,
    "authorMeta.name": "ann",
    "authorMeta.nickName": "Ann",
    "authorMeta.verified": "true",
    "authorMeta.fans": "77",
    "authorMeta.heart": "900",
    "authorMeta.digg": "5",
    "musicMeta.musicId": SOUND,
    "musicMeta.musicName": "a song",
    "videoMeta.duration": "15",
    "diggCount": "400",
    "shareCount": "2",
    "playCount": "5000",
    "commentCount": "30",
    "mentions": '["@friend"]',
    "hashtags": _tags("one", "two"),
}
PYKTOK: Row = {
    "video_id": V,
    "video_timestamp": "2026-03-19T00:00:00",
    "video_duration": "15.0",
    "video_locationcreated": "DK",
    "video_diggcount": "400",
    "video_sharecount": "2",
    "video_commentcount": "30",
    "video_playcount": "5000",
    "video_description": "look #one",
    "video_is_ad": "False",
    "video_stickers": "",
    "author_username": "ann",
    "author_name": "Ann",
    "author_followercount": "",
    "author_heartcount": "900",
    "author_diggcount": "5",
    "poi_name": "a place",
    "suggested_words": "words",
}
WEB: Row = {
    "id": V,
    "desc": "look #one @friend",
    "createTime": str(BORN),
    "author.id": AUTHOR,
    "author.uniqueId": "ann",
    "author.nickname": "Ann",
    "stats.playCount": "5000",
    "stats.diggCount": "400",
    "stats.commentCount": "30",
    "stats.shareCount": "2",
    "stats.collectCount": "1",
    "authorStats.followerCount": "77",
    "authorStats.heartCount": "900",
    "authorStats.diggCount": "5",
    "music.id": SOUND,
    "music.title": "a song",
    "video.duration": "15",
    "challenges": json.dumps([{"id": "9", "title": "one"}]),
    "textExtra": json.dumps(
        [
            {"type": 1, "hashtagName": "one", "userUniqueId": "", "awemeId": ""},
            {"type": 0, "hashtagName": "", "userUniqueId": "friend", "awemeId": ""},
        ]
    ),
    "duetInfo.duetFromId": "0",
    "duetEnabled": "true",
    "isAd": "false",
    "locationCreated": "DK",
}
FOUR_CAT: Row = {
    "collected_from_url": "https://www.tiktok.com/@ann",
    "id": V,
    "thread_id": V,
    "author": "ann",
    "author_full": "Ann",
    "author_followers": "77",
    "author_likes": "5",
    "author_videos": "8",
    "body": "look #one",
    "timestamp": "2026-03-19 00:00:00",
    "unix_timestamp": str(BORN),
    "is_duet": "yes",
    "is_ad": "no",
    "music_name": "a song",
    "music_id": SOUND,
    "tiktok_url": f"https://www.tiktok.com/@ann/video/{V}",
    "likes": "400",
    "comments": "30",
    "shares": "2",
    "plays": "5000",
    "hashtags": "one,two",
    "challenges": "one",
    "location_created": "DK",
}
MINET: Row = {
    "id": V,
    "description": "look #one",
    "timestamp": str(BORN),
    "utc_time": "2026-03-19T00:00:00",
    "original_item": "false",
    "video_id": "v0f00",
    "video_duration": "15",
    "author_id": AUTHOR,
    "author_unique_id": "ann",
    "author_heart_count": "900",
    "author_digg_count": "5",
    "music_id": SOUND,
    "music_title": "a song",
    "digg_count": "400",
    "share_count": "2",
    "comment_count": "30",
    "play_count": "5000",
    "duet_from_video_id": video_id(9),
    "duet_from_user_name": "bob",
    "challenges_titles": "one|two",
    "is_ad": "false",
}
RESEARCH: Row = {
    "id": V,
    "username": "ann",
    "create_time": str(BORN),
    "region_code": "DK",
    "video_description": "look #one",
    "video_duration": "15",
    "music_id": SOUND,
    "hashtag_names": '["one", "two"]',
    "video_mention_list": '["friend"]',
    "view_count": "5000",
    "like_count": "400",
    "comment_count": "30",
    "share_count": "2",
    "favorites_count": "1",
    "effect_ids": '["0"]',
    "voice_to_text": "hello",
}
DANISH: Row = {
    "run_id": "20260330_193550_a14bfb",
    "tiktok_handle": "ann",
    "display_name": "Ann",
    "party_name": "a party",
    "storkreds": "",
    "account_type": "kandidat",
    "video_id": V,
    "upload_dato": "2026-03-19",
    "beskrivelse": "look #one",
    "visninger": "5000",
    "likes": "400",
    "kommentarer": "30",
    "shares": "2",
    "gemmer": "1",
    "video_url": f"https://www.tiktok.com/@ann/video/{V}",
}
TRENDING: Row = {
    "user_name": "ann",
    "user_id": AUTHOR,
    "video_id": V,
    "video_desc": "look #one",
    "video_time": str(BORN),
    "video_length": "15",
    "video_link": f"https://www.tiktok.com/@ann/video/{V}",
    "n_likes": "400",
    "n_shares": "2",
    "n_comments": "30",
    "n_plays": "5000",
}
WIDE: Row = {
    "video_id": V,
    "author_uniqueId": "ann",
    "author_id": AUTHOR,
    "video_desc": "look #one",
    "music_id": SOUND,
    "music_title": "a song",
    "video_playCount": "5000",
    "video_stats": "400",
    "video_commentCount": "30",
    "video_shareCount": "2",
    "video_duration": "15",
}
FAMOUS: Row = {
    "id": V,
    "create_time": str(BORN),
    "user_name": "ann",
    "hashtags": "['one', 'two']",
    "song": "a song",
    "video_length": "15",
    "n_likes": "400",
    "n_shares": "2",
    "n_comments": "30",
    "n_plays": "5000",
    "n_followers": "77",
    "n_total_likes": "900",
    "n_total_vids": "8",
}
NSILVERBLATT: Row = {
    "id": V,
    "createTime": str(BORN),
    "caption": "look #one",
    "viewCount": "5000",
    "likeCount": "400",
    "commentCount": "30",
    "shareCount": "2",
}
CHIMA: Row = {
    "ID": V,
    "Author ID": AUTHOR,
    "Create Time": str(BORN),
    "Description": "look #one",
    "Music ID": SOUND,
    "Play Count": "5000",
    "Digg Count": "400",
    "Comment Count": "30",
    "Share Count": "2",
}
GIOSSAURUS: Row = {
    "ID": V,
    "UniqueId": "ann",
    "Description": "look",
    "Title": "a song",
    "HashtagName": "one",
    "PlayCount": "5000",
    "DiggCount": "400",
    "CommentCount": "30",
    "ShareCount": "2",
    "HeartCount": "900",
    "VideoCount": "8",
    "CollectCount": "1",
}
JIANMING: Row = {
    "video_id": V,
    "author_username": "ann",
    "author_id": AUTHOR,
    "create_time": str(BORN),
    "desc": "look",
    "music_id": SOUND,
    "hashtags": '["one"]',
    "play_count": "5000",
    "like_count": "400",
    "comment_count": "30",
    "share_count": "2",
    "favorite_count": "1",
    "duration": "15",
}
CAPTIONS: Row = {
    "video_id": V,
    "url": f"https://www.tiktok.com/@ann/video/{V}",
    "caption": "look #one",
    "like_count": "400",
    "comment_count": "30",
    "share_count": "2",
}
HASSAN: Row = {
    "URL": f"https://www.tiktok.com/@ann/video/{V}",
    "Username": "ann",
    "Date": "3-19",
    "Description": "look",
    "Views": "5K",
    "Tags": "#one  #two",
}
SPANISH: Row = {
    "url": f"https://www.tiktok.com/@ann/video/{V}",
    "titulo": "look",
    "fecha_publicacion": "2026-03-19",
    "vistas": "5000",
    "hashtags": "#one,#two",
    "termino": "a search",
}
ITS_OWN: dict[str, Any] = {"video_id": int(V), "username": "ann", "create_time": BORN, "video_duration": 15, **COUNTS}
ONE = {"hashtag_names": ["one"]}
TWO = {"hashtag_names": ["one", "two"]}
MUSIC: dict[str, Any] = {"music_id": int(SOUND), "music_title": "a song"}


def _without(given: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name not in names}


FAMILIES: list[tuple[str, Row, dict[str, Any]]] = [
    ("tiktok_scraper", {**SCRAPED, "covers.default": "x", "downloaded": "true"}, {**ITS_OWN, **TWO, **MUSIC}),
    (
        "apify",
        {**SCRAPED, "createTimeISO": "x", "collectCount": "1", "isAd": "true", "isPinned": "false"},
        {**ITS_OWN, **TWO, **MUSIC, "favorites_count": 1, "is_ad": True},
    ),
    ("web_item", WEB, {**ITS_OWN, **ONE, **MUSIC, "favorites_count": 1, "region_code": "DK", "is_ad": False}),
    (
        "zeeschuimer",
        {
            **{f"data.{name}": text for name, text in WEB.items()},
            "item_id": V,
            "timestamp_collected": "1774000000123",
            "source_platform": "tiktok.com",
        },
        {**ITS_OWN, **ONE, **MUSIC, "favorites_count": 1},
    ),
    ("pyktok", PYKTOK, {**ITS_OWN, **ONE, "region_code": "DK", "is_ad": False}),
    (
        "4cat",
        FOUR_CAT,
        {**_without(ITS_OWN, "video_duration"), **TWO, **MUSIC, "reference_kind": "duet", "is_ad": False},
    ),
    (
        "minet",
        MINET,
        {
            **ITS_OWN,
            **TWO,
            **MUSIC,
            "duet_from_video_id": int(video_id(9)),
            "reference_kind": "duet",
            "reference_username": "bob",
            "author_id": int(AUTHOR),
        },
    ),
    (
        "research_videos",
        RESEARCH,
        {
            **ITS_OWN,
            **TWO,
            "music_id": int(SOUND),
            "favorites_count": 1,
            "region_code": "DK",
            "video_mention_list": ["friend"],
            "effect_ids": ["0"],
            "voice_to_text": "hello",
        },
    ),
    ("kgspindler", DANISH, {**_without(ITS_OWN, "video_duration"), **ONE, "favorites_count": 1}),
    ("trending_videos", TRENDING, {**ITS_OWN, **ONE, "author_id": int(AUTHOR)}),
    ("wide", WIDE, {**_without(ITS_OWN, "create_time"), **ONE, **MUSIC, "author_id": int(AUTHOR)}),
    ("tiktok_famous", FAMOUS, {**ITS_OWN, **TWO, "music_title": "a song"}),
    ("nsilverblatt", NSILVERBLATT, {**_without(ITS_OWN, "username", "video_duration"), **ONE}),
    (
        "chima",
        CHIMA,
        {**_without(ITS_OWN, "username", "video_duration"), **ONE, "music_id": int(SOUND), "author_id": int(AUTHOR)},
    ),
    (
        "giossaurus",
        GIOSSAURUS,
        {**_without(ITS_OWN, "create_time", "video_duration"), **ONE, "music_title": "a song", "favorites_count": 1},
    ),
    (
        "jianming18",
        JIANMING,
        {**ITS_OWN, **ONE, "music_id": int(SOUND), "author_id": int(AUTHOR), "favorites_count": 1},
    ),
    ("captions", CAPTIONS, {**_without(ITS_OWN, "create_time", "video_duration", "view_count"), **ONE}),
    ("hassan_info", HASSAN, {"video_id": int(V), "username": "ann", "create_time": BORN, "view_count": 5000, **TWO}),
    ("diegourielvr", SPANISH, {"video_id": int(V), "username": "ann", "create_time": BORN, "view_count": 5000, **TWO}),
    ("ids", {"video_id": V, "user_unique_id": "ann"}, {"video_id": int(V), "username": "ann"}),
    ("ids", {"url": f"https://www.tiktok.com/@ann/video/{V}"}, {"video_id": int(V), "username": "ann"}),
]


@pytest.mark.parametrize(("family", "row", "expected"), FAMILIES, ids=[each[0] for each in FAMILIES])
def test_a_family_is_recognised_and_mapped(family: str, row: Row, expected: dict[str, Any]) -> None:
    found = mapped([row])
    assert found.recognition.family == family, found.recognition.why
    assert found.refused == []
    assert expected.items() <= found.row().items()
    counters = {name: value for name, value in expected.items() if name.endswith("_count")}
    statistics = found.tables.get("video_stats", [])
    assert len(statistics) == bool(counters)
    assert all(counters.items() <= each.items() for each in statistics)


@pytest.mark.parametrize(("family", "row", "expected"), FAMILIES[::3], ids=[each[0] for each in FAMILIES[::3]])
def test_columns_of_a_family_may_stand_in_any_order_and_case_and_be_many(
    family: str, row: Row, expected: dict[str, Any]
) -> None:
    turned = {name.upper(): text for name, text in reversed(list(row.items()))}
    unknown = {} if family == "ids" else {"my own note": "kept"}
    found = mapped([{**turned, **unknown}])
    assert found.recognition.family == family, found.recognition.why
    assert expected.items() <= found.row().items()
    if unknown:
        assert found.extra["my own note"] == "kept"


def test_the_csv_form_of_a_scrape_has_slashes_and_a_column_for_every_hashtag() -> None:
    flat = {name.replace(".", "/"): text for name, text in SCRAPED.items() if name not in {"hashtags", "mentions"}}
    spread = {
        "hashtags/0/id": "1",
        "hashtags/0/name": "one",
        "hashtags/1/name": "two",
        "hashtags/2/name": None,
        "mentions/0": "@friend",
        "createTimeISO": "2026-03-19T00:00:00.000Z",
        "isAd": "false",
    }
    found = mapped([{**flat, **spread}])
    assert found.recognition.family == "apify"
    assert found.row()["hashtag_names"] == ["one", "two"]
    assert found.row()["video_mention_list"] == ["friend"]
    assert found.extra["hashtags/0/id"] == "1"


def test_eleven_spread_columns_are_in_the_order_of_their_numbers() -> None:
    flat = {name: text for name, text in SCRAPED.items() if name != "hashtags"}
    spread = {f"hashtags/{place}/name": f"t{place}" for place in (10, *range(10))}
    assert mapped([{**flat, **spread, "isAd": "false"}]).row()["hashtag_names"] == [f"t{place}" for place in range(11)]


def test_likes_received_are_the_accounts_and_likes_given_are_not() -> None:
    for row in (SCRAPED, WEB, MINET, PYKTOK):
        assert mapped([row]).row("users")["likes_count"] == 900
    likes = mapped([FOUR_CAT]).tables["users"][0]
    assert likes["likes_count"] is None
    assert likes["follower_count"] == 77


def test_totals_of_the_author_among_the_videos_counts_go_to_users() -> None:
    found = mapped([GIOSSAURUS])
    assert found.row("users")["likes_count"] == 900
    assert found.row("users")["video_count"] == 8
    assert found.row()["like_count"] == 400


def test_an_author_may_be_a_plain_string() -> None:
    row = {name: text for name, text in WEB.items() if not name.startswith("author.")}
    found = mapped([{**row, "author": "ann", "nickname": "Ann"}])
    assert found.row()["username"] == "ann"
    assert found.row("users")["display_name"] == "Ann"


def test_a_duet_of_the_web_names_the_video_and_its_author() -> None:
    source = video_id(5)
    mention = json.dumps([{"type": 0, "userUniqueId": "bob", "hashtagName": "", "awemeId": source}])
    found = mapped([{**WEB, "duetInfo.duetFromId": source, "textExtra": mention}]).row()
    assert found["duet_from_video_id"] == int(source)
    assert (found["reference_kind"], found["reference_username"]) == ("duet", "bob")


def test_no_duet_is_a_zero() -> None:
    found = mapped([WEB]).row()
    assert not {"duet_from_video_id", "reference_kind", "reference_username"} & set(found)


def test_statistics_as_strings_serve_where_numbers_are_not_there() -> None:
    row = {name.replace("stats.", "statsV2."): text for name, text in WEB.items()}
    assert mapped([row]).row()["view_count"] == 5000


def test_a_video_without_an_id_of_its_own_has_the_one_in_its_link() -> None:
    row = {name: text for name, text in SCRAPED.items() if name != "id"}
    link = f"https://www.tiktok.com/@ann/video/{V}?lang=en"
    assert mapped([{**row, "webVideoUrl": link}]).row()["video_id"] == int(V)


def test_a_course_s_made_up_ids_are_quarantined_as_none_of_tiktok_s() -> None:
    row = {
        "#": "1",
        "claim_status": "claim",
        "video_id": "7017666017",
        "video_duration_sec": "59",
        "video_transcription_text": "someone said",
        "video_view_count": "343296.0",
        "video_like_count": "19425.0",
    }
    found = mapped([row])
    assert found.recognition.family == "coursera"
    assert found.tables["videos"] == []
    assert found.refused == [(1, "the id of a video cannot be TikTok's: it has 10 digits in place of 19")]


def test_when_rows_were_collected_is_when_their_family_says() -> None:
    zeeschuimer = {f"data.{name}": text for name, text in WEB.items()}
    found = mapped([{**zeeschuimer, "item_id": V, "timestamp_collected": "1774000000123"}])
    assert str(found.row()["fetched_at"]) == "2026-03-20 09:46:40.123000"
    assert str(mapped([DANISH]).row()["fetched_at"]) == "2026-03-30 19:35:50"
    assert "fetched_at" not in mapped([TRENDING]).row()


def test_an_account_is_said_once_for_each_of_its_videos_and_is_no_duplicate() -> None:
    found = mapped([FAMOUS, {**FAMOUS, "id": video_id(3)}])
    assert found.plan is not None
    users = next(each for each in found.plan.targets if each.table == "users")
    assert users.derived
    assert users.key == ("username",)
    assert len(found.tables["users"]) == 2
