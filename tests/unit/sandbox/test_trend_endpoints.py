"""The shapes, caps and refusals of the trend endpoints."""

import json
import unicodedata
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.endpoints import TREND_ENDPOINTS
from sandbox.trends.world import ListName
from tests.unit.sandbox.trend_support import EVERY_LIST, HASHTAGS, NOW, TrendClient, rows_of, trend_world

WORLD = trend_world()
API = TrendClient(WORLD)
SIZES = dict(zip(EVERY_LIST, (100, 100, 100, 100, 500, 459, 500, 200, 100, 20), strict=True))
NAMES = {"creative_center/hashtags": "hashtagName", "legacy/hashtags": "hashtag_name",
         "business/hashtags": "hashtag_name"}  # fmt: skip


@pytest.mark.parametrize("endpoint", EVERY_LIST)
def test_a_caller_with_credentials_gets_the_whole_list_page_by_page(endpoint: str) -> None:
    rows = API.all_rows(endpoint) if not endpoint.startswith("business/") else API.rows(endpoint)
    assert len(rows) == SIZES[endpoint]
    assert len({json.dumps(row) for row in rows}) == len(rows)


@pytest.mark.parametrize("endpoint", NAMES)
def test_names_are_written_in_ways_that_normalising_makes_one(endpoint: str) -> None:
    rows = API.all_rows(endpoint) if not endpoint.startswith("business/") else API.rows(endpoint)
    written = [row[NAMES[endpoint]] for row in rows]
    plain = [unicodedata.normalize("NFKC", name).casefold().strip().lstrip("#").strip() for name in written]
    name = ListName("hashtag", "US", 7)
    second = NOW.timestamp()
    current = endpoint.startswith("creative_center/")
    true = API.trends.trends.now(name, second) if current else API.trends.trends.of_day(name, second)
    assert plain == [unicodedata.normalize("NFKC", entry.name).casefold() for entry in true][: len(plain)]
    assert sum(one != other for one, other in zip(written, plain, strict=True)) > len(plain) // 10
    assert any(name.startswith("#") for name in written)
    assert any(name.endswith(" ") for name in written)


