"""The ASGI application: the API's paths and the admin routes."""

import asyncio
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from sandbox.api.admin import admin_routes
from sandbox.api.service import Incoming, Outgoing, Service
from sandbox.api.trend_service import TrendIncoming, TrendService
from sandbox.endpoints import PATHS, TREND_PATHS

CONNECTION = "sandbox.connection"
"""The ASGI extension under which `sandbox.server` hands over the connection, so that it can be cut."""


def make_app(service: Service) -> ASGIApp:
    """Return the application that serves this service."""
    routes = [Route(path, _route(service, endpoint), methods=["POST"]) for path, endpoint in PATHS.items()]
    trends = TrendService(service)
    routes += [
        Route(path, _trend_route(trends, endpoint), methods=[method])
        for path, (method, endpoint) in TREND_PATHS.items()
    ]
    app = Starlette(routes=routes + admin_routes(service), exception_handlers={404: _not_found})
    app.router.redirect_slashes = False
    return app


def _route(service: Service, endpoint: str) -> Any:
    async def answer(request: Request) -> Response:
        incoming = Incoming(
            endpoint=endpoint,
            raw=await request.body(),
            fields=request.query_params.get("fields", ""),
            authorization=request.headers.get("authorization"),
            user_agent=request.headers.get("user-agent", ""),
            request_id=request.headers.get("x-request-id"),
            content_type=request.headers.get("content-type", ""),
        )
        return await _sent(request, service.handle(incoming))

    return answer


def _trend_route(trends: TrendService, endpoint: str) -> Any:
    async def answer(request: Request) -> Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        incoming = TrendIncoming(endpoint, dict(request.query_params), headers, await request.body())
        return await _sent(request, trends.handle(incoming))

    return answer


async def _sent(request: Request, outgoing: Outgoing) -> Response:
    """Return the answer when its time has come, or cut the connection."""
    if outgoing.delay:
        await asyncio.sleep(outgoing.delay)
    if outgoing.reset:
        request.scope["extensions"][CONNECTION].abort()
        return Response(status_code=500)
    answer = outgoing.answer
    if outgoing.cut:  # less than the length that is promised: the server closes the connection
        half = answer.body[: len(answer.body) // 2]
        return Response(half, answer.status, {"Content-Length": str(len(answer.body))}, answer.content_type)
    return Response(answer.body, answer.status, headers=answer.headers, media_type=answer.content_type)


async def _not_found(_: Request, __: Exception) -> Response:
    return PlainTextResponse("Unsupported path", status_code=404)
