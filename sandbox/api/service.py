"""One request from arrival to answer: authorization, quota, faults, handler, journal."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus
from random import Random
from typing import Any

import msgspec

from sandbox.api.answers import (
    DAILY_QUOTA,
    NO_SCOPE,
    TOKEN_INVALID,
    Answer,
    ApiError,
    Page,
    TextFile,
    error_answer,
    new_log_id,
    server_error,
    too_fast,
)  # fmt: skip
from sandbox.api.calls import Call, read_body
from sandbox.api.comment_list import comment_list
from sandbox.api.disturbance import CHANGING, REPLACING, change, replacement, shuffle_keys
from sandbox.api.playlist_info import playlist_info
from sandbox.api.users import followers, following, liked_videos, pinned_videos, reposted_videos, user_info
from sandbox.api.validation_tasks import Compliance, read_upload
from sandbox.api.video_query import VideoQuery
from sandbox.clock import SandboxClock
from sandbox.endpoints import COMPLIANCE_ENDPOINTS, TOKEN, UPLOADS, family_of
from sandbox.faults import Faults, Rule
from sandbox.journal import Journal, RequestRecord
from sandbox.quota import Quotas
from sandbox.searches import Searches
from sandbox.settings import Settings
from sandbox.tokens import GrantError, Tokens, bearer, refuse_grant
from sandbox.validation import ValidationTasks
from sandbox.world.world import World

type Handler = Callable[[Call], Page | TextFile]


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request as HTTP delivered it."""

    endpoint: str
    raw: bytes
    fields: str = ""
    authorization: str | None = None
    user_agent: str = ""
    request_id: str | None = None
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """The answer, how many seconds it is held back, and whether the connection is closed instead or halfway."""

    answer: Answer
    delay: float = 0
    reset: bool = False
    cut: bool = False


