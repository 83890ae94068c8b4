"""What an export shows of what was asked, and of what became of it."""

from typing import Any

from tests.unit.pseudonyms.support import people
from tiktok_collector.collection.disclosure import AsGiven, Disclosure, Pseudonymous, known_names

PEOPLE = people()
QUERY = {
    "and": [{"operation": "IN", "field_name": "username", "field_values": ["some.one", "carla"]}],
    "not": [
        {"operation": "EQ", "field_name": "keyword", "field_values": ["by Carla"]},
        {"operation": "EQ", "field_name": "region_code", "field_values": ["DE"]},
    ],
}
REQUEST = {"name": "ours", "query": QUERY, "start_date": "2026-11-01", "identified": False}


def pseudonymous(*known: str) -> Pseudonymous:
    return Pseudonymous(PEOPLE, known)


def test_the_names_that_an_export_is_about() -> None:
    assert known_names("alice", {"username": "alice", "display_name": "Alice A."}, {}) == ["alice", "Alice A."]
    assert known_names("alice", {"display_name": None}, {}) == known_names("alice", None, {}) == ["alice"]
    assert known_names("", None, REQUEST) == ["some.one", "carla"]


def test_a_query_asks_for_pseudonyms() -> None:
    carla = PEOPLE.of_name("carla")
    asked = pseudonymous("some.one", "carla").request(REQUEST)
    assert asked == {
        **REQUEST,
        "query": {
            "and": [{"operation": "IN", "field_name": "username", "field_values": [PEOPLE.of_name("some.one"), carla]}],
            "not": [
                {"operation": "EQ", "field_name": "keyword", "field_values": [f"by {carla}"]},
                {"operation": "EQ", "field_name": "region_code", "field_values": ["DE"]},
            ],
        },
    }
    assert "carla" in str(REQUEST), "the request itself is not changed"


def test_a_request_for_accounts_shows_no_digest_of_their_names() -> None:
    request = {"usernames": 1, "usernames_digest": "c0ffee", "max_videos": 3}
    assert pseudonymous("alice").request(request) == {"usernames": 1, "max_videos": 3}


def test_a_report_names_nobody_and_keeps_the_rest() -> None:
    report: dict[str, Any] = {
        "task": "s00001.videos.w001",
        "stream": "videos",
        "observation": "private",
        "observation_detail": "alice is private",
        "not_returned": ["1"],
        "gaps": [
            {"reason": "bad_username", "detail": "each request with alice fails", "item": "username=alice"},
            {"reason": "search_lost", "window": {"start": "2026-11-01", "end": "2026-11-02"}},
        ],
    }
    alice = PEOPLE.of_name("alice")
    assert pseudonymous("alice", "videos").report(report) == {
        **report,
        "observation_detail": f"{alice} is private",
        "gaps": [
            {"reason": "bad_username", "detail": f"each request with {alice} fails", "item": f"username={alice}"},
            report["gaps"][1],
        ],
    }


def test_a_broken_row_is_not_shown() -> None:
    hidden: Disclosure = pseudonymous()
    assert hidden.broken({"username": ["alice"]}) is None


def test_identified_is_as_given() -> None:
    given = AsGiven()
    row = {"username": "alice", "new": 1}
    assert (given.key_id, given.name("Alice")) == ("", "Alice")
    assert (given.row(row, "videos"), given.broken([1]), given.request(REQUEST)) == (row, [1], REQUEST)
    assert given.report({"observation_detail": "alice"}) == {"observation_detail": "alice"}
