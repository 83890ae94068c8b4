"""Kills the process of an invocation after its n-th write to AWS or request to TikTok; then nothing more gets out."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tests.integration.collection.cloud import Cloud
from tests.support.saboteur import SaboteurOfClients
from tiktok_collector.collection.services import CollectionServices
from tiktok_collector.http.answer import Answer
from tiktok_collector.http.client import Form
from tiktok_collector.research_api.client import ResearchApiClient
from tiktok_collector.research_api.endpoints import Endpoint


class Saboteur(SaboteurOfClients):
    """Watches the writes and requests of one cloud."""

    def __init__(self, cloud: Cloud) -> None:
        super().__init__(cloud.dynamodb, cloud.s3, cloud.secrets)
        self._cloud = cloud

    def services(self) -> CollectionServices:
        services = self._cloud.services()
        return replace(services, client=WatchedClient(services.client, self))


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
