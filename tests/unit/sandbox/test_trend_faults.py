"""What faults do to answers about trends."""

import json
from typing import Any

import pytest

from sandbox.faults import KINDS
from sandbox.trends.world import TrendWorld
from tests.unit.sandbox.trend_support import EVERY_LIST, HASHTAGS, TrendClient, more_follows, rows_of, trend_world

WORLD = trend_world()
HASHTAG_LISTS = ("creative_center/hashtags", "legacy/hashtags", "business/hashtags")
CODES = {"creative_center/hashtags": 38001001, "legacy/hashtags": 40101, "business/hashtags": 40102}


def client(*rules: dict[str, Any], **settings: Any) -> TrendClient:
    api = TrendClient(WORLD, **settings)
    for rule in rules:
        api.service.faults.add(**({"endpoint": "trends"} | rule))
    return api


def code_of(body: dict[str, Any]) -> Any:
    return body["code"] if "code" in body else body["BaseResp"]["StatusCode"]


@pytest.mark.parametrize("endpoint", HASHTAG_LISTS)
class TestInsteadOfTheAnswer:
    @pytest.mark.parametrize(
        ("rule", "status", "code"),
        [
            ({"kind": "no_permission"}, 200, 40101),
            ({"kind": "rate_limited"}, 200, 40100),
            ({"kind": "deprecated"}, 200, "deprecated"),
            ({"kind": "internal_error"}, 500, 50000),
            ({"kind": "error", "status": 418, "code": 7, "message": "tea"}, 418, 7),
        ],
    )
    def test_an_error_in_the_words_of_the_api(
        self, endpoint: str, rule: dict[str, Any], status: int, code: Any
    ) -> None:
        api = client(rule)
        reply = api.call(endpoint, api.usual(endpoint))
        assert (reply.status, code_of(reply.body)) == (status, code)
        assert api.service.journal.records()[-1].faults == [rule["kind"]]

    def test_credentials_that_expire_at_once(self, endpoint: str) -> None:
        api = client({"kind": "login_expired", "times": 1})
        assert code_of(api.call(endpoint, api.usual(endpoint)).body) == CODES[endpoint]
        assert code_of(api.call(endpoint, api.usual(endpoint)).body) == 0

    @pytest.mark.parametrize(("kind", "status"), [("html", 200), ("bad_gateway", 502), ("gateway_timeout", 504)])
    def test_html(self, endpoint: str, kind: str, status: int) -> None:
        api = client({"kind": kind})
        answer = api.send(endpoint, api.usual(endpoint)).answer
        assert (answer.status, answer.content_type, answer.body[:6]) == (status, "text/html", b"<html>")

    def test_a_list_that_is_gone(self, endpoint: str) -> None:
        for how, status in (("message", 200), ("404", 404)):
            api = client({"kind": "deprecated", "how": how})
            answer = api.send(endpoint, api.usual(endpoint)).answer
            assert answer.status == status
            assert how == "404" or b"deprecated" in answer.body

    def test_json_that_breaks_off(self, endpoint: str) -> None:
        api = client({"kind": "broken_json"})
        with pytest.raises(ValueError, match="Unterminated"):
            api.call(endpoint, api.usual(endpoint))

    def test_a_400_that_says_nothing(self, endpoint: str) -> None:
        api = client({"kind": "bare_400"})
        assert api.call(endpoint, api.usual(endpoint))[:2] == (400, {})

    def test_a_pause_in_the_header(self, endpoint: str) -> None:
        api = client({"kind": "rate_limited", "retry_after": 9})
        assert api.call(endpoint, api.usual(endpoint)).headers == {"Retry-After": "9"}

    def test_a_cut_connection_and_a_slow_one(self, endpoint: str) -> None:
        api = client({"kind": "reset_before", "times": 1}, {"kind": "reset_after", "times": 1}, {"kind": "delay"})
        sent = [api.send(endpoint, api.usual(endpoint)) for _ in range(3)]
        assert [(each.reset, each.delay) for each in sent] == [(True, 0), (True, 1), (False, 1)]
        assert api.service.journal.served(None, None, endpoint).received == 2


