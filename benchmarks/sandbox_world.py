"""Prints how fast a world of a million videos starts and answers. Run: python -m benchmarks.sandbox_world [videos]."""

import statistics
import sys
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import requests

from sandbox.testing import SandboxServer
from sandbox.world import World
from sandbox.world.video_table import VIDEO_FIELDS

END = date(2025, 3, 1)
PAGES = 60
QUERIES: dict[str, tuple[str, list[str]]] = {
    "username": ("username", ["sandbox_alice"]),
    "hashtag": ("hashtag_name", ["fyp"]),
    "keyword": ("keyword", ["recipe"]),
    "region": ("region_code", ["US", "GB"]),
    "view_count": ("view_count", ["1000"]),
}


def main() -> None:
    videos = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    began = time.perf_counter()
    world = World.generate(accounts=videos // 20, videos=videos, days=365, end=END)
    _ = world.catalog
    print(f"world of {len(world.catalog.videos):,} videos built in {time.perf_counter() - began:.2f} s")
    settings = {"research_quota": 10**9}
    with SandboxServer(world, now=datetime(2025, 3, 1, 12, tzinfo=UTC), settings=settings) as sandbox:
        print(f"first answer possible {time.perf_counter() - began:.2f} s after start")
        session = requests.Session()
        grant = {
            "client_key": sandbox.client_key,
            "client_secret": sandbox.client_secret,
            "grant_type": "client_credentials",
        }
        token = session.post(f"{sandbox.url}/v2/oauth/token/", data=grant, timeout=10).json()["access_token"]
        session.headers["Authorization"] = f"Bearer {token}"
        for name, (field, values) in QUERIES.items():
            first, later, rows = _measure(session, sandbox.url, field, values)
            print(
                f"{name:>12}: first page {first * 1000:6.1f} ms,"
                f" later pages median {statistics.median(later) * 1000:5.1f} ms,"
                f" slowest {max(later) * 1000:5.1f} ms ({rows} rows, all {len(VIDEO_FIELDS)} fields)"
            )


def _measure(session: requests.Session, url: str, field: str, values: list[str]) -> tuple[float, list[float], int]:
    operation = "GTE" if field == "view_count" else "IN"
    body: dict[str, Any] = {
        "query": {"and": [{"field_name": field, "operation": operation, "field_values": values}]},
        "start_date": f"{END - timedelta(days=40):%Y%m%d}",
        "end_date": f"{END - timedelta(days=10):%Y%m%d}",
        "max_count": 100,
    }
    times: list[float] = []
    rows = 0
    while len(times) < PAGES:
        began = time.perf_counter()
        answer = session.post(
            f"{url}/v2/research/video/query/", params={"fields": ",".join(VIDEO_FIELDS)}, json=body, timeout=60
        )
        times.append(time.perf_counter() - began)
        data = answer.json()["data"]
        rows += len(data["videos"])
        if not data["has_more"]:
            break
        body |= {"cursor": data["cursor"], "search_id": data["search_id"]}
    return times[0], times[1:] or times, rows


if __name__ == "__main__":
    main()