class TestCreativeCenter:
    def test_three_rows_without_a_login_and_no_second_page(self) -> None:
        body = API.call("creative_center/hashtags", HASHTAGS, {}).body
        assert body["BaseResp"] == {"StatusCode": 0, "StatusMessage": ""}
        assert [row["rankIndex"] for row in body["items"]] == [1, 2, 3]
        assert body["pagination"]["totalCount"] == 100
        refused = API.call("creative_center/hashtags", HASHTAGS | {"page": 2}, {}).body
        assert refused == {"BaseResp": {"StatusCode": 38001001, "StatusMessage": "InvalidLogin"}}

    def test_the_same_three_lead_the_list_of_a_login(self) -> None:
        free = API.call("creative_center/hashtags", HASHTAGS, {}).body["items"]
        assert API.rows("creative_center/hashtags")[:3] == free

    def test_a_login_without_its_token_is_not_honoured(self) -> None:
        headers = {"cookie": API.headers["cookie"]}
        assert (
            len(rows_of("creative_center/hashtags", API.call("creative_center/hashtags", HASHTAGS, headers).body)) == 3
        )

    def test_a_login_expires(self) -> None:
        api = TrendClient(WORLD, login_lifetime_seconds=3600)
        api.clock.advance(3599)
        assert len(api.rows("creative_center/hashtags")) == 20
        api.clock.advance(1)
        body = api.call("creative_center/hashtags", HASHTAGS).body
        assert body["BaseResp"]["StatusCode"] == 38001001
        assert "items" not in body

    def test_a_login_that_was_never_given_out_has_expired_too(self) -> None:
        body = API.call("creative_center/hashtags", HASHTAGS, {"cookie": "sid_tt=made-up", "x-csrftoken": "x"}).body
        assert body["BaseResp"]["StatusMessage"] == "InvalidLogin"

    def test_big_numbers_are_text_if_asked_for(self) -> None:
        numbers = API.rows("creative_center/hashtags")[0]
        headers = API.headers | {"agw-js-conv": "str"}
        text = API.call("creative_center/hashtags", HASHTAGS, headers).body["items"][0]
        for field in ("publishCnt", "vv"):
            assert text[field] == str(numbers[field])
            assert isinstance(numbers[field], int)
        assert text["hashtagID"] == numbers["hashtagID"]

    def test_a_curve_is_daily_from_0_to_100(self) -> None:
        for row in API.all_rows("creative_center/hashtags"):
            points = row["popularityCurve"]
            assert len(points) == 7
            assert {int(b["timestamp"]) - int(a["timestamp"]) for a, b in pairwise(points)} == {86_400}
            assert all(0 <= point["value"] <= 100 for point in points)

    def test_ranks_ascend_with_gaps(self) -> None:
        ranks = [row["rankIndex"] for row in API.all_rows("creative_center/hashtags")]
        assert ranks == sorted(set(ranks))
        assert ranks[-1] > 100

    @pytest.mark.parametrize("wrong", [{"countryCode": "XX"}, {"timeRange": 8}, {"industryID": 99}, {"limit": "many"}])
    def test_what_it_does_not_know_is_refused_by_name(self, wrong: dict[str, Any]) -> None:
        reply = API.call("creative_center/hashtags", HASHTAGS | wrong)
        assert reply.body == {"code": "InvalidRequest", "message": f"invalid {next(iter(wrong))}"}

    def test_an_industry_has_a_list_of_its_own(self) -> None:
        rows = API.rows("creative_center/hashtags", industryID=25_000_000_000)
        assert all(row["industryIDs"] == [25_000_000_000] for row in rows)
        assert rows != API.rows("creative_center/hashtags")

    def test_videos_have_bare_ids_and_four_rows_without_a_login(self) -> None:
        answer = API.send("creative_center/videos", API.usual("creative_center/videos"), {}).answer
        body = json.loads(answer.body)
        assert (len(body["entityInfos"]), body["pagination"]["totalCount"]) == (4, 100)
        item = body["entityInfos"][0]["itemInfo"]
        assert f'"itemID":{item["itemID"]},'.encode() in answer.body
        assert len(str(item["itemID"])) == len(str(item["authorID"])) == 19

    def test_videos_are_asked_for_by_the_ends_that_the_overview_tells(self) -> None:
        overview = API.call("creative_center/overview", {}).body
        ends = [datetime.fromtimestamp(overview[f"last{name}EndTimestamp"], UTC) for name in ("Weekly", "Monthly")]
        assert [ends[0].weekday(), ends[1].day] == [0, 1]
        month = {"periodDimension": 5, "periodEndTimestamp": overview["lastMonthlyEndTimestamp"]}
        assert len(API.rows("creative_center/videos", **month)) == 20
        wrong = API.call("creative_center/videos", API.usual("creative_center/videos", periodEndTimestamp=5)).body
        assert wrong == {"code": "InvalidRequest", "message": "invalid periodEndTimestamp"}


