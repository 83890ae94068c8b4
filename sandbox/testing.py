"""The sandbox inside a test: a real HTTP server in a thread, and everything it knows."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cached_property
from types import TracebackType
from typing import Any, Self

import uvicorn

from sandbox.api.admin import add_rule
from sandbox.api.service import Service
from sandbox.clock import SandboxClock
from sandbox.faults import Faults
from sandbox.journal import RequestRecord, Served
from sandbox.server import HOST, bound_socket, make_server
from sandbox.settings import Settings, changed
from sandbox.tokens import Tokens
from sandbox.trends import credentials
from sandbox.trends.world import TrendWorld
from sandbox.validation import ValidationTask
from sandbox.world import World


class _PromptServer(uvicorn.Server):
    """Ends as soon as it is told to and what it was asked is answered.

    uvicorn looks ten times a second whether it should, and waits as long again: minutes, over all tests.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._told = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def end(self) -> None:
        self.should_exit = True
        if self._loop:
            with contextlib.suppress(RuntimeError):  # it has ended already
                self._loop.call_soon_threadsafe(self._told.set)

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._told.wait(), 1)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002 # closed by who made it
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        if self.server_state.tasks:
            await asyncio.wait(self.server_state.tasks, timeout=1)
        # What is left would be found by the garbage collector, in the middle of another test.
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await asyncio.sleep(0.001)


class SandboxServer:
    """A running sandbox; use it as a context manager.

    Args:
        world: What there is; None is a small generated world with the sample accounts.
        now: The time at which the sandbox's clock stands until it is moved; None is the real, running time.
        settings: Settings that differ from the defaults.
        faults: Rules, as in docs/sandbox.md.
        seed: Seed of everything random that is not the world.
    """

    def __init__(
        self,
        world: World | None = None,
        *,
        now: datetime | None = None,
        settings: Mapping[str, Any] | None = None,
        faults: Iterable[Mapping[str, Any]] = (),
        seed: int = 1,
    ) -> None:
        self.world = world or World.generate(accounts=20, videos=400, days=90)
        self.clock = SandboxClock(now, frozen=now is not None)
        self._service = Service(
            self.world, self.clock, settings=changed(Settings(), dict(settings or {})), seed=seed, tokens=Tokens()
        )
        for rule in faults:
            add_rule(self._service, dict(rule))
        self._server = _PromptServer(make_server(self._service).config)
        self._socket = bound_socket(0)
        self.url = f"http://{HOST}:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, name="sandbox")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.end()
        self._thread.join(timeout=10)
        self._socket.close()

    @property
    def client_key(self) -> str:
        """The client key that gets a token."""
        return self._service.tokens.client_key

    @property
    def client_secret(self) -> str:
        """The client secret that gets a token."""
        return self._service.tokens.client_secret

    @cached_property
    def trends(self) -> TrendWorld:
        """What trends, before a source writes it down: `now` and `of_day` return entries with the true names."""
        return TrendWorld(self.world.catalog)

    def tokens(self) -> list[str]:
        """Return the access tokens that are good now."""
        return list(self._service.tokens.live)

    @property
    def trend_login(self) -> dict[str, str]:
        """A login of the Creative Center made now: `cookie` and `csrf_token`."""
        return credentials.creative_center(self.clock.seconds())

    @property
    def legacy_headers(self) -> dict[str, str]:
        """A set of headers for the legacy Creative Center, made now."""
        return credentials.legacy_headers(self.clock.seconds())

    @property
    def business_credentials(self) -> dict[str, str]:
        """A token of the Business API made now: `access_token`, `advertiser_id` and `business_id`."""
        return credentials.business_api(self.clock.seconds())

    @property
    def faults(self) -> Faults:
        """The rules in force."""
        return self._service.faults

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self._service.settings

    def change(self, **settings: Any) -> None:
        """Change settings while the sandbox runs."""
        self._service.settings = changed(self._service.settings, settings)

    def vanish(
        self,
        *,
        videos: Iterable[int] = (),
        comments: Iterable[int] = (),
        private: Iterable[str] = (),
        deleted: Iterable[str] = (),
    ) -> None:
        """Make videos and comments vanish, and accounts turn private or be deleted, now."""
        self.world.vanish({"videos": videos, "comments": comments, "private": private, "deleted": deleted})

    def validation_tasks(self) -> list[ValidationTask]:
        """Return the files of ids that were uploaded, oldest first."""
        return list(self._service.validations.by_id.values())

    def served(
        self, day: date | str | None = None, *, family: str | None = None, endpoint: str | None = None
    ) -> Served:
        """Return what was received and charged, of one UTC day, family or endpoint if given."""
        return self._service.journal.served(day, family, endpoint)

    def requests(self) -> list[RequestRecord]:
        """Return the request log, oldest first."""
        return self._service.journal.records()
