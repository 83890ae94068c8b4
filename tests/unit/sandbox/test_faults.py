import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.api.service import Incoming
from sandbox.faults import KINDS, Faults
from tests.unit.sandbox.support import END, START, Client, by_username, condition, query_body, small_world

WORLD = small_world()
INFO = ("user/info", {"username": "exact"}, "display_name")


def client(*rules: dict[str, Any], **settings: Any) -> Client:
    api = Client(WORLD, **settings)
    for rule in rules:
        options = {name: value for name, value in rule.items() if name != "kind"}
        api.service.faults.add(rule["kind"], **options)
    return api


def hits(faults: Faults, count: int, kind: str = "internal_error") -> list[bool]:
    return [bool(faults.firing((kind,), "user/info", {}, 1)) for _ in range(count)]


class TestWhichRequests:
    def test_the_next_n(self) -> None:
        faults = Faults()
        faults.add("internal_error", times=2)
        assert hits(faults, 4) == [True, True, False, False]

    def test_every_nth(self) -> None:
        faults = Faults()
        faults.add("internal_error", every=3)
        assert hits(faults, 7) == [False, False, True, False, False, True, False]

    def test_after_k(self) -> None:
        faults = Faults()
        faults.add("internal_error", after=2, times=1)
        assert hits(faults, 5) == [False, False, True, False, False]

    @given(st.integers(0, 10_000))
    def test_probability_follows_the_seed(self, seed: int) -> None:
        def draw() -> list[bool]:
            faults = Faults(seed)
            faults.add("internal_error", probability=0.5)
            return hits(faults, 200)

        assert draw() == draw()
        assert 50 < sum(draw()) < 150

    def test_endpoint_and_body(self) -> None:
        api = client(
            {"kind": "internal_error", "endpoint": "video/query", "match": {"username": "lossy"}},
            {"kind": "internal_error", "endpoint": ["user/info"], "match": {"username": "exact"}},
        )
        assert api.call("video/query", by_username("exact")).status == 200
        assert api.call("video/query", by_username("lossy")).status == 500
        batch = query_body({"or": [condition("username", "exact", "lossy")]})
        assert api.call("video/query", batch).status == 500
        assert api.call(*INFO).status == 500
        assert api.call("user/info", {"username": "lossy"}, "display_name").status == 200

    def test_a_page(self) -> None:
        api = client({"kind": "internal_error", "endpoint": "video/query", "match": {"page": 2}})
        first = api.call("video/query", by_username("exact", max_count=10))
        follow = by_username("exact", max_count=10, cursor=10, search_id=first.data["search_id"])
        assert api.call("video/query", follow).status == 500

    def test_two_rules_fail_one_after_the_other(self) -> None:
        api = client({"kind": "internal_error", "times": 2}, {"kind": "json_timeout", "times": 1})
        assert [api.call(*INFO).status for _ in range(4)] == [500, 500, 504, 200]

    def test_rules_are_listed_and_removed(self) -> None:
        faults = Faults()
        first, second = faults.add("internal_error"), faults.add("delay", seconds=2)
        hits(faults, 3)
        assert [(rule["id"], rule["seen"], rule["fired"]) for rule in faults.rules()] == [(first, 3, 3), (second, 0, 0)]
        assert faults.remove(first)
        assert not faults.remove(first)
        faults.clear()
        assert faults.rules() == []

    @pytest.mark.parametrize(
        ("kind", "options", "words"),
        [
            ("earthquake", {}, "no fault called 'earthquake'"),
            ("internal_error", {"endpoint": "user/nothing"}, "does not apply to 'user/nothing'"),
            ("search_lost", {"endpoint": "user/info"}, "does not apply to 'user/info'"),
            ("internal_error", {"seconds": 3}, "no option 'seconds'"),
            ("internal_error", {"times": -1}, "whole number of 0 or more for times"),
            ("internal_error", {"every": 0}, "whole number of 1 or more for every"),
            ("internal_error", {"probability": 2}, "between 0 and 1"),
            ("broken_rows", {"how": "in half"}, "not 'in half'"),
        ],
    )
    def test_nonsense_is_refused_in_a_sentence(self, kind: str, options: dict[str, Any], words: str) -> None:
        with pytest.raises(ValueError, match=words):
            Faults().add(kind, **options)


