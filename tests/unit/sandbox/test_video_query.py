import json
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.sandbox.support import END, START, Client, by_username, condition, query_body, small_world

WORLD = small_world()
ENDPOINT = "video/query"


def client(**settings: Any) -> Client:
    return Client(WORLD, **settings)


@given(st.lists(st.integers(1, 100), min_size=1, max_size=8))
def test_pages_of_any_size_join_to_the_truth(sizes: list[int]) -> None:
    api, body, cursor = client(), by_username("lossy"), 0
    rows: list[int] = []
    candidates = WORLD.candidates_of("lossy", START, END)
    while True:
        size = sizes[len(rows) % len(sizes)]
        reply = api.call(ENDPOINT, body | {"max_count": size})
        reached = min(cursor + size, len(candidates))
        assert reply.data["cursor"] == reached
        assert reply.data["has_more"] == (reached < len(candidates))
        rows += [row["id"] for row in reply.data["videos"]]
        cursor = reached
        if not reply.data["has_more"]:
            break
        body |= {"cursor": cursor, "search_id": reply.data["search_id"]}
    assert rows == [row["id"] for row in WORLD.videos_of("lossy", START, END)]


def test_pages_run_short_because_the_dead_are_counted() -> None:
    pages = list(client().pages(ENDPOINT, by_username("lossy", max_count=10)))
    assert all(len(page["videos"]) <= 10 for page in pages)
    assert any(len(page["videos"]) < 10 for page in pages[:-1])
    assert (
        pages[-1]["cursor"]
        == len(WORLD.candidates_of("lossy", START, END))
        == 10 * (len(pages) - 1) + (pages[-1]["cursor"] % 10 or 10)
    )


def test_a_page_may_be_empty_and_not_the_last() -> None:
    pages = list(client(drop_rate=0.9).pages(ENDPOINT, by_username("lossy", max_count=5)))
    assert any(not page["videos"] and page["has_more"] for page in pages)


def test_a_private_account_has_candidates_and_no_rows() -> None:
    reply = client().call(ENDPOINT, by_username("sandbox_carla"))
    assert reply.data["videos"] == []
    assert reply.data["cursor"] > 0


@pytest.mark.parametrize("username", ["sandbox_outside", "sandbox_nobody"])
def test_a_search_without_candidates_has_no_search_id(username: str) -> None:
    reply = client().call(ENDPOINT, by_username(username))
    assert reply.status == 200
    assert reply.data == {"videos": [], "cursor": 0, "has_more": False}


def test_only_the_fields_asked_for_come() -> None:
    rows = client().call(ENDPOINT, by_username("exact"), " id, username ,id").data["videos"]
    assert {frozenset(row) for row in rows} == {frozenset({"id", "username"})}


@pytest.mark.parametrize("fields", ["", "id,video_id", "favourites_count", "display_name", ","])
def test_unknown_or_missing_fields_are_refused(fields: str) -> None:
    reply = client().call(ENDPOINT, by_username("exact"), fields)
    assert (reply.status, reply.code) == (400, "invalid_params")


def test_keys_come_in_many_orders() -> None:
    rows = client().call(ENDPOINT, by_username("exact"), "id,username,create_time,like_count").data["videos"]
    assert len({tuple(row) for row in rows}) > 5
    same = client(random_key_order=False).call(ENDPOINT, by_username("exact"), "id,username,create_time").data["videos"]
    assert len({tuple(row) for row in same}) == 1


def test_a_nul_in_a_username_survives() -> None:
    rows = client().call(ENDPOINT, by_username("sandbox_nul\u0000name"), "username").data["videos"]
    assert rows
    assert {row["username"] for row in rows} == {"sandbox_nul\u0000name"}


@pytest.mark.parametrize(("days", "status"), [(0, 200), (30, 200), (31, 400), (-1, 400)])
def test_windows_span_at_most_thirty_days(days: int, status: int) -> None:
    reply = client().call(ENDPOINT, by_username("exact", START, START + timedelta(days=days)))
    assert reply.status == status


@pytest.mark.parametrize("day", ["2025-01-20", "", None, "20250230", "20250120 "])
def test_dates_are_eight_digits(day: str | None) -> None:
    reply = client().call(ENDPOINT, by_username("exact") | {"start_date": day})
    assert (reply.status, reply.code) == (400, "invalid_params")


@pytest.mark.parametrize(
    "more", [{"max_count": 101}, {"max_count": 0}, {"cursor": -1}, {"cursor": 10**6}, {"cursor": 1.5}]
)
def test_bad_counts_and_cursors_have_their_message(more: dict[str, Any]) -> None:
    reply = client().call(ENDPOINT, by_username("exact", **more))
    assert (reply.status, reply.code, reply.message) == (400, "invalid_params", "Invalid count or cursor")


def test_an_empty_list_in_the_query_is_a_server_error() -> None:
    query = {"and": [condition("username", "exact")], "or": []}
    reply = client().call(ENDPOINT, query_body(query))
    assert (reply.status, reply.code) == (500, "internal_error")