class TestLegacy:
    @pytest.mark.parametrize("missing", ["anonymous-user-id", "timestamp", "user-sign"])
    def test_no_permission_without_each_header(self, missing: str) -> None:
        for value in ({}, {missing: "1"}):
            headers = {name: each for name, each in API.headers.items() if name != missing} | value
            reply = API.call("legacy/hashtags", API.usual("legacy/hashtags"), headers)
            assert (reply.status, reply.body["code"], reply.body["msg"]) == (200, 40101, "no permission")

    def test_headers_expire_and_new_ones_are_good(self) -> None:
        api = TrendClient(WORLD, legacy_headers_lifetime_seconds=60)
        api.clock.advance(60)
        assert api.call("legacy/sounds", api.usual("legacy/sounds")).body["code"] == 40101
        api.headers = api.fresh()
        assert api.call("legacy/sounds", api.usual("legacy/sounds")).body["code"] == 0

    @pytest.mark.parametrize("endpoint", ["legacy/hashtags", "legacy/sounds"])
    def test_differences_of_ranks_lead_back_to_yesterday(self, endpoint: str) -> None:
        key = "hashtag_id" if endpoint == "legacy/hashtags" else "clip_id"
        days: list[dict[str, dict[str, Any]]] = []
        for day in range(8):
            api = TrendClient(WORLD, now=NOW + timedelta(days=day))
            days.append({row[key]: row for row in api.all_rows(endpoint)})
        seen = set()
        for before, after in pairwise(days):
            for name, row in after.items():
                seen.add(row["rank_diff_type"])
                sign = {1: 1, 2: 0, 3: -1}.get(row["rank_diff_type"])
                if sign is None:
                    assert name not in before
                    assert row.get("rank_diff") is None
                else:
                    assert before[name]["rank"] == row["rank"] + sign * row["rank_diff"]
        assert seen == {1, 2, 3, 4}

    def test_hashtags_leave_out_what_is_optional(self) -> None:
        rows = API.all_rows("legacy/hashtags")
        assert 30 < sum("industry_info" in row for row in rows) < 70
        assert {"rank_diff" in row for row in rows if row["rank_diff_type"] == 4} <= {False}
        values = {type(point["value"]) for row in rows for point in row["trend"]}
        assert values == {int, float}
        assert max(row["video_views"] for row in rows) > 2**31

    def test_sounds_have_ids_that_a_double_cannot_hold(self) -> None:
        rows = API.all_rows("legacy/sounds")
        ids = [item["item_id"] for row in rows for item in row["related_items"]]
        assert all(isinstance(each, int) for each in ids)
        assert any(int(float(each)) != each for each in ids)
        assert all(row["link"].endswith(f"x-{row['clip_id']}") for row in rows)
        assert {("music_url" in row) == row["if_cml"] for row in rows} == {True}

    def test_creators_are_ordered_as_asked_and_partly_accounts_of_the_world(self) -> None:
        for order, field in (("follower", "follower_cnt"), ("avg_views", None)):
            rows = API.all_rows("legacy/creators", sort_by=order)
            numbers = [row[field] if field else row["items"][0]["vv"] for row in rows]
            assert numbers == sorted(numbers, reverse=True)
        handles = {row["tt_link"].rpartition("@")[2] for row in rows}
        assert handles & set(WORLD.usernames())

    def test_videos_have_other_names_for_their_pages(self) -> None:
        body = API.call("legacy/videos", API.usual("legacy/videos")).body
        assert body["data"]["pagination"] == {"has_more": True, "limit": 20, "page": 1, "total_count": 500}
        assert len({row["item_url"].split("/")[3] for row in body["data"]["videos"]}) == 1

    @pytest.mark.parametrize(
        ("endpoint", "wrong"),
        [
            ("legacy/hashtags", {"period": 90}),
            ("legacy/videos", {"period": 120}),
            ("legacy/videos", {"country_code": "AR"}),
            ("legacy/creators", {"creator_country": "MX"}),
            ("legacy/creators", {"sort_by": "name"}),
            ("legacy/keywords", {"industry": "22000000000,1"}),
            ("legacy/sounds", {"limit": 0}),
        ],
    )
    def test_what_a_list_does_not_know_is_refused_by_name(self, endpoint: str, wrong: dict[str, Any]) -> None:
        body = API.call(endpoint, API.usual(endpoint, **wrong)).body
        assert (body["code"], body["msg"]) == (40000, f"invalid param: {next(iter(wrong))}")
        assert "data" not in body


class TestBusinessApi:
    @pytest.mark.parametrize(("token", "code"), [(None, 40104), ("", 40104), ("sandbox-1-2", 40105), ("é", 40105)])
    def test_a_token_is_needed(self, token: str | None, code: int) -> None:
        headers = {} if token is None else {"access-token": token}
        assert API.call("business/keywords", API.usual("business/keywords"), headers).body["code"] == code

    def test_a_token_expires_if_it_is_told_to(self) -> None:
        api = TrendClient(WORLD, business_token_lifetime_seconds=10)
        api.clock.advance(10)
        assert api.call("business/hashtags", api.usual("business/hashtags")).body["code"] == 40102

    def test_the_scope_can_be_missing(self) -> None:
        api = TrendClient(WORLD, business_scope=False)
        body = api.call("business/sounds", api.usual("business/sounds")).body
        assert (body["code"], "Discovery" in body["message"]) == (40001, True)

    @pytest.mark.parametrize(
        ("endpoint", "wrong", "code"),
        [
            ("business/hashtags", {"advertiser_id": ""}, 40002),
            ("business/hashtags", {"advertiser_id": "5"}, 40001),
            ("business/hashtags", {"discovery_type": "SONG"}, 40002),
            ("business/hashtags", {"date_range": "90DAY"}, 40002),
            ("business/hashtags", {"country_code": "usa"}, 40002),
            ("business/sounds", {"date_range": "120DAY"}, 40002),
            ("business/sounds", {"genre": "POLKA?"}, 40002),
            ("business/keywords", {"business_id": ""}, 40002),
        ],
    )
    def test_parameters_are_checked(self, endpoint: str, wrong: dict[str, Any], code: int) -> None:
        body = API.call(endpoint, API.usual(endpoint, **wrong)).body
        assert (body["code"], next(iter(wrong)) in body["message"]) == (code, True)

    def test_ranks_are_now_and_then_text_and_new_ones_say_so(self) -> None:
        rows = API.rows("business/hashtags")
        assert [int(row["rank_position"]) for row in rows] == list(range(1, 201))
        assert {type(row["rank_position"]) for row in rows} == {int, str}
        assert {type(row["rank_change"]) for row in rows} == {int, str}
        assert {row["rank_change"] for row in rows if isinstance(row["rank_change"], str)} == {"NEW"}

    def test_small_numbers_of_views_are_not_told(self) -> None:
        days = [day for row in API.rows("business/hashtags") for day in row["trending_history"]]
        assert all(day["views_daily"] is None or day["views_daily"] >= 1000 for day in days)
        assert any(day["views_daily"] is None for day in days)


