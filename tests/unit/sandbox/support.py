"""A service without HTTP: requests in, decoded answers out."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from sandbox.api.service import Incoming, Service
from sandbox.clock import SandboxClock
from sandbox.settings import Settings, changed
from sandbox.world import AccountSpec, World

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
START, END = date(2025, 1, 20), date(2025, 2, 19)
SPECS = (
    AccountSpec("exact", videos=60, days=30, followers=450, following=120, liked=45, reposted=35, pinned=3, playlists=2,
                comments_per_video=25, replies_per_comment=3),
    AccountSpec("lossy", videos=150, days=40, followers=300, deleted_share=0.5, private_followers=0.3),
)  # fmt: skip


def small_world(**options: Any) -> World:
    """Return a world of a few hundred videos that ends on 2025-03-01."""
    sizes: dict[str, Any] = {"accounts": 15, "videos": 400, "days": 60, "specs": SPECS} | options
    world = World.generate(**sizes)
    world.bind(SandboxClock(NOW, frozen=True), Settings)
    return world


class Reply(NamedTuple):
    """A decoded answer."""

    status: int
    data: dict[str, Any]
    code: str
    message: str
    headers: dict[str, str]


class Client:
    """Calls a service as the API's clients do."""

    def __init__(self, world: World | None = None, *, now: datetime = NOW, **settings: Any) -> None:
        self.clock = SandboxClock(now, frozen=True)
        self.service = Service(world or small_world(), self.clock, settings=changed(Settings(), settings))
        self.token = self.grant()["access_token"]

    def grant(self, **fields: str) -> dict[str, Any]:
        form = {
            "client_key": self.service.tokens.client_key,
            "client_secret": self.service.tokens.client_secret,
            "grant_type": "client_credentials",
        } | fields
        raw = "&".join(f"{name}={value}" for name, value in form.items()).encode()
        answer: dict[str, Any] = json.loads(self.service.handle(Incoming("token", raw)).answer.body)
        return answer

    def call(self, endpoint: str, body: Any, fields: str = "id", token: str | None = None) -> Reply:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        outgoing = self.service.handle(Incoming(endpoint, raw, fields, f"Bearer {token or self.token}"))
        decoded = json.loads(outgoing.answer.body)
        error = decoded["error"]
        return Reply(
            outgoing.answer.status,
            decoded.get("data", {}),
            error["code"],
            error.get("message", ""),
            outgoing.answer.headers,
        )

    def pages(self, endpoint: str, body: dict[str, Any], fields: str = "id") -> Iterator[dict[str, Any]]:
        """Page to the end as a client would, following cursor and search_id."""
        for _ in range(10_000):
            reply = self.call(endpoint, body, fields)
            assert (reply.status, reply.code) == (200, "ok"), reply
            yield reply.data
            if not reply.data["has_more"]:
                return
            body = body | {name: reply.data[name] for name in ("cursor", "search_id") if name in reply.data}
        raise AssertionError("paging does not end")


def by_username(username: str, start: date = START, end: date = END, **more: Any) -> dict[str, Any]:
    return query_body({"and": [condition("username", username)]}, start, end, **more)


def query_body(query: Any, start: date = START, end: date = END, **more: Any) -> dict[str, Any]:
    return {"query": query, "start_date": f"{start:%Y%m%d}", "end_date": f"{end:%Y%m%d}", "max_count": 100} | more


def condition(field: str, *values: str, operation: str = "IN") -> dict[str, Any]:
    return {"field_name": field, "operation": operation, "field_values": list(values)}