def test_empty_lists_can_be_let_pass() -> None:
    query = {"and": [condition("username", "exact")], "or": [], "not": []}
    assert client(empty_clauses="ignored").call(ENDPOINT, query_body(query)).data["videos"]
    assert client(empty_clauses="ignored").call(ENDPOINT, query_body({"and": []})).status == 400


def test_nulls_digits_and_empty_search_ids_are_accepted() -> None:
    body = by_username("exact") | {"cursor": None, "search_id": None, "max_count": "20"}
    assert len(client().call(ENDPOINT, body).data["videos"]) == 20
    assert client().call(ENDPOINT, body | {"search_id": "", "cursor": "0"}).status == 200


def test_random_samples_are_not_in_order() -> None:
    api, body = client(), by_username("exact", is_random=True, max_count=30)
    ids = [row["id"] for row in api.call(ENDPOINT, body).data["videos"]]
    assert len(set(ids)) == len(ids) > 10
    assert ids != sorted(ids, reverse=True)
    assert ids != [row["id"] for row in api.call(ENDPOINT, body).data["videos"]]


class TestSearchIds:
    def test_they_are_bound_to_query_and_dates(self) -> None:
        api = client()
        body = by_username("exact", max_count=10)
        search_id = api.call(ENDPOINT, body).data["search_id"]
        follow = {"cursor": 10, "search_id": search_id}
        reordered = json.loads(json.dumps(body | follow, sort_keys=True))
        assert api.call(ENDPOINT, reordered).status == 200
        for other in (by_username("lossy", max_count=10), by_username("exact", START, END - timedelta(days=1))):
            reply = api.call(ENDPOINT, other | follow)
            assert (reply.status, reply.message) == (400, f"Search Id {search_id} is invalid or expired")

    def test_the_page_size_may_change_on_the_way(self) -> None:
        api = client()
        search_id = api.call(ENDPOINT, by_username("exact", max_count=10)).data["search_id"]
        reply = api.call(ENDPOINT, by_username("exact", max_count=3, cursor=10, search_id=search_id))
        assert reply.data["cursor"] == 13

    def test_they_become_visible_late_and_expire(self) -> None:
        api = client(search_id_visible_after_seconds=10, search_id_lifetime_seconds=100, search_id_change_probability=0)
        body = by_username("exact", max_count=10)
        follow = body | {"cursor": 10, "search_id": api.call(ENDPOINT, body).data["search_id"]}
        statuses = []
        for _ in range(12):
            statuses.append(api.call(ENDPOINT, follow).status)
            api.clock.advance(9.5)
        assert statuses == [400, 400, *[200] * 9, 400]

    def test_a_newer_id_retires_the_older_once_it_is_used(self) -> None:
        api = client(search_id_change_probability=1)
        body = by_username("exact", max_count=10)
        first = api.call(ENDPOINT, body).data["search_id"]
        second = api.call(ENDPOINT, body | {"cursor": 10, "search_id": first}).data["search_id"]
        assert first != second
        assert api.call(ENDPOINT, body | {"cursor": 10, "search_id": first}).status == 200
        assert api.call(ENDPOINT, body | {"cursor": 20, "search_id": second}).status == 200
        assert api.call(ENDPOINT, body | {"cursor": 10, "search_id": first}).status == 400

    def test_an_unknown_id_is_refused(self) -> None:
        reply = client().call(ENDPOINT, by_username("exact", search_id="123", cursor=10))
        assert reply.message == "Search Id 123 is invalid or expired"

    def test_candidates_stay_as_they_were_when_the_search_began(self) -> None:
        world = small_world(future_days=20)
        api = Client(world, token_ttl_seconds=10**6, search_id_lifetime_seconds=10**6)
        body = query_body(
            {"or": [condition("create_date", "20200101", operation="GT")]}, date(2025, 2, 20), date(2025, 3, 5)
        )
        total = list(api.pages(ENDPOINT, body))[-1]["cursor"]
        first = api.call(ENDPOINT, body | {"max_count": 5}).data
        api.clock.advance(6 * 86_400)
        rest = list(api.pages(ENDPOINT, body | {"cursor": 5, "search_id": first["search_id"]}))
        assert rest[-1]["cursor"] == total < list(api.pages(ENDPOINT, body))[-1]["cursor"]


def test_late_videos_arrive_with_the_clock() -> None:
    api = client()
    body = by_username("lossy", date(2025, 2, 25), date(2025, 2, 28))
    seen = []
    for _ in range(8):
        seen.append(api.call(ENDPOINT, body).data["cursor"])
        api.clock.advance(86_400)
        api.token = api.grant()["access_token"]
    assert seen == sorted(seen)
    assert seen[0] < seen[-1] == 15


def test_broken_days_and_poisoned_names_always_fail() -> None:
    api = client(broken_days=["20250201-20250203"], poison_usernames=["Exact"])
    lossy = [
        api.call(ENDPOINT, by_username("lossy", start, start)).status
        for start in (date(2025, 1, 31), date(2025, 2, 1), date(2025, 2, 3), date(2025, 2, 4))
    ]
    assert lossy == [200, 500, 500, 200]
    both = query_body({"and": [condition("username", "lossy", "exact")]}, date(2025, 2, 5), END)
    assert api.call(ENDPOINT, both).status == 500
