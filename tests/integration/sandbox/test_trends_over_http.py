"""The trend endpoints over HTTP, on the same port as the rest, with what the sandbox announces."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from sandbox.testing import SandboxServer
from sandbox.trends.world import ListName
from tests.integration.sandbox.test_command_line import running

NOW = datetime(2026, 8, 3, 12, tzinfo=UTC)
HASHTAGS = "/CreativeOne/KnowledgeAPI/GetHashtagList"
SOUNDS = "/creative_radar_api/v1/popular_trend/sound/rank_list"
BUSINESS = "/open_api/v1.3/discovery/trending/search/"
BODY = {"timeRange": 7, "countryCode": "US", "page": 1, "limit": 20}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer(now=NOW) as server:
        yield server


def test_what_the_server_hands_out_is_good(sandbox: SandboxServer) -> None:
    login, business = sandbox.trend_login, sandbox.business_credentials
    headers = {"Cookie": login["cookie"], "x-csrftoken": login["csrf_token"]}
    current = requests.post(sandbox.url + HASHTAGS, json=BODY, headers=headers, timeout=10).json()
    assert len(current["items"]) == 20
    params = {"period": "7", "country_code": "US"}
    legacy = requests.get(sandbox.url + SOUNDS, params=params, headers=sandbox.legacy_headers, timeout=10).json()
    assert len(legacy["data"]["sound_list"]) == 20
    keywords = requests.get(
        sandbox.url + BUSINESS,
        params={"business_id": business["business_id"]},
        headers={"Access-Token": business["access_token"]},
        timeout=10,
    ).json()
    assert len(keywords["data"]["search_keywords"]) == 20


def test_what_trends_is_told_to_tests(sandbox: SandboxServer) -> None:
    items = requests.post(sandbox.url + HASHTAGS, json=BODY, timeout=10).json()["items"]
    entries = sandbox.trends.now(ListName("hashtag", "US", 7), sandbox.clock.seconds())
    assert [item["hashtagID"] for item in items] == [sandbox.trends.id_of("hashtag", e.name) for e in entries[:3]]


def test_paths_and_methods_are_exact(sandbox: SandboxServer) -> None:
    assert requests.get(sandbox.url + HASHTAGS, timeout=10).status_code == 405
    assert requests.get(sandbox.url + BUSINESS.rstrip("/"), timeout=10).status_code == 404
    assert requests.get(sandbox.url + "/creative_radar_api/v1/popular_trend/sound/list", timeout=10).status_code == 404


def test_a_cut_connection(sandbox: SandboxServer) -> None:
    sandbox.faults.add("reset_after", endpoint="creative_center", times=1)
    with pytest.raises(requests.ConnectionError):
        requests.post(sandbox.url + HASHTAGS, json=BODY, timeout=10)
    assert requests.post(sandbox.url + HASHTAGS, json=BODY, timeout=10).ok


def test_the_admin_route_gives_credentials_that_outlive_a_restart_as_counts_do(tmp_path: Path) -> None:
    options = ("--state", str(tmp_path / "state.jsonl"), "--now", "2026-08-03T12:00:00Z")
    with running(*options) as (url, process):
        secret = requests.get(f"{url}/_sandbox/trend_credentials", timeout=10).json()
        assert requests.get(f"{url}/_sandbox/", timeout=10).json()["trend_credentials"].keys() == secret.keys()
        assert requests.post(url + HASHTAGS, json=BODY, timeout=10).ok
        process.kill()
        process.wait(timeout=20)
    with running(*options) as (url, _):
        headers = secret["creative_center_legacy"]["headers"]
        answer = requests.get(url + SOUNDS, params={"period": 7}, headers=headers, timeout=10).json()
        assert answer["code"] == 0
        served = requests.get(f"{url}/_sandbox/served?family=creative_center", timeout=10).json()
        assert served["by_endpoint"] == {"creative_center/hashtags": 1, "legacy/sounds": 1}
        assert requests.get(f"{url}/_sandbox/served?family=research", timeout=10).json()["received"] == 0
