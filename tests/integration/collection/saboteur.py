"""Kills the process of an invocation after its n-th write to AWS or request to TikTok; then nothing more gets out."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

from tests.integration.collection.cloud import Cloud
from tiktok_collector.collection.services import CollectionServices
from tiktok_collector.http.answer import Answer
from tiktok_collector.http.client import Form
from tiktok_collector.research_api.client import ResearchApiClient
from tiktok_collector.research_api.endpoints import Endpoint

READS: Final = frozenset(
    {"GetItem", "GetObject", "GetSecretValue", "HeadObject", "ListObjectsV2", "ListObjectVersions", "Query"}
)
"""Not counted: killed after one of these, a process leaves what it left before. How many there are depends on time."""


class Killed(BaseException):
    """The process is gone; no handler of the collector may catch this."""


class Saboteur:
    """Counts the calls of an invocation that change something and ends it after number `fatal`, whose effect stays."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._lock = threading.Lock()
        self._watching = False
        self.fatal: int | None = None
        self.calls: list[str] = []
        for client in (cloud.dynamodb, cloud.s3, cloud.secrets):
            client.meta.events.register("before-call", lambda model, **_: self.before(model.name))
            client.meta.events.register("after-call", lambda model, **_: self.after(model.name))

    @contextmanager
    def watching(self, fatal: int | None) -> Iterator[None]:
        """Within the block the calls are counted; the block ends normally even if the process was killed."""
        self.calls, self.fatal, self._watching = [], fatal, True
        try:
            yield
        except Killed:
            pass
        finally:
            self._watching = False

    @property
    def dead(self) -> bool:
        return self.fatal is not None and len(self.calls) >= self.fatal

    def services(self) -> CollectionServices:
        services = self._cloud.services()
        return replace(services, client=WatchedClient(services.client, self))

    def before(self, _name: str) -> None:
        if self._watching and self.dead:
            raise Killed

    def after(self, name: str) -> None:
        if not self._watching or name in READS:
            return
        with self._lock:
            self.calls.append(name)
            if self.dead:
                raise Killed


class WatchedClient(ResearchApiClient):
    """Sends through another client and reports to a saboteur."""

    def __init__(self, inner: ResearchApiClient, saboteur: Saboteur) -> None:
        self._inner = inner
        self._saboteur = saboteur

    def url(self, endpoint: Endpoint) -> str:
        return self._inner.url(endpoint)

    def send(self, endpoint: Endpoint, body: Mapping[str, Any], token: Any, *, timeout_seconds: float) -> Answer:
        self._saboteur.before(endpoint.name)
        answer = self._inner.send(endpoint, body, token, timeout_seconds=timeout_seconds)
        self._saboteur.after(endpoint.name)
        return answer

    def upload(self, endpoint: Endpoint, form: Form, token: Any, *, timeout_seconds: float) -> Answer:
        self._saboteur.before(endpoint.name)
        answer = self._inner.upload(endpoint, form, token, timeout_seconds=timeout_seconds)
        self._saboteur.after(endpoint.name)
        return answer
