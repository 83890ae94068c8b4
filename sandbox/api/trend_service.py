"""One request for trends from arrival to answer: limits, faults, handler, journal."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from sandbox.api.answers import Answer, ApiError
from sandbox.api.business_api import BusinessApi
from sandbox.api.calls import Call, read_body
from sandbox.api.creative_center import CreativeCenter
from sandbox.api.creative_radar import CreativeRadar
from sandbox.api.service import Incoming, Outgoing, Service
from sandbox.api.trend_calls import Listing, TrendApi, TrendCall, TrendRefusal, too_many
from sandbox.api.trend_disturbance import CHANGING, REPLACING, changed, replacement
from sandbox.endpoints import family_of
from sandbox.faults import Rule
from sandbox.quota import Window
from sandbox.trends.world import TrendWorld


@dataclass(frozen=True, slots=True)
class TrendIncoming:
    """A request as HTTP delivered it; names of headers are in lower case."""

    endpoint: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    raw: bytes = b""


class TrendService:
    """The trend endpoints of a sandbox; they share its clock, settings, faults and journal, and have no quota.

    Attributes:
        trends: What trends in the world.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self.trends = TrendWorld(service.world.catalog)
        catalog = service.world.catalog
        self._apis: dict[str, TrendApi] = {
            "creative_center": CreativeCenter(self.trends, catalog),
            "legacy": CreativeRadar(self.trends, catalog),
            "business": BusinessApi(self.trends),
        }
        self._windows = {"creative_center": Window(), "business_api": Window()}

    def handle(self, incoming: TrendIncoming) -> Outgoing:
        """Answer one request and write it into the journal."""
        service = self._service
        call, readable = self._call(incoming)
        fired: list[Rule] = []
        if self._fire(("reset_before",), call, fired):
            self._record(incoming, call, Answer(0, b""), fired, counted=False)
            return Outgoing(Answer(0, b""), reset=True)
        delays = self._fire(("delay",), call, fired)
        api = self._apis[call.endpoint.partition("/")[0]]
        try:
            answer = self._answer(api, call, fired, readable=readable)
        except TrendRefusal as refusal:
            answer = _refused(refusal)
        reset = bool(self._fire(("reset_after",), call, fired))
        recorded = replace(answer, status=0, code="") if reset else answer
        self._record(incoming, call, recorded, fired)
        latencies = service.settings.latency_seconds
        latency = latencies.get(call.endpoint, latencies.get("*", 0))
        return Outgoing(answer, latency + sum(float(rule.params["seconds"]) for rule in delays), reset)

    def _call(self, incoming: TrendIncoming) -> tuple[TrendCall, bool]:
        """Return the request as handlers see it, and whether its body could be read."""
        params: dict[str, Any] = dict(incoming.query)
        readable = True
        try:
            params |= read_body(incoming.raw)
        except (ApiError, RecursionError):
            readable = False
        now = self._service.clock.seconds()
        return TrendCall(incoming.endpoint, params, incoming.headers, now, self._service.settings), readable

    def _answer(self, api: TrendApi, call: TrendCall, fired: list[Rule], *, readable: bool) -> Answer:
        settings = call.settings
        window = self._windows[family_of(call.endpoint)]
        if window.too_fast(call.now, settings.trend_rate_limit_requests, settings.trend_rate_limit_window_seconds):
            raise too_many(api, call, settings.trend_rate_limit_retry_after)
        decisive = self._service.faults.first(REPLACING, call.endpoint, call.matched(), call.page)
        if decisive is not None:
            fired.append(decisive)
            return replacement(decisive, call, api)
        if call.endpoint in settings.retired_trends:
            raise api.refusal("deprecated", "deprecated", call)
        if not readable:
            raise api.refusal("InvalidRequest", "invalid body", call, status=400)
        found = api.answer(call)
        changes = self._fire(CHANGING, call, fired)
        if not isinstance(found, Listing):
            return Answer(200, msgspec.json.encode(found), code="ok")
        return changed(found, changes)

    def _fire(self, kinds: tuple[str, ...], call: TrendCall, fired: list[Rule]) -> list[Rule]:
        hits = self._service.faults.firing(kinds, call.endpoint, call.matched(), call.page)
        fired.extend(hits)
        return hits

    def _record(
        self, incoming: TrendIncoming, call: TrendCall, answer: Answer, fired: list[Rule], *, counted: bool = True
    ) -> None:
        headers = incoming.headers
        arrived = Incoming(
            call.endpoint, b"", user_agent=headers.get("user-agent", ""), request_id=headers.get("x-request-id")
        )
        seen = Call(call.endpoint, "", dict(call.params), call.now, call.settings)
        self._service.record(arrived, seen, answer, fired, charged=counted, counted=counted)


def _refused(refusal: TrendRefusal) -> Answer:
    log_id = str(refusal.body.get("request_id", ""))
    body = msgspec.json.encode(refusal.body)
    return Answer(refusal.status, body, code=refusal.code, log_id=log_id, headers=refusal.headers)
