"""The admin routes under /_sandbox/: look at and change everything while it runs. docs/sandbox.md lists them."""

import json
import os
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.api.service import Service
from sandbox.query import parse_day
from sandbox.settings import changed
from sandbox.trends.credentials import secret
from sandbox.validation import describe

type Operation = Callable[[Request], Awaitable[Any]]
_TRUTH = {
    "videos_of": ("username", "start", "end"),
    "candidates_of": ("username", "start", "end"),
    "comments_of": ("video_id",),
    "replies_of": ("comment_id",),
    "followers_of": ("username",),
    "following_of": ("username",),
    "liked_by": ("username",),
    "reposted_by": ("username",),
    "pinned_by": ("username",),
    "playlists_of": ("username",),
    "playlist": ("playlist_id",),
    "profile": ("username",),
    "usernames": (),
    "standing_of": ("username",),
    "valid_videos": ("ids",),
    "valid_comments": ("ids",),
}


def admin_routes(service: Service) -> list[Route]:
    """Return the routes; every answer is JSON, a bad request is a 400 with one sentence."""
    admin = _Admin(service)
    return [
        Route("/_sandbox/", _json(admin.overview), methods=["GET"]),
        Route("/_sandbox/settings", _json(admin.settings), methods=["GET", "PATCH"]),
        Route("/_sandbox/faults", _json(admin.faults), methods=["GET", "POST", "DELETE"]),
        Route("/_sandbox/faults/{rule_id:int}", _json(admin.remove_fault), methods=["DELETE"]),
        Route("/_sandbox/clock", _json(admin.clock), methods=["GET", "POST"]),
        Route("/_sandbox/served", _json(admin.served), methods=["GET"]),
        Route("/_sandbox/requests", _json(admin.requests), methods=["GET"]),
        Route("/_sandbox/trend_credentials", _json(admin.trend_credentials), methods=["GET"]),
        Route("/_sandbox/gone", _json(admin.gone), methods=["GET", "POST", "DELETE"]),
        Route("/_sandbox/validation_tasks", _json(admin.validation_tasks), methods=["GET"]),
        Route("/_sandbox/truth/{method}", _json(admin.truth), methods=["GET"]),
    ]


def _json(operation: Operation) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            result, status = await operation(request), 200
        except (ValueError, KeyError, TypeError) as error:
            result, status = {"error": str(error.args[0] if error.args else error)}, 400
        return Response(msgspec.json.encode(result), status, media_type="application/json")

    return answer


class _Admin:
    def __init__(self, service: Service) -> None:
        self._service = service

    async def overview(self, _: Request) -> Any:
        service = self._service
        settings = msgspec.to_builtins(service.settings)
        del settings["client_secrets"]  # only who asks for the settings is shown them
        return {
            "pid": os.getpid(),
            "now": service.clock.now().isoformat(),
            "frozen": service.clock.frozen,
            "accounts": len(service.world.catalog.accounts),
            "videos": len(service.world.catalog.videos),
            "client_key": service.tokens.client_key,
            "trend_credentials": secret(service.clock.seconds()),
            "settings": settings,
            "faults": service.faults.rules(),
        }

    async def settings(self, request: Request) -> Any:
        if request.method == "PATCH":
            self._service.settings = changed(self._service.settings, await _object(request))
        return self._service.settings

    async def faults(self, request: Request) -> Any:
        if request.method == "DELETE":
            self._service.faults.clear()
        if request.method == "POST":
            given = json.loads(await request.body())
            return [add_rule(self._service, rule) for rule in (given if isinstance(given, list) else [given])]
        return self._service.faults.rules()

    async def remove_fault(self, request: Request) -> Any:
        if not self._service.faults.remove(request.path_params["rule_id"]):
            raise ValueError(f"There is no fault with the id {request.path_params['rule_id']}.")
        return self._service.faults.rules()

    async def clock(self, request: Request) -> Any:
        clock = self._service.clock
        if request.method == "POST":
            for name, value in (await _object(request)).items():
                match name:
                    case "set":
                        clock.set(datetime.fromisoformat(value))
                    case "advance":
                        clock.advance(float(value))
                    case "offset":
                        clock.offset(float(value))
                    case "freeze":
                        (clock.freeze if value else clock.resume)()
                    case _:
                        raise ValueError(f"The clock knows set, advance, offset and freeze; not {name!r}.")
        return {"now": clock.now().isoformat(), "frozen": clock.frozen}

    async def served(self, request: Request) -> Any:
        query = request.query_params
        return self._service.journal.served(query.get("day"), query.get("family"), query.get("endpoint"))

    async def requests(self, request: Request) -> Any:
        query = request.query_params
        return self._service.journal.records(int(query.get("after", 0)), int(query.get("limit", 1000)))

    async def trend_credentials(self, _: Request) -> Any:
        return secret(self._service.clock.seconds())

    async def gone(self, request: Request) -> Any:
        service = self._service
        if request.method == "POST":
            service.world.vanish(await _lists(request))
        if request.method == "DELETE":
            service.world.bring_back()
        if request.method != "GET" and service.on_departure is not None:
            service.on_departure()
        return service.world.gone()

    async def validation_tasks(self, _: Request) -> Any:
        service = self._service
        return [describe(task, service.clock.seconds()) for task in service.validations.by_id.values()]

    async def truth(self, request: Request) -> Any:
        method = request.path_params["method"]
        if method not in _TRUTH:
            raise ValueError(f"There is no truth about {method!r}; there is about: {', '.join(_TRUTH)}.")
        return getattr(self._service.world, method)(*(_argument(request, name) for name in _TRUTH[method]))


async def _object(request: Request) -> dict[str, Any]:
    given = json.loads(await request.body())
    if not isinstance(given, dict):
        raise TypeError("The body must be a JSON object.")
    return given


async def _lists(request: Request) -> dict[str, list[Any]]:
    given = await _object(request)
    for name, entries in given.items():
        if not isinstance(entries, list):
            raise TypeError(f"What leaves is given as lists; {name} is none.")
    return given


def _argument(request: Request, name: str) -> Any:
    value = request.query_params.get(name)
    if value is None:
        raise ValueError(f"The parameter {name} is missing.")
    if name in ("start", "end"):
        return parse_day(value.replace("-", "")).date()
    if name == "ids":
        return [int(number) for number in value.split(",") if number.strip()]
    return int(value) if name.endswith("_id") else value


def add_rule(service: Service, rule: Any) -> int:
    """Add a fault given as an object with a `kind`.

    Raises:
        TypeError: It is not such an object.
        ValueError: The kind or an option is not known.
    """
    if not isinstance(rule, dict) or not isinstance(rule.get("kind"), str):
        raise TypeError(f'A fault is an object with a "kind"; {rule!r} is not.')
    options = {name: value for name, value in rule.items() if name != "kind"}
    return service.faults.add(rule["kind"], **options)