@pytest.mark.parametrize("endpoint", EVERY_LIST)
class TestTheList:
    def test_empty_with_a_code_of_success(self, endpoint: str) -> None:
        api = client({"kind": "empty_page"})
        body = api.call(endpoint, api.usual(endpoint)).body
        assert (code_of(body), rows_of(endpoint, body)) == (0, [])

    def test_three_rows_for_everybody(self, endpoint: str) -> None:
        good = TrendClient(WORLD).rows(endpoint)
        api = client({"kind": "shrunken_list"})
        body = api.call(endpoint, api.usual(endpoint)).body
        assert rows_of(endpoint, body) == good[:3]
        assert not more_follows(body)

    def test_no_list_at_all(self, endpoint: str) -> None:
        api = client({"kind": "missing_list"})
        body = api.call(endpoint, api.usual(endpoint)).body
        assert code_of(body) == 0
        with pytest.raises(KeyError):
            rows_of(endpoint, body)

    def test_rows_come_twice(self, endpoint: str) -> None:
        good = TrendClient(WORLD)
        rows = client({"kind": "repeated_rows", "count": 2}).rows(endpoint, page=2)
        if endpoint.startswith("business/"):
            assert rows == good.rows(endpoint)[:2] + good.rows(endpoint)
        else:
            assert rows == good.rows(endpoint, page=1)[-2:] + good.rows(endpoint, page=2)

    def test_numbers_as_text_and_ids_as_numbers(self, endpoint: str) -> None:
        body = client({"kind": "text_numbers"}).call(endpoint, TrendClient(WORLD).usual(endpoint)).body
        numbers = [value for value in leaves(body) if isinstance(value, int | float) and not isinstance(value, bool)]
        assert all(value >= 0 for value in numbers)
        assert code_of(body) == "0"

    def test_a_body_of_any_size(self, endpoint: str) -> None:
        api = client({"kind": "huge_body", "megabytes": 0.5})
        answer = api.send(endpoint, api.usual(endpoint)).answer
        assert len(answer.body) == 1 << 19
        assert rows_of(endpoint, json.loads(answer.body)) == TrendClient(WORLD).rows(endpoint)

    def test_rows_that_break_the_schema(self, endpoint: str) -> None:
        good = TrendClient(WORLD).rows(endpoint)
        if not isinstance(good[0], dict):
            return
        for how in ("missing_id", "null_time", "string_number"):
            rows = client({"kind": "broken_rows", "how": how, "count": 2}).rows(endpoint)
            assert [one == other for one, other in zip(good, rows, strict=True)].count(False) <= 2
            assert how == "missing_id" or len(rows[0]) == len(good[0])
        assert client({"kind": "extra_fields"}).rows(endpoint)[0] == good[0] | {"sandbox_extra": 1}


def leaves(value: Any) -> list[Any]:
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return [leaf for each in inner for leaf in leaves(each)]
    return [value]


def test_a_row_loses_what_names_it() -> None:
    for endpoint, names in (("legacy/hashtags", {"hashtag_id", "hashtag_name"}), ("legacy/sounds", {"clip_id"})):
        rows = client({"kind": "broken_rows", "how": "missing_id"}).rows(endpoint)
        assert names.isdisjoint(rows[0])
        assert names <= rows[1].keys()


@pytest.mark.parametrize("endpoint", HASHTAG_LISTS)
def test_two_rows_share_a_rank(endpoint: str) -> None:
    name = {"creative_center/hashtags": "rankIndex", "legacy/hashtags": "rank"}.get(endpoint, "rank_position")
    rows = client({"kind": "repeated_ranks", "count": 2}).rows(endpoint)
    assert [int(row[name]) for row in rows[:4]] == [1, 1, 1, 4]


class TestWhichRequests:
    def test_by_country_and_period_whatever_they_are_called(self) -> None:
        api = client({"kind": "no_permission", "match": {"country": "GB", "period": 30}})
        for endpoint, country, period in (
            ("creative_center/hashtags", "countryCode", "timeRange"),
            ("legacy/hashtags", "country_code", "period"),
        ):
            assert code_of(api.call(endpoint, api.usual(endpoint) | {country: "GB", period: 7}).body) == 0
            assert code_of(api.call(endpoint, api.usual(endpoint) | {country: "GB", period: 30}).body) == 40101

    def test_by_page(self) -> None:
        api = client({"kind": "internal_error", "match": {"page": 2}})
        assert [api.call("creative_center/hashtags", HASHTAGS | {"page": page}).status for page in (1, 2)] == [200, 500]

    def test_by_group(self) -> None:
        api = client({"kind": "no_permission", "endpoint": ["legacy", "business/sounds"]})
        hit = [each for each in EVERY_LIST if code_of(api.call(each, api.usual(each)).body) == 40101]
        assert hit == [*(each for each in EVERY_LIST if each.startswith("legacy/")), "business/sounds"]

    def test_a_group_means_those_that_the_kind_can_apply_to(self) -> None:
        faults = client().service.faults
        faults.add("empty_page", endpoint="creative_center")
        assert faults.rules()[0]["endpoint"] == ["creative_center/hashtags", "creative_center/videos"]
        with pytest.raises(ValueError, match="does not apply to 'legacy'"):
            faults.add("scope_missing", endpoint="legacy")

    def test_a_rule_that_names_none_is_about_the_research_api_if_it_can_be(self) -> None:
        faults = client().service.faults
        for kind in KINDS:
            faults.add(kind)
        for rule in faults.rules():
            trends = {
                "/" in name and name.split("/")[0] in ("creative_center", "legacy", "business")
                for name in rule["endpoint"]
            }
            assert len(trends) == 1

    def test_a_wrong_way_to_be_deprecated_is_refused(self) -> None:
        with pytest.raises(ValueError, match="deprecated by code, message, 404; not 'fax'"):
            client({"kind": "deprecated", "how": "fax"})


def test_a_fault_changes_one_answer_and_not_what_is_true() -> None:
    api = client({"kind": "repeated_ranks", "times": 1}, {"kind": "extra_fields", "times": 1})
    api.rows("business/hashtags")
    assert api.rows("business/hashtags") == TrendClient(WORLD).rows("business/hashtags")
    assert isinstance(api.trends.trends, TrendWorld)