class TestErrors:
    @pytest.mark.parametrize(
        ("rule", "status", "code"),
        [
            ({"kind": "internal_error"}, 500, "internal_error"),
            ({"kind": "json_timeout"}, 504, "timeout"),
            ({"kind": "ok_with_error"}, 200, "internal_error"),
            ({"kind": "ok_with_error", "code": "invalid_params"}, 200, "invalid_params"),
            ({"kind": "error", "status": 418, "code": "teapot", "message": "short"}, 418, "teapot"),
            ({"kind": "rate_limited"}, 429, "rate_limit_exceeded"),
            ({"kind": "daily_quota"}, 429, "daily_quota_limit_exceeded"),
            ({"kind": "token_expired"}, 401, "access_token_invalid"),
            ({"kind": "scope_missing"}, 401, "scope_not_authorized"),
        ],
    )
    def test_once_and_then_all_is_well(self, rule: dict[str, Any], status: int, code: str) -> None:
        api = client(rule | {"times": 1})
        reply = api.call(*INFO)
        assert (reply.status, reply.code) == (status, code)
        assert (api.call(*INFO).status, api.call(*INFO).code) == (200, "ok")
        assert api.service.journal.records()[1].faults == [rule["kind"]]

    @pytest.mark.parametrize(("kind", "status"), [("gateway_timeout", 504), ("bad_gateway", 502)])
    def test_gateways_answer_in_html(self, kind: str, status: int) -> None:
        api = client({"kind": kind})
        answer = api.service.handle(Incoming("user/info", b"{}", "", f"Bearer {api.token}")).answer
        assert (answer.status, answer.content_type) == (status, "text/html")
        with pytest.raises(json.JSONDecodeError):
            json.loads(answer.body)

    def test_which_are_charged(self) -> None:
        for kind, charged in (
            ("internal_error", 1),
            ("gateway_timeout", 1),
            ("rate_limited", 1),
            ("daily_quota", 0),
            ("scope_missing", 0),
        ):
            api = client({"kind": kind})
            api.service.handle(Incoming("user/info", b"{}", "", f"Bearer {api.token}"))
            served = api.service.journal.served(None, "research", None)
            assert (kind, served.received, served.charged) == (kind, 1, charged)

    def test_retry_after(self) -> None:
        assert client({"kind": "rate_limited", "retry_after": 20}).call(*INFO).headers == {"Retry-After": "20"}

    def test_a_revoked_token_stays_invalid(self) -> None:
        api = client({"kind": "token_revoked", "times": 1})
        assert [api.call(*INFO).status for _ in range(2)] == [401, 401]
        api.token = api.grant()["access_token"]
        assert api.call(*INFO).status == 200

    def test_grants_can_fail(self) -> None:
        api = client({"kind": "token_error", "times": 1, "error": "access_denied"})
        assert api.grant()["error"] == "access_denied"
        assert "access_token" in api.grant()

    @pytest.mark.parametrize(("style", "status"), [("4xx", 401), ("200", 200)])
    def test_grants_fail_in_both_styles(self, style: str, status: int) -> None:
        api = client({"kind": "token_error"}, token_errors=style)
        assert api.service.handle(Incoming("token", b"{}")).answer.status == status

    def test_good_bodies_with_500(self) -> None:
        api = client(playlist_500_probability=1, user_500_probability=1)
        playlist = api.call("playlist/info", {"playlist_id": WORLD.playlists_of("exact")[0]})
        assert (playlist.status, playlist.code) == (500, "ok")
        assert playlist.data["playlist_video_ids"]
        raw = api.service.handle(Incoming("user/info", b'{"username": "exact"}', "display_name", f"Bearer {api.token}"))
        decoded = json.loads(raw.answer.body)
        assert (raw.answer.status, "message" in decoded["error"]) == (500, False)
        assert decoded["data"] == {"display_name": "Exact"}
        assert client({"kind": "body_with_500"}).call("video/query", by_username("exact")).data["videos"]


