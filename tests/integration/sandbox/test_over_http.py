"""The sandbox as other people's clients meet it: over HTTP, with their habits."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import pytest
import requests

from sandbox.testing import SandboxServer
from sandbox.world import AccountSpec, World

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
START, END = date(2025, 1, 20), date(2025, 2, 19)
QUERY = {"and": [{"field_name": "username", "operation": "EQ", "field_values": ["sandbox_alice"]}]}
BODY = {"query": QUERY, "start_date": "20250120", "end_date": "20250219", "max_count": 20}


@pytest.fixture
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer(now=NOW) as server:
        yield server


class Api:
    """A bare client."""

    def __init__(self, sandbox: SandboxServer) -> None:
        self.url = sandbox.url
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {token_of(sandbox)}"

    def post(self, path: str, body: Any = None, fields: str | None = "id", **options: Any) -> requests.Response:
        params = {} if fields is None else {"fields": fields}
        return self.session.post(f"{self.url}/v2/research/{path}/", params=params, json=body, timeout=10, **options)


def grant(sandbox: SandboxServer, **fields: str) -> requests.Response:
    form = {
        "client_key": sandbox.client_key,
        "client_secret": sandbox.client_secret,
        "grant_type": "client_credentials",
    }
    return requests.post(f"{sandbox.url}/v2/oauth/token/", data=form | fields, timeout=10)


def token_of(sandbox: SandboxServer) -> str:
    return str(grant(sandbox).json()["access_token"])


class TestLeniencies:
    def test_a_token_may_be_asked_for_by_form_or_json(self, sandbox: SandboxServer) -> None:
        form = {
            "client_key": sandbox.client_key,
            "client_secret": sandbox.client_secret,
            "grant_type": "client_credentials",
        }
        for options in ({"data": form}, {"json": form}):
            answer = requests.post(f"{sandbox.url}/v2/oauth/token/", timeout=10, **options).json()  # type: ignore[arg-type]
            assert answer["access_token"].startswith("clt.")
            assert (answer["expires_in"], answer["token_type"]) == (7200, "Bearer")

    @pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
    def test_bearer_in_any_case(self, sandbox: SandboxServer, scheme: str) -> None:
        headers = {"authorization": f"{scheme} {token_of(sandbox)}"}
        answer = requests.post(
            f"{sandbox.url}/v2/research/video/query/?fields=id", json=BODY, headers=headers, timeout=10
        )
        assert answer.status_code == 200

    def test_a_bare_token_without_a_scheme(self, sandbox: SandboxServer) -> None:
        for header, status in ((token_of(sandbox), 200), (f"Basic {token_of(sandbox)}", 401), ("clt.nonsense", 401)):
            url = f"{sandbox.url}/v2/research/video/query/?fields=id"
            assert requests.post(url, json=BODY, headers={"Authorization": header}, timeout=10).status_code == status

    def test_a_stray_quote_after_the_fields(self, sandbox: SandboxServer) -> None:
        assert Api(sandbox).post("video/query", BODY, fields="id,create_time'").status_code == 200

    def test_json_as_text(self, sandbox: SandboxServer) -> None:
        api = Api(sandbox)
        answer = api.session.post(
            f"{sandbox.url}/v2/research/video/query/?fields=id",
            data=json.dumps(BODY),
            headers={"Content-Type": "text/plain"},
            timeout=10,
        )
        assert len(answer.json()["data"]["videos"]) > 10

    def test_a_form_with_the_query_as_json_text(self, sandbox: SandboxServer) -> None:
        api = Api(sandbox)
        form = BODY | {"query": json.dumps(QUERY), "cursor": "0", "is_random": "false"}
        answer = api.session.post(f"{sandbox.url}/v2/research/video/query/?fields=id", data=form, timeout=10)
        assert answer.json()["data"]["cursor"] == 20

    def test_spaces_around_commas_in_fields(self, sandbox: SandboxServer) -> None:
        rows = Api(sandbox).post("video/query", BODY, fields="id, username , create_time").json()["data"]["videos"]
        assert {frozenset(row) for row in rows} == {frozenset({"id", "username", "create_time"})}

    def test_ids_as_numbers_or_text(self, sandbox: SandboxServer) -> None:
        api = Api(sandbox)
        video = next(
            v["id"] for v in sandbox.world.videos_of("sandbox_alice", START, END) if sandbox.world.comments_of(v["id"])
        )
        both = [api.post("video/comment/list", {"video_id": given}).json()["data"] for given in (video, str(video))]
        assert both[0] == both[1]
        assert both[0]["comments"]
        by_id = {"and": [{"field_name": "video_id", "operation": "EQ", "field_values": [video]}]}
        assert [row["id"] for row in api.post("video/query", BODY | {"query": by_id}).json()["data"]["videos"]] == [
            video
        ]

    def test_big_integers_are_plain_numbers(self, sandbox: SandboxServer) -> None:
        text = Api(sandbox).post("video/query", BODY).text
        first = sandbox.world.videos_of("sandbox_alice", START, END)[0]["id"]
        assert f'"id":{first}' in text


class TestTransport:
    def test_paths_end_in_a_slash(self, sandbox: SandboxServer) -> None:
        api = Api(sandbox)
        assert (
            api.session.post(f"{sandbox.url}/v2/research/video/query?fields=id", json=BODY, timeout=10).status_code
            == 404
        )
        assert api.session.post(f"{sandbox.url}/v2/research/nothing/", json=BODY, timeout=10).status_code == 404
        assert api.session.get(f"{sandbox.url}/v2/research/video/query/", timeout=10).status_code == 405

    def test_without_a_token(self, sandbox: SandboxServer) -> None:
        answer = requests.post(f"{sandbox.url}/v2/research/video/query/?fields=id", json=BODY, timeout=10)
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "access_token_invalid"

    def test_grants_refused_in_both_styles(self, sandbox: SandboxServer) -> None:
        refused = grant(sandbox, client_secret="nonsense")
        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
        sandbox.change(token_errors="200")
        assert grant(sandbox, client_secret="").json()["error_description"] == "Client secret is missed in request."
        assert grant(sandbox, client_secret="").status_code == 200

    def test_a_connection_reset_after_counting(self, sandbox: SandboxServer) -> None:
        api = Api(sandbox)
        sandbox.faults.add("reset_after", times=1)
        with pytest.raises(requests.ConnectionError):
            api.post("video/query", BODY)
        assert api.post("video/query", BODY).status_code == 200
        served = sandbox.served(family="research")
        assert (served.received, served.charged, served.by_status) == (2, 2, {"0": 1, "200": 1})

    def test_a_connection_reset_before_counting(self, sandbox: SandboxServer) -> None:
        api = Api(sandbox)
        sandbox.faults.add("reset_before", endpoint="video/query", times=1)
        with pytest.raises(requests.ConnectionError):
            api.post("video/query", BODY)
        assert sandbox.served(family="research").received == 0
        assert sandbox.requests()[-1].faults == ["reset_before"]

    def test_a_slow_answer(self, sandbox: SandboxServer) -> None:
        api = Api(sandbox)
        sandbox.faults.add("delay", seconds=0.3, times=1)
        began = time.monotonic()
        assert api.post("video/query", BODY).status_code == 200
        assert time.monotonic() - began >= 0.3

    def test_a_client_that_gives_up_is_charged_all_the_same(self, sandbox: SandboxServer) -> None:
        api = Api(sandbox)
        sandbox.faults.add("delay", seconds=5, times=1)
        with pytest.raises(requests.Timeout):
            api.session.post(f"{sandbox.url}/v2/research/video/query/?fields=id", json=BODY, timeout=0.2)
        assert sandbox.served(family="research").charged == 1

    def test_html_from_a_gateway(self, sandbox: SandboxServer) -> None:
        sandbox.faults.add("gateway_timeout", times=1)
        answer = Api(sandbox).post("video/query", BODY)
        assert answer.status_code == 504
        assert answer.headers["Content-Type"].startswith("text/html")

    def test_nonsense_in_the_body(self, sandbox: SandboxServer) -> None:
        api = Api(sandbox)
        for body in (b"{", b"[]", b"\xff\xfe", b'{"username": "\\ud800"}', b"[" * 100_000):
            answer = api.session.post(
                f"{sandbox.url}/v2/research/user/info/?fields=display_name", data=body, timeout=10
            )
            assert answer.status_code in (400, 500), body[:10]
            assert answer.json()["error"]["code"] in ("invalid_params", "internal_error")


class TestBookkeeping:
    def test_the_request_log_knows_who_asked(self, sandbox: SandboxServer) -> None:
        answer = Api(sandbox).post("video/query", BODY, headers={"User-Agent": "probe/1.0", "X-Request-Id": "r-1"})
        record = sandbox.requests()[-1]
        assert (record.user_agent, record.request_id) == ("probe/1.0", "r-1")
        assert record.log_id == answer.json()["error"]["log_id"]
        assert (record.endpoint, record.family, record.status, record.code) == ("video/query", "research", 200, "ok")
        assert record.rows == len(answer.json()["data"]["videos"])
        assert (record.time, record.day) == ("2025-03-01T12:00:00.000+00:00", "2025-03-01")

    def test_counts_by_day_family_and_endpoint(self, sandbox: SandboxServer) -> None:
        api = Api(sandbox)
        api.post("video/query", BODY)
        api.post("user/followers", {"username": "sandbox_bruno"})
        sandbox.clock.advance(43_200)
        sandbox.change(token_ttl_seconds=10**6)
        api = Api(sandbox)
        api.post("user/followers", {"username": "sandbox_nobody"})
        assert sandbox.served("2025-03-01").by_endpoint == {"token": 1, "video/query": 1, "user/followers": 1}
        assert sandbox.served(date(2025, 3, 2), family="followers").by_status == {"400": 1}
        assert sandbox.served(family="followers").charged == 2
        assert sandbox.served(endpoint="video/query").received == 1

    def test_many_threads_are_counted_exactly(self, sandbox: SandboxServer) -> None:
        sandbox.change(research_quota=50)
        api = Api(sandbox)
        with ThreadPoolExecutor(8) as pool:
            statuses = list(
                pool.map(
                    lambda _: api.post("user/info", {"username": "sandbox_bruno"}, "bio_url").status_code, range(80)
                )
            )
        assert statuses.count(200) == 50
        assert statuses.count(429) == 30


class TestAdmin:
    def admin(self, sandbox: SandboxServer, method: str, path: str, body: Any = None) -> requests.Response:
        return requests.request(method, f"{sandbox.url}/_sandbox/{path}", json=body, timeout=10)

    def test_the_clock(self, sandbox: SandboxServer) -> None:
        assert self.admin(sandbox, "GET", "clock").json() == {"now": NOW.isoformat(), "frozen": True}
        self.admin(sandbox, "POST", "clock", {"advance": 60})
        assert sandbox.clock.now() == datetime(2025, 3, 1, 12, 1, tzinfo=UTC)
        self.admin(sandbox, "POST", "clock", {"set": "2025-04-01T00:00:00Z", "freeze": False})
        assert sandbox.clock.now() >= datetime(2025, 4, 1, tzinfo=UTC)
        assert not sandbox.clock.frozen
        bad = self.admin(sandbox, "POST", "clock", {"rewind": 1})
        assert (bad.status_code, "rewind" in bad.json()["error"]) == (400, True)

    def test_settings_and_faults_change_while_it_runs(self, sandbox: SandboxServer) -> None:
        api = Api(sandbox)
        assert self.admin(sandbox, "PATCH", "settings", {"research_quota": 2}).json()["research_quota"] == 2
        rules = self.admin(
            sandbox, "POST", "faults", [{"kind": "internal_error", "times": 1}, {"kind": "delay", "after": 99}]
        )
        assert len(rules.json()) == 2
        assert [api.post("video/query", BODY).status_code for _ in range(3)] == [500, 200, 429]
        assert self.admin(sandbox, "GET", "faults").json()[0]["fired"] == 1
        assert self.admin(sandbox, "DELETE", f"faults/{rules.json()[0]}").status_code == 200
        assert self.admin(sandbox, "DELETE", "faults").json() == []
        for path, method, body in (
            ("settings", "PATCH", {"quota": 1}),
            ("faults", "POST", {"kind": "?"}),
            ("faults", "POST", 3),
        ):
            refused = self.admin(sandbox, method, path, body)
            assert refused.status_code == 400
            assert refused.json()["error"].endswith(".")

    def test_counts_log_and_truth(self, sandbox: SandboxServer) -> None:
        api = Api(sandbox)
        api.post("video/query", BODY)
        assert self.admin(sandbox, "GET", "served?day=2025-03-01&family=research").json()["charged"] == 1
        records = self.admin(sandbox, "GET", "requests?after=1&limit=5").json()
        assert [record["endpoint"] for record in records] == ["video/query"]
        truth = self.admin(
            sandbox, "GET", "truth/videos_of?username=sandbox_alice&start=2025-01-20&end=20250219"
        ).json()
        assert truth == sandbox.world.videos_of("sandbox_alice", START, END)
        assert self.admin(sandbox, "GET", "truth/profile?username=sandbox_bruno").json()["follower_count"] == 85
        for path in ("truth/everything", "truth/profile", "truth/profile?username=sandbox_nobody"):
            assert self.admin(sandbox, "GET", path).status_code == 400
        overview = self.admin(sandbox, "GET", "").json()
        assert overview["videos"] == len(sandbox.world.catalog.videos)
        assert "secret" not in json.dumps(overview)
        assert sandbox.served().received == 2


def test_the_world_ends_on_the_day_of_the_servers_clock() -> None:
    world = World.generate(accounts=2, videos=0, days=1, specs=[AccountSpec("x", videos=10, days=10)])
    with SandboxServer(world, now=NOW, settings={"archive_lag_scale": 0}) as server:
        rows = server.world.videos_of("x", date(2025, 2, 19), date(2025, 2, 28))
        assert len(rows) == 10
        assert grant(server).status_code == 200
