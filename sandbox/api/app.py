"""The ASGI application: the API's paths and the admin routes."""

import asyncio
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from sandbox.api.admin import admin_routes
from sandbox.api.service import Incoming, Service
from sandbox.endpoints import PATHS

CONNECTION = "sandbox.connection"
"""The ASGI extension under which `sandbox.server` hands over the connection, so that it can be cut."""


def make_app(service: Service) -> ASGIApp:
    """Return the application that serves this service."""
    routes = [Route(path, _route(service, endpoint), methods=["POST"]) for path, endpoint in PATHS.items()]
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
        )
        outgoing = service.handle(incoming)
        if outgoing.delay:
            await asyncio.sleep(outgoing.delay)
        if outgoing.reset:
            request.scope["extensions"][CONNECTION].abort()
            return Response(status_code=500)
        answer = outgoing.answer
        return Response(answer.body, answer.status, headers=answer.headers, media_type=answer.content_type)

    return answer


async def _not_found(_: Request, __: Exception) -> Response:
    return PlainTextResponse("Unsupported path", status_code=404)
