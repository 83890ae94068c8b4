from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.unit.sandbox.support import NOW, Client, by_username, small_world

WORLD = small_world()
DAY = 86_400
FOLLOWERS = {"username": "exact"}
INFO = {"username": "exact"}


def client(**settings: Any) -> Client:
    return Client(WORLD, **{"token_ttl_seconds": 10 * DAY} | settings)


def spend(api: Client, endpoint: str, count: int) -> list[int]:
    fields = "display_name" if endpoint == "user/info" else "id"
    return [api.call(endpoint, INFO, fields).status for _ in range(count)]


class TestDailyQuota:
    def test_every_request_of_the_day_beyond_it_is_refused(self) -> None:
        api = client(research_quota=3)
        assert spend(api, "user/info", 5) == [200, 200, 200, 429, 429]
        reply = api.call("video/query", by_username("exact"))
        assert (reply.code, reply.data) == ("daily_quota_limit_exceeded", {})
        assert reply.message == "The API daily quota limit exceeded. Please try again later"

    def test_followers_have_their_own(self) -> None:
        api = client(research_quota=1, followers_quota=3)
        assert spend(api, "user/info", 2) == [200, 429]
        assert spend(api, "user/followers", 2) + spend(api, "user/following", 2) == [200, 200, 200, 429]

    def test_followers_and_following_may_have_one_each(self) -> None:
        api = client(followers_quota=1, followers_quota_shared=False)
        assert spend(api, "user/followers", 2) + spend(api, "user/following", 2) == [200, 429, 200, 429]

    def test_it_comes_back_at_midnight_utc(self) -> None:
        api = client(research_quota=1)
        api.clock.set(datetime(2025, 3, 1, 23, 59, 59, tzinfo=UTC))
        assert spend(api, "user/info", 2) == [200, 429]
        api.clock.advance(1)
        assert spend(api, "user/info", 2) == [200, 429]

    def test_or_hours_later(self) -> None:
        api = client(research_quota=1, quota_reset_lag_seconds=7200)
        assert spend(api, "user/info", 2) == [200, 429]
        api.clock.set(datetime(2025, 3, 2, 1, 59, 59, tzinfo=UTC))
        assert spend(api, "user/info", 1) == [429]
        api.clock.advance(1)
        assert spend(api, "user/info", 2) == [200, 429]
        served = api.service.journal.served("2025-03-02", "research", None)
        assert (served.received, served.charged) == (3, 1)

    def test_failures_are_charged_unless_told_otherwise(self) -> None:
        for charged, expected in ((True, [500, 429]), (False, [500, 500])):
            api = client(research_quota=1, charge_failures=charged)
            api.service.faults.add("internal_error")
            assert spend(api, "user/info", 2) == expected

    def test_bad_requests_are_charged_and_bad_tokens_are_not(self) -> None:
        api = client(research_quota=2)
        assert api.call("user/info", {}, "display_name").status == 400
        assert api.call("user/info", INFO, "display_name", token="clt.wrong").status == 401
        assert api.call("user/info", b"not json", "display_name").status == 400
        served = api.service.journal.served(date(2025, 3, 1), "research", None)
        assert (served.received, served.charged, served.by_status) == (3, 2, {"400": 2, "401": 1})
        assert api.call("user/info", INFO, "display_name").status == 429


class TestShortTermLimit:
    def test_a_sliding_window_over_all_endpoints(self) -> None:
        api = client(rate_limit_requests=2, rate_limit_window_seconds=10, rate_limit_retry_after=7)
        assert spend(api, "user/info", 2) == [200, 200]
        reply = api.call("user/followers", FOLLOWERS)
        assert (reply.status, reply.code, reply.headers) == (429, "rate_limit_exceeded", {"Retry-After": "7"})
        api.clock.advance(10.5)
        assert spend(api, "user/info", 1) == [200]

    def test_it_is_charged_and_need_not_say_how_long(self) -> None:
        api = client(rate_limit_requests=0)
        assert api.call("user/info", INFO, "display_name").headers == {}
        assert api.service.journal.served(None, "research", None).charged == 1


class TestTokens:
    def test_a_token_lives_two_hours(self) -> None:
        api = Client(WORLD)
        api.clock.advance(7199)
        assert spend(api, "user/info", 1) == [200]
        api.clock.advance(1)
        reply = api.call("user/info", INFO, "display_name")
        assert (reply.status, reply.code) == (401, "access_token_invalid")
        api.token = api.grant()["access_token"]
        assert spend(api, "user/info", 1) == [200]

    def test_an_older_token_stays_valid_unless_tokens_rotate(self) -> None:
        for rotates, status in ((False, 200), (True, 401)):
            api = client(token_rotates=rotates)
            api.grant()
            assert spend(api, "user/info", 1) == [status]

    @pytest.mark.parametrize(
        ("fields", "error"),
        [
            ({"client_secret": "wrong"}, "invalid_client"),
            ({"client_key": ""}, "invalid_request"),
            ({"grant_type": "authorization_code"}, "unsupported_grant_type"),
        ],
    )
    def test_refusals_are_flat(self, fields: dict[str, str], error: str) -> None:
        answer = client().grant(**fields)
        assert answer["error"] == error
        assert set(answer) == {"error", "error_description", "log_id"}

    def test_scopes_can_be_missing_for_some_endpoints(self) -> None:
        api = client(unauthorized_endpoints=["user/followers"])
        reply = api.call("user/followers", FOLLOWERS)
        assert (reply.status, reply.code) == (401, "scope_not_authorized")
        assert spend(api, "user/info", 1) == [200]
        assert api.service.journal.served(None, "followers", None).charged == 0

    def test_secrets_are_not_in_the_request_log(self) -> None:
        api = client()
        assert "sandbox-client-secret" not in str(api.service.journal.records())


def test_log_ids_are_34_characters_that_begin_with_the_time() -> None:
    api = client()
    api.call("user/info", INFO, "display_name")
    log_id = api.service.journal.records()[-1].log_id
    assert len(log_id) == 34
    assert log_id.startswith(f"{NOW:%Y%m%d%H%M%S}")
    assert log_id[14:].isupper() or log_id[14:].isdigit()