class TestSearches:
    body = by_username("lossy", max_count=10)

    def follow(self, api: Client, cursor: int = 10) -> tuple[int, str]:
        search_id = api.call("video/query", self.body).data["search_id"]
        reply = api.call("video/query", self.body | {"cursor": cursor, "search_id": search_id})
        return reply.status, reply.message.replace(search_id, "…")

    def test_a_search_id_is_rejected_n_times(self) -> None:
        api = client({"kind": "search_id_rejected", "times": 3})
        search_id = api.call("video/query", self.body).data["search_id"]
        follow = self.body | {"cursor": 10, "search_id": search_id}
        replies = [api.call("video/query", follow) for _ in range(4)]
        assert [reply.status for reply in replies] == [400, 400, 400, 200]
        assert replies[0].message == f"Search Id {search_id} is invalid or expired"

    def test_a_cursor_is_rejected_n_times_but_never_the_first_page(self) -> None:
        api = client({"kind": "invalid_cursor", "times": 1})
        assert self.follow(api) == (400, "Invalid count or cursor")
        assert self.follow(api)[0] == 200

    def test_a_search_is_lost_for_good_at_a_page(self) -> None:
        api = client({"kind": "search_lost", "page": 3, "times": 1}, search_id_change_probability=0)
        search_id = api.call("video/query", self.body).data["search_id"]

        def status(cursor: int) -> int:
            return api.call("video/query", self.body | {"cursor": cursor, "search_id": search_id}).status

        assert [status(10), status(20), status(20), status(10)] == [200, 400, 400, 400]
        assert list(api.pages("video/query", self.body))[-1]["has_more"] is False

    def test_late_videos_shift_the_pages_and_rows_repeat(self) -> None:
        api = client({"kind": "late_videos", "count": 4, "page": 2, "times": 1}, drop_rate=0)
        rows = [row["id"] for page in api.pages("video/query", self.body) for row in page["videos"]]
        truth = [row["id"] for row in WORLD.videos_of("lossy", START, END)]
        assert rows[:10] == truth[4:14]
        assert rows[10:] == truth[10:]
        again = [row["id"] for page in api.pages("video/query", self.body) for row in page["videos"]]
        assert again == truth

    def test_vanishing_videos_shift_the_pages_and_rows_are_missed(self) -> None:
        api = client({"kind": "vanishing_videos", "count": 3, "page": 2, "times": 1}, drop_rate=0)
        pages = list(api.pages("video/query", self.body))
        rows = [row["id"] for page in pages for row in page["videos"]]
        truth = [row["id"] for row in WORLD.videos_of("lossy", START, END)]
        assert rows == truth[:10] + truth[13:]
        assert pages[-1]["cursor"] == len(truth) - 3


class TestPages:
    body = by_username("exact", max_count=10)

    def test_an_empty_page_moves_on(self) -> None:
        data = client({"kind": "empty_page"}).call("video/query", self.body).data
        assert (data["videos"], data["cursor"], data["has_more"]) == ([], 10, True)

    def test_a_stuck_cursor(self) -> None:
        api = client({"kind": "stuck_cursor", "endpoint": "user/reposted_videos"})
        data = api.call("user/reposted_videos", {"username": "exact", "cursor": 20, "max_count": 10}).data
        assert (data["cursor"], data["has_more"], bool(data["reposted_videos"])) == (20, True, True)

    def test_unknown_fields(self) -> None:
        rows = (
            client({"kind": "extra_fields", "fields": {"brand_new": [1]}}).call("video/query", self.body).data["videos"]
        )
        assert all(row["brand_new"] == [1] for row in rows)

    @pytest.mark.parametrize(
        ("how", "check"),
        [
            ("string_number", lambda row: row["view_count"] == "not a number"),
            ("missing_id", lambda row: "id" not in row),
            ("null_time", lambda row: row["create_time"] is None),
        ],
    )
    def test_broken_rows(self, how: str, check: Any) -> None:
        api = client({"kind": "broken_rows", "count": 2, "how": how})
        rows = api.call("video/query", self.body, "id,view_count,create_time").data["videos"]
        assert [bool(check(row)) for row in rows[:3]] == [True, True, False]


def test_the_token_endpoint_is_hit_only_when_it_is_named() -> None:
    api = client({"kind": "reset_before"})
    assert "access_token" in api.grant()
    api.service.faults.add("reset_after", endpoint="token", times=1)
    assert api.service.handle(Incoming("token", b"")).reset
    assert not api.service.handle(Incoming("token", b"")).reset


def test_every_kind_can_be_added_with_its_defaults() -> None:
    faults = Faults()
    for kind in KINDS:
        faults.add(kind)
    assert [rule["kind"] for rule in faults.rules()] == list(KINDS)
