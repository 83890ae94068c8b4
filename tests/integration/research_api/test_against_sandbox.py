"""Client, table and rows against the sandbox: what it serves is what comes out, and what it does to us has its type."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import requests
from pydantic import SecretStr

from sandbox.testing import SandboxServer
from sandbox.world import AccountSpec, World
from tiktok_collector import errors
from tiktok_collector.clock import SystemClock
from tiktok_collector.errors import ObservationKind
from tiktok_collector.research_api.answers import Frame, read_frame
from tiktok_collector.research_api.client import ResearchApiClient
from tiktok_collector.research_api.endpoints import ENDPOINTS, MAX_COUNT, CursorKind
from tiktok_collector.research_api.rows import TypedPage, read_rows

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
END = date(2025, 3, 1)
SOMEONE = "somebody"
ME = {"username": SOMEONE}


class Api:
    """Asks the sandbox as the collector does."""

    def __init__(self, sandbox: SandboxServer, client: ResearchApiClient, token: SecretStr) -> None:
        self.sandbox = sandbox
        self.client = client
        self.token = token

    def ask(self, name: str, body: dict[str, Any]) -> Frame:
        endpoint = ENDPOINTS[name]
        sent = body if endpoint.cursor is CursorKind.NONE else {"max_count": MAX_COUNT} | body
        return read_frame(endpoint, self.client.send(endpoint, sent, self.token, timeout_seconds=10))

    def typed(self, name: str, body: dict[str, Any]) -> TypedPage:
        return read_rows(ENDPOINTS[name], self.ask(name, body).rows)

    def pages(self, name: str, body: dict[str, Any]) -> Iterator[Frame]:
        position: dict[str, Any] = {}
        for _ in range(100):
            frame = self.ask(name, body | position)
            yield frame
            if not frame.has_more:
                return
            position = {"cursor": frame.cursor} | ({"search_id": frame.search_id} if frame.search_id else {})
        pytest.fail(f"{name} does not end")

    def all_rows(self, name: str, body: dict[str, Any]) -> list[dict[str, Any]]:
        return [row for frame in self.pages(name, body) for row in frame.rows]


@pytest.fixture(scope="module")
def world() -> World:
    spec = AccountSpec(
        SOMEONE,
        videos=250,
        days=25,
        followers=230,
        following=30,
        liked=120,
        reposted=110,
        pinned=2,
        playlists=1,
        comments_per_video=3,
    )
    return World.generate(seed=3, accounts=5, videos=50, days=30, end=END, specs=[spec])


@pytest.fixture
def api(world: World) -> Iterator[Api]:
    with SandboxServer(world=world, now=NOW, settings={"archive_lag_scale": 0}) as sandbox:
        grant = requests.post(
            f"{sandbox.url}/v2/oauth/token/",
            data={
                "client_key": sandbox.client_key,
                "client_secret": sandbox.client_secret,
                "grant_type": "client_credentials",
            },
            timeout=10,
        )
        with ResearchApiClient(sandbox.url, SystemClock()) as client:
            yield Api(sandbox, client, SecretStr(grant.json()["access_token"]))


def videos_of(username: str) -> dict[str, Any]:
    return {
        "query": {"and": [{"field_name": "username", "operation": "EQ", "field_values": [username]}]},
        "start_date": f"{END - timedelta(days=30):%Y%m%d}",
        "end_date": f"{END:%Y%m%d}",
    }


def test_all_videos_of_an_account_come_out_as_they_are(api: Api, world: World) -> None:
    rows = api.all_rows("video_query", videos_of(SOMEONE))
    assert rows == world.videos_of(SOMEONE, END - timedelta(days=30), END, at=NOW)
    assert len(rows) == 250
    page = read_rows(ENDPOINTS["video_query"], rows)
    assert (len(page.rows), page.quarantined, dict(page.unknown_fields)) == (250, [], {})
    assert len(str(rows[0]["id"])) == 19


@pytest.mark.parametrize(
    ("name", "truth"),
    [
        ("user_followers", "followers_of"),
        ("user_following", "following_of"),
        ("user_liked_videos", "liked_by"),
        ("user_pinned_videos", "pinned_by"),
        ("user_reposted_videos", "reposted_by"),
    ],
)
def test_every_list_of_an_account(api: Api, world: World, name: str, truth: str) -> None:
    key = "username" if name in {"user_followers", "user_following"} else "id"
    expected = [row[key] for row in getattr(world, truth)(SOMEONE, at=NOW)]
    rows = api.all_rows(name, ME)
    # Pages of a time cursor overlap.
    assert list(dict.fromkeys(row[key] for row in rows)) == expected
    assert expected
    page = read_rows(ENDPOINTS[name], rows)
    assert (page.quarantined, dict(page.unknown_fields)) == ([], {})


def test_profile_comments_and_playlist(api: Api, world: World) -> None:
    assert api.ask("user_info", ME).rows == [
        {name: value for name, value in world.profile(SOMEONE, at=NOW).items() if name in ENDPOINTS["user_info"].fields}
    ]
    assert not api.typed("user_info", ME).quarantined
    video = api.ask("video_query", videos_of(SOMEONE)).rows[0]["id"]
    assert api.all_rows("comment_list", {"video_id": video}) == world.comments_of(video, at=NOW)
    assert not api.typed("comment_list", {"video_id": video}).quarantined
    [playlist] = world.playlists_of(SOMEONE)
    page = api.typed("playlist_info", {"playlist_id": playlist})
    assert (page.quarantined, dict(page.unknown_fields)) == ([], {})
    assert [getattr(row, "playlist_id", None) for row in page.rows] == [playlist]


def test_a_nul_in_a_username_arrives(api: Api) -> None:
    rows = api.all_rows("video_query", videos_of("sandbox_nul\x00name"))
    assert {row["username"] for row in rows} == {"sandbox_nul\x00name"}


@pytest.mark.parametrize(
    ("name", "username", "kind"),
    [
        ("user_info", "sandbox_nobody", ObservationKind.UNKNOWN),
        ("user_info", "sandbox_outside", ObservationKind.OUT_OF_SCOPE),
        ("user_followers", "sandbox_carla", ObservationKind.PRIVATE),
        ("user_liked_videos", "sandbox_bruno", ObservationKind.HIDDEN),
    ],
)
def test_what_there_is_to_know_about_an_account(api: Api, name: str, username: str, kind: ObservationKind) -> None:
    with pytest.raises(errors.Observation) as caught:
        api.ask(name, {"username": username})
    assert caught.value.kind is kind
    assert username not in str(caught.value)


def test_hidden_likes_as_403(api: Api) -> None:
    api.sandbox.change(likes_hidden_status=403)
    with pytest.raises(errors.Observation) as caught:
        api.ask("user_liked_videos", {"username": "sandbox_bruno"})
    assert caught.value.kind is ObservationKind.HIDDEN


@pytest.mark.parametrize(
    ("fault", "raises"),
    [
        ("internal_error", errors.Retriable),
        ("gateway_timeout", errors.Retriable),
        ("json_timeout", errors.Retriable),
        ("bad_gateway", errors.Retriable),
        ("ok_with_error", errors.Retriable),
        ("daily_quota", errors.DailyQuotaRefused),
        ("token_expired", errors.TokenRejected),
        ("scope_missing", errors.ScopeMissing),
    ],
)
def test_weather_has_its_type_and_passes(api: Api, fault: str, raises: type[errors.CollectorError]) -> None:
    api.sandbox.faults.add(fault, times=1)
    with pytest.raises(errors.CollectorError) as caught:
        api.ask("video_query", videos_of(SOMEONE))
    assert type(caught.value) is raises
    assert api.ask("video_query", videos_of(SOMEONE)).rows


@pytest.mark.parametrize(("fault", "counted"), [("reset_before", 0), ("reset_after", 1)])
def test_a_reset_is_of_unknown_fate_whether_it_was_counted_or_not(api: Api, fault: str, counted: int) -> None:
    api.sandbox.faults.add(fault, times=1)
    with pytest.raises(errors.Retriable) as caught:
        api.ask("user_info", ME)
    assert not caught.value.fate_known
    assert api.sandbox.served(endpoint="user/info").charged == counted


@pytest.mark.parametrize(("sent", "seconds"), [(7, 7), (None, 30)])
def test_a_short_term_429(api: Api, sent: int | None, seconds: int) -> None:
    api.sandbox.faults.add("rate_limited", times=1, **({} if sent is None else {"retry_after": sent}))
    with pytest.raises(errors.RateLimited) as caught:
        api.ask("user_info", ME)
    assert caught.value.retry_after == timedelta(seconds=seconds)


@pytest.mark.parametrize("fault", ["search_id_rejected", "invalid_cursor"])
def test_a_rejected_position_is_accepted_later(api: Api, fault: str) -> None:
    first = api.ask("video_query", videos_of(SOMEONE))
    following = videos_of(SOMEONE) | {"cursor": first.cursor, "search_id": first.search_id}
    api.sandbox.faults.add(fault, times=2)
    for _ in range(2):
        with pytest.raises(errors.CursorRejected):
            api.ask("video_query", following)
    assert api.ask("video_query", following).rows


def test_too_many_rows_a_page_is_a_wrong_request(api: Api) -> None:
    with pytest.raises(errors.InvalidRequest):
        api.ask("video_query", videos_of(SOMEONE) | {"max_count": 101})


def test_a_wrong_date_is_a_wrong_request(api: Api) -> None:
    with pytest.raises(errors.InvalidRequest):
        api.ask("video_query", videos_of(SOMEONE) | {"start_date": "20240101"})


@pytest.mark.parametrize("name", ["user_info", "user_followers", "user_pinned_videos", "playlist_info"])
def test_good_data_behind_http_500(api: Api, world: World, name: str) -> None:
    body = {"playlist_id": world.playlists_of(SOMEONE)[0]} if name == "playlist_info" else ME
    expected = api.ask(name, body)
    api.sandbox.change(playlist_500_probability=1, user_500_probability=1)
    assert api.ask(name, body).rows == expected.rows


def test_an_empty_page_is_not_the_end(api: Api) -> None:
    api.sandbox.faults.add("empty_page", times=1)
    frame = api.ask("video_query", videos_of(SOMEONE))
    assert (frame.rows, frame.has_more, frame.cursor) == ([], True, 100)


@pytest.mark.parametrize("how", ["string_number", "missing_id", "null_time"])
def test_broken_rows_do_not_take_their_page_with_them(api: Api, how: str) -> None:
    api.sandbox.faults.add("broken_rows", times=1, count=2, how=how)
    page = api.typed("video_query", videos_of(SOMEONE))
    assert len(page.rows) + len(page.quarantined) == 100
    assert len(page.quarantined) == (0 if how == "null_time" else 2)


def test_unknown_fields_are_counted(api: Api) -> None:
    api.sandbox.faults.add("extra_fields", times=1, fields={"brand_new": {"a": 1}})
    assert api.typed("video_query", videos_of(SOMEONE)).unknown_fields == {"brand_new": 100}


@pytest.mark.parametrize("no_pinned", ["absent", "empty"])
def test_an_account_without_pinned_videos(api: Api, no_pinned: str) -> None:
    api.sandbox.change(no_pinned=no_pinned)
    assert api.ask("user_pinned_videos", {"username": "sandbox_bruno"}).rows == []


def test_the_user_agent_arrives(api: Api) -> None:
    api.ask("user_info", ME)
    assert api.sandbox.requests()[-1].user_agent.startswith("tiktok-research-collector/")