class TestCounting:
    def test_each_request_is_in_the_journal_under_its_family_and_costs_no_research_quota(self) -> None:
        api = TrendClient(WORLD, research_quota=1)
        for endpoint in TREND_ENDPOINTS:
            api.call(endpoint, api.usual(endpoint))
        served = api.service.journal.served("2026-08-03", "creative_center", None)
        assert served.by_endpoint.keys() == {name for name in TREND_ENDPOINTS if not name.startswith("business/")}
        assert api.service.journal.served(None, "business_api", None).received == 3
        assert api.service.journal.served(None, "research", None).received == 0
        assert not api.service.quotas.exhausted("video/query", api.clock.seconds(), api.service.settings)

    def test_a_record_has_the_parameters_the_rows_and_no_secret(self) -> None:
        api = TrendClient(WORLD)
        body = api.call("legacy/sounds", api.usual("legacy/sounds")).body
        record = api.service.journal.records()[-1]
        assert (record.endpoint, record.code, record.rows, record.log_id) == (
            "legacy/sounds",
            "ok",
            20,
            body["request_id"],
        )
        assert record.body == {"period": "7", "country_code": "US", "limit": "50"}
        assert not any(value in repr(record) for value in api.headers.values())

    def test_a_refusal_has_its_code(self) -> None:
        api = TrendClient(WORLD)
        api.call("legacy/sounds", api.usual("legacy/sounds"), {})
        assert api.service.journal.records()[-1].code == "40101"

    def test_each_family_has_a_window_of_its_own(self) -> None:
        api = TrendClient(WORLD, trend_rate_limit_requests=2, trend_rate_limit_retry_after=7, rate_limit_requests=0)
        replies = [api.call("legacy/videos", api.usual("legacy/videos")) for _ in range(3)]
        assert [reply.body["code"] for reply in replies] == [0, 0, 40100]
        assert [reply.headers.get("Retry-After") for reply in replies] == [None, None, "7"]
        assert api.call("creative_center/hashtags", HASHTAGS).body["code"] == 40100
        assert api.call("business/keywords", api.usual("business/keywords")).body["code"] == 0
        api.clock.advance(60)
        assert api.call("legacy/videos", api.usual("legacy/videos")).body["code"] == 0

    def test_what_is_retired_says_deprecated(self) -> None:
        api = TrendClient(WORLD, retired_trends=["legacy/keywords"])
        assert api.call("legacy/keywords", api.usual("legacy/keywords")).body["code"] == "deprecated"
        assert api.call("legacy/sounds", api.usual("legacy/sounds")).body["code"] == 0


anything = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.lists(st.text())
parameters = ("timeRange", "countryCode", "page", "limit", "industryID", "period", "country_code", "periodDimension",
              "contentLabelIDs", "industry", "sort_by", "advertiser_id", "business_id", "date_range")  # fmt: skip
names = ("cookie", "x-csrftoken", "agw-js-conv", "anonymous-user-id", "timestamp", "user-sign", "access-token")


@given(
    endpoint=st.sampled_from(TREND_ENDPOINTS),
    wrong=st.dictionaries(st.sampled_from(parameters), anything),
    headers=st.dictionaries(st.sampled_from(names), st.text()),
    known=st.booleans(),
)
def test_any_request_gets_a_json_object_and_a_record(
    endpoint: str, wrong: dict[str, Any], headers: dict[str, str], *, known: bool
) -> None:
    given_headers = API.headers | headers if known else headers
    answer = API.send(endpoint, API.usual(endpoint) | wrong, given_headers).answer
    assert answer.status in (200, 400)
    assert isinstance(json.loads(answer.body), dict)
    record = API.service.journal.records()[-1]
    assert (record.endpoint, record.status) == (endpoint, answer.status)


@given(st.binary(max_size=60))
def test_so_do_raw_bytes(raw: bytes) -> None:
    answer = API.send("creative_center/hashtags", raw).answer
    assert answer.status in (200, 400)
    assert isinstance(json.loads(answer.body), dict)