class Service:
    """The service behind the endpoints.

    Attributes:
        world: What there is to serve.
        clock: The sandbox's time.
        settings: The knobs; replaced as a whole when changed.
        faults, journal, quotas, tokens, searches, validations: What happens, happened, and is in progress.
    """

    def __init__(
        self,
        world: World,
        clock: SandboxClock,
        *,
        settings: Settings | None = None,
        seed: int = 1,
        tokens: Tokens | None = None,
    ) -> None:
        self.world = world
        self.clock = clock
        self.settings = settings or Settings()
        self.faults = Faults(seed)
        self.journal = Journal()
        self.quotas = Quotas()
        self.tokens = tokens or Tokens()
        self.searches = Searches(seed)
        self.validations = ValidationTasks(seed)
        self._random = Random(seed)  # noqa: S311 - reproducible weather, not secrets
        self.on_served: Callable[[RequestRecord], None] | None = None
        self.on_departure: Callable[[], None] | None = None
        world.bind(clock, lambda: self.settings)
        self._handlers = self._make_handlers()

    def _make_handlers(self) -> dict[str, Handler]:
        catalog = self.world.catalog
        compliance = Compliance(catalog, self.validations, self.faults)
        return {
            "video/query": VideoQuery(catalog, self.searches, self.faults, self._random).answer,
            "comment/list": lambda call: comment_list(catalog, call),
            "user/info": lambda call: user_info(catalog, call),
            "user/followers": lambda call: followers(catalog, call),
            "user/following": lambda call: following(catalog, call),
            "user/liked_videos": lambda call: liked_videos(catalog, call),
            "user/pinned_videos": lambda call: pinned_videos(catalog, call),
            "user/reposted_videos": lambda call: reposted_videos(catalog, call),
            "playlist/info": lambda call: playlist_info(catalog, call),
            "validation_task/create": compliance.create,
            "validation_task_status/get": compliance.status,
            "validation_task/download": compliance.download,
        }

    def handle(self, incoming: Incoming) -> Outgoing:
        """Answer one request and write it into the journal."""
        now = self.clock.seconds()
        body, upload, unreadable = _body_of(incoming)
        call = Call(incoming.endpoint, incoming.fields, body, now, self.settings, upload)
        fired: list[Rule] = []
        if self._fire(("reset_before",), call, fired):
            self.record(incoming, call, Answer(0, b""), fired, charged=False, counted=False)
            return Outgoing(Answer(0, b""), reset=True)
        delays = self._fire(("delay",), call, fired)
        charged = False
        if incoming.endpoint == TOKEN:
            answer = self._grant(call, fired)
        else:
            refusal = self._refusal(call, bearer(incoming.authorization), fired)
            answer = _finish(refusal, call) if refusal else self._answer(call, unreadable, fired)
            charged = refusal is None and (self.settings.charge_failures or answer.status == HTTPStatus.OK)
        if charged:
            self.quotas.charge(call.endpoint, now, call.settings)
        reset = bool(self._fire(("reset_after",), call, fired))
        cut = bool(self._fire(("cut_download",), call, fired))
        recorded = replace(answer, status=0, code="") if reset else answer
        self.record(incoming, call, recorded, fired, charged=charged)
        latency = call.settings.latency_seconds.get(call.endpoint, call.settings.latency_seconds.get("*", 0))
        return Outgoing(answer, latency + sum(float(rule.params["seconds"]) for rule in delays), reset, cut)

    def _fire(self, kinds: tuple[str, ...], call: Call, fired: list[Rule]) -> list[Rule]:
        hits = self.faults.firing(kinds, call.endpoint, call.body, call.page)
        fired.extend(hits)
        return hits

    def _refusal(self, call: Call, token: str | None, fired: list[Rule]) -> ApiError | None:
        """Return why the request is not admitted; such requests are not charged."""
        if self._fire(("token_revoked",), call, fired) and token:
            self.tokens.revoke(token)
        expired = self._fire(("token_expired",), call, fired)
        if expired or not self.tokens.valid(token, call.now):
            return ApiError(401, "access_token_invalid", TOKEN_INVALID)
        if self._fire(("scope_missing",), call, fired) or not _in_scope(call):
            return ApiError(401, "scope_not_authorized", NO_SCOPE)
        early = self._fire(("daily_quota",), call, fired)
        if early or self.quotas.exhausted(call.endpoint, call.now, call.settings):
            return ApiError(429, "daily_quota_limit_exceeded", DAILY_QUOTA, data={})
        return None

    def _answer(self, call: Call, unreadable: ApiError | None, fired: list[Rule]) -> Answer:
        if self.quotas.too_fast(call.now, call.settings):
            return _finish(too_fast(call.settings.rate_limit_retry_after), call)
        decisive = self.faults.first(REPLACING, call.endpoint, call.body, call.page)
        if decisive is not None:
            fired.append(decisive)
            found = replacement(decisive, call)
            return _finish(found, call) if isinstance(found, ApiError) else found
        try:
            if unreadable is not None:
                raise unreadable
            page = self._handlers[call.endpoint](call)
        except ApiError as error:
            return _finish(error, call)
        if isinstance(page, TextFile):
            log_id, kind = new_log_id(call.now), "text/plain; charset=utf-8"
            return Answer(HTTPStatus.OK, page.text, "ok", log_id, kind, rows=page.rows)
        return self._good(call, page, fired)

    def _good(self, call: Call, page: Page, fired: list[Rule]) -> Answer:
        changes = self._fire(CHANGING, call, fired)
        for rule in changes:
            change(rule, call, page)
        if call.settings.random_key_order:
            shuffle_keys(page, self._random)
        log_id = new_log_id(call.now)
        error: dict[str, Any] = {"code": "ok", "message": page.message, "log_id": log_id}
        if call.endpoint in COMPLIANCE_ENDPOINTS:
            error["http_status_code"] = int(HTTPStatus.OK)
        status = HTTPStatus.OK
        if any(rule.kind == "body_with_500" for rule in changes) or self._spurious_500(call):
            status = HTTPStatus.INTERNAL_SERVER_ERROR
            if call.endpoint.startswith("user/"):
                del error["message"]
        body = msgspec.json.encode({"data": page.data, "error": error})
        return Answer(status, body, code="ok", log_id=log_id, rows=len(page.rows))

    def _spurious_500(self, call: Call) -> bool:
        if call.endpoint == "playlist/info":
            return self._random.random() < call.settings.playlist_500_probability
        if call.endpoint.startswith("user/"):
            return self._random.random() < call.settings.user_500_probability
        return False

    def _grant(self, call: Call, fired: list[Rule]) -> Answer:
        """Answer the token endpoint, whose errors are flat."""
        log_id = new_log_id(call.now)
        refused = self._fire(("token_error",), call, fired)
        try:
            if refused:
                status = refused[0].params["status"]
                refuse_grant(str(refused[0].params["error"]), 401 if status is None else int(status))
            body = self.tokens.grant(call.body, call.now, call.settings)
        except GrantError as refusal:
            body = {"error": refusal.error, "error_description": refusal.description, "log_id": log_id}
            status = HTTPStatus.OK if call.settings.token_errors == "200" else refusal.status  # noqa: S105 - a style
            return Answer(status, msgspec.json.encode(body), code=refusal.error, log_id=log_id)
        return Answer(HTTPStatus.OK, msgspec.json.encode(body), code="ok", log_id=log_id)

    def record(
        self, incoming: Incoming, call: Call, answer: Answer, fired: list[Rule], *, charged: bool, counted: bool = True
    ) -> None:
        """Write a request into the journal, and into the state file if there is one."""
        moment = datetime.fromtimestamp(call.now, UTC)
        record = RequestRecord(
            number=0,
            time=moment.isoformat(timespec="milliseconds"),
            day=moment.date().isoformat(),
            endpoint=call.endpoint,
            family=family_of(call.endpoint),
            status=answer.status,
            code=answer.code,
            log_id=answer.log_id,
            charged=charged,
            counted=counted,
            user_agent=incoming.user_agent,
            request_id=incoming.request_id,
            faults=[rule.kind for rule in fired],
            fields=incoming.fields,
            body={} if call.endpoint == TOKEN else call.body,
            rows=answer.rows,
        )
        self.journal.add(record)
        if self.on_served is not None:
            self.on_served(record)


def _finish(error: ApiError, call: Call) -> Answer:
    return error_answer(error, new_log_id(call.now), with_status=call.endpoint in COMPLIANCE_ENDPOINTS)


def _in_scope(call: Call) -> bool:
    if call.endpoint in call.settings.unauthorized_endpoints:
        return False
    return call.settings.compliance_scope or call.endpoint not in COMPLIANCE_ENDPOINTS


def _body_of(incoming: Incoming) -> tuple[dict[str, Any], bytes | None, ApiError | None]:
    try:
        if incoming.endpoint in UPLOADS:
            return *read_upload(incoming.raw, incoming.content_type), None
        return read_body(incoming.raw), None, None
    except ApiError as error:
        return {}, None, error
    except RecursionError:
        return {}, None, server_error()
