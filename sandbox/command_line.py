"""The command line of the sandbox."""

import argparse
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from sandbox.api.admin import add_rule
from sandbox.api.service import Service
from sandbox.clock import SandboxClock
from sandbox.server import HOST, bound_socket, make_server
from sandbox.settings import Settings, changed
from sandbox.state import StateFile
from sandbox.tokens import DEFAULT_KEY, DEFAULT_SECRET, Tokens
from sandbox.trends.credentials import secret
from sandbox.world import World

REALISTIC: dict[str, Any] = {
    "settings": {
        "search_id_visible_after_seconds": 3,
        "drop_rate": 0.25,
        "latency_seconds": {"*": 0.5, "video/query": 1.2, "comment/list": 2.0, "user/liked_videos": 1.5},
        "playlist_500_probability": 0.3,
        "rate_limit_requests": 600,
    },
    "faults": [
        {"kind": "internal_error", "probability": 0.04},
        {"kind": "gateway_timeout", "endpoint": "video/query", "probability": 0.01},
        {"kind": "invalid_cursor", "endpoint": "video/query", "probability": 0.02},
        {"kind": "late_videos", "probability": 0.05, "count": 2},
    ],
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the sandbox until it is interrupted; return the exit code (2 for a bad argument)."""
    console = Console(highlight=False)
    options = _parser().parse_args(arguments)
    try:
        service, state = _service(options)
    except (ValueError, TypeError, OSError) as error:
        return _fail(str(error))
    try:
        listener = bound_socket(options.port)
    except OSError as error:
        return _fail(
            f"Port {options.port} cannot be used ({error.strerror}); choose another with --port, or 0 for any."
        )
    server = make_server(service)
    try:
        announce = _announce_to_script if options.json else _announce
        announce(console, service, listener.getsockname()[1])
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    finally:
        listener.close()
        if state is not None:
            state.close()
    return 0


def _announce(console: Console, service: Service, port: int) -> None:
    catalog, tokens = service.world.catalog, service.tokens
    console.print(
        f"Sandbox at [bold]http://{HOST}:{port}[/bold]: {len(catalog.accounts):,} accounts,"
        f" {len(catalog.videos):,} videos; client key {tokens.client_key}, secret {tokens.client_secret}",
        soft_wrap=True,
    )


def _announce_to_script(console: Console, service: Service, port: int) -> None:
    catalog, tokens = service.world.catalog, service.tokens
    document = {
        "url": f"http://{HOST}:{port}",
        "client_key": tokens.client_key,
        "client_secret": tokens.client_secret,
        "trend_credentials": secret(service.clock.seconds()),
        "accounts": len(catalog.accounts),
        "videos": len(catalog.videos),
    }
    # One line, past the console, which would wrap it: whoever started this reads a line and goes on.
    console.file.write(json.dumps(document) + "\n")
    console.file.flush()


def _fail(sentence: str) -> int:
    Console(stderr=True, highlight=False, markup=False).print(sentence, style="red", soft_wrap=True)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox", description="A local TikTok Research API. See docs/sandbox.md."
    )
    parser.add_argument("--port", type=int, default=8480, help="0 picks a free one")
    parser.add_argument("--world", default="default", help="'default' or a dataset file (JSON lines)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--accounts", type=int, default=500)
    parser.add_argument("--videos", type=int, default=20_000)
    parser.add_argument("--days", type=int, default=365, help="days of history")
    parser.add_argument(
        "--end", type=date.fromisoformat, help="the history ends at 00:00 UTC of this day; default today"
    )
    parser.add_argument("--future-days", type=int, default=30)
    parser.add_argument("--comments", type=int, help="exactly so many per video")
    parser.add_argument("--followers", type=int, help="exactly so many per account")
    parser.add_argument("--faults", help="'realistic', a JSON text, or a file with it")
    parser.add_argument("--state", type=Path, help="file that keeps counts, searches and tokens across restarts")
    parser.add_argument("--client-key", default=DEFAULT_KEY)
    parser.add_argument("--client-secret", default=DEFAULT_SECRET)
    parser.add_argument("--json", action="store_true", help="print address and credentials as one line of JSON")
    parser.add_argument("--now", type=datetime.fromisoformat, help="ISO time at which the clock starts")
    return parser


def _service(options: argparse.Namespace) -> tuple[Service, StateFile | None]:
    weather = _weather(options.faults)
    start = options.now
    if start is not None and start.tzinfo is None:
        start = start.replace(tzinfo=UTC)
    clock = SandboxClock(start)
    state = StateFile(options.state) if options.state else None
    end = options.end or (state.world_end if state else None) or clock.now().date()
    if options.world == "default":
        world = World.generate(
            seed=options.seed, accounts=options.accounts, videos=options.videos, days=options.days, end=end,
            future_days=options.future_days, comments_per_video=options.comments,
            followers_per_account=options.followers,
        )  # fmt: skip
    else:
        world = World.from_file(Path(options.world), seed=options.seed)
    settings = changed(Settings(), weather.get("settings", {}))
    tokens = Tokens(options.client_key, options.client_secret)
    service = Service(world, clock, settings=settings, seed=options.seed, tokens=tokens)
    for rule in weather.get("faults", []):
        add_rule(service, rule)
    if state is not None:
        state.world_end = end
        state.restore(service)
    return service, state


def _weather(given: str | None) -> dict[str, Any]:
    if given is None:
        return {}
    if given == "realistic":
        return REALISTIC
    try:
        text = given if given.lstrip().startswith(("{", "[")) else Path(given).read_text(encoding="utf-8")
    except OSError as error:
        raise ValueError(f"--faults names a file that cannot be read ({given}): {error.strerror}.") from error
    try:
        weather = json.loads(text)
    except ValueError as error:
        raise ValueError(f"--faults is not valid JSON: {error}.") from error
    weather = {"faults": weather} if isinstance(weather, list) else weather
    unknown = sorted(set(weather) - {"settings", "faults"})
    if unknown:
        raise ValueError(f'--faults takes "settings" and "faults"; not {unknown[0]!r}.')
    return dict(weather)
