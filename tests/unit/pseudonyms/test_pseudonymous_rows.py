"""Which fields of rows name people, and what becomes of them."""

from typing import Any

import pytest

from tests.unit.pseudonyms.support import people
from tiktok_collector.pseudonyms.rows import NAME_LISTS, NAMES, PLAIN, PORTRAITS, TEXTS, PseudonymousRows
from tiktok_collector.research_api.rows import MODELS

PEOPLE = people()
ROWS = PseudonymousRows(PEOPLE, ["sandbox_alice", "Alice A."])


def test_every_field_of_every_model_is_judged_once() -> None:
    fields = {field for model in MODELS.values() for field in model.__struct_fields__}
    groups = [NAMES, NAME_LISTS, PORTRAITS, TEXTS, PLAIN]
    assert set().union(*groups) == fields
    assert sum(map(len, groups)) == len(fields)


def test_a_video_keeps_its_ids_and_counts_and_loses_every_name() -> None:
    row = {
        "id": "7320768196569599275",
        "username": "Some.One",
        "region_code": "DE",
        "video_description": "#duet with @Bruno B and @carla by some.one for Alice A. ",
        "voice_to_text": "hi i am sandbox_alice",
        "video_mention_list": ["Bruno B", "@carla"],
        "hashtag_names": ["duet", "sandbox_alice"],
        "sticker_info_list": [
            {"sticker_id": "7", "sticker_name": "@carla", "user_id": "99", "avatar_url": "https://x"}
        ],
        "video_label": {"content": "by some.one", "username": "carla", "n": 3},
        "effect_ids": ["12"],
        "like_count": 4,
    }
    some_one, bruno, carla = (PEOPLE.of_name(name) for name in ("some.one", "bruno b", "carla"))
    alice, alice_a = PEOPLE.of_name("sandbox_alice"), PEOPLE.of_name("Alice A.")
    assert ROWS.row(row, "liked_videos") == {
        "id": "7320768196569599275",
        "username": some_one,
        "region_code": "DE",
        "video_description": f"#duet with @{bruno} and @{carla} by {some_one} for {alice_a} ",
        "voice_to_text": f"hi i am {alice}",
        "video_mention_list": [bruno, carla],
        "hashtag_names": ["duet", alice],
        "sticker_info_list": [
            {"sticker_id": "7", "sticker_name": f"@{carla}", "user_id": PEOPLE.of_id(99), "avatar_url": None}
        ],
        "video_label": {"content": f"by {some_one}", "username": carla},
        "effect_ids": ["12"],
        "like_count": 4,
    }


@pytest.mark.parametrize("username", ["us", "de"])
def test_an_account_that_is_called_like_a_region_changes_no_region(username: str) -> None:
    row = {"id": "1", "username": username, "region_code": username.upper()}
    assert PseudonymousRows(PEOPLE, [username]).row(row, "videos")["region_code"] == username.upper()


def test_a_profile_keeps_its_numbers() -> None:
    row = {
        "username": "sandbox_alice",
        "display_name": "Alice A.",
        "bio_description": "mail me",
        "bio_url": "https://example.org",
        "avatar_url": "https://p16.example.org",
        "is_verified": False,
        "follower_count": 3,
    }
    nothing = dict.fromkeys(("display_name", "bio_description", "bio_url", "avatar_url"))
    alice = PEOPLE.of_name("sandbox_alice")
    expected: dict[str, Any] = {"username": alice, **nothing, "is_verified": False, "follower_count": 3}
    assert ROWS.row(row, "users") == expected


@pytest.mark.parametrize("entity", ["followers", "following"])
def test_a_follower_is_a_pseudonym_without_a_display_name(entity: str) -> None:
    row = {"username": "Carla", "display_name": "Carla C."}
    assert ROWS.row(row, entity) == {"username": PEOPLE.of_name("carla"), "display_name": None}


def test_the_author_of_a_comment_is_the_pseudonym_of_a_display_name() -> None:
    row = {"id": "5", "parent_comment_id": "4", "text": "@carla so true", "display_name": "Viewer 12", "like_count": 1}
    assert ROWS.row(row, "comments") == {
        **row,
        "text": f"@{PEOPLE.of_name('carla')} so true",
        "display_name": PEOPLE.of_name("viewer 12"),
    }


def test_a_field_that_is_new_is_left_out() -> None:
    assert ROWS.row({"id": "1", "author_nickname": "Carla", "text": None}, "comments") == {"id": "1", "text": None}


@pytest.mark.parametrize(
    "unknown",
    [
        {"unique_id": "some_handle"},
        {"nickname": "Some Handle"},
        {"sec_uid": "some_handle"},
        {"avatar_thumb": "https://example.org/some_handle.jpg"},
        {"author": {"id": 777_000_001, "content": "some_handle"}},
        {"users": [{"id": 777_000_001, "type": "some_handle"}]},
        {"some_handle": 1},
        {"number": "some_handle", "id": ["some_handle"]},
        {"number": {"content": "some_handle"}},
    ],
)
@pytest.mark.parametrize("field", ["video_label", "video_tag", "sticker_info_list", "effect_info_list"])
def test_of_objects_inside_of_a_row_nothing_is_kept_that_is_not_known(field: str, unknown: dict[str, Any]) -> None:
    known = {"content": "an election", "type": "AIGC Type", "sticker_id": "7", "effect_name": "blur"}
    kept = ROWS.row({"id": "1", field: [{**known, **unknown}]}, "videos")[field][0]
    assert {name: kept[name] for name in known} == known
    assert "some_handle" not in str(kept)
    assert "777000001" not in str(kept)


def test_the_row_itself_is_not_changed() -> None:
    row = {"username": "carla", "video_mention_list": ["x"], "video_label": {"username": "y"}}
    ROWS.row(row, "videos")
    assert row == {"username": "carla", "video_mention_list": ["x"], "video_label": {"username": "y"}}
