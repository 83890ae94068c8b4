"""Raw pages as collection leaves them: pages of 100 videos, a thousand pages a day."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec

from benchmarks.bodies import ROWS, video_page
from tiktok_collector.clock import iso
from tiktok_collector.lake.keys import raw_page_key
from tiktok_collector.lake.raw_pages import PageEnvelope, body_sha256, encode_page

PAGES_A_DAY: Final = 1_000
FIRST_DAY: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""Long ago, so that the runs have ended."""
_SOURCE: Final = "tiktok_research_api"
_DRAWN: Final = 400
"""Pages that are drawn; the others are the same with other ids, times and counts."""
_FIRST_ID: Final = 7_320_768_196_569_599_275
_SECOND: Final = 1 << 32


def write_pages(folder: Path, pages: int) -> int:
    """Store so many raw pages in a bucket's folder; returns the bytes of their bodies."""
    rng = random.Random(20261121)  # noqa: S311 - made-up rows
    drawn = [msgspec.json.decode(video_page(rng, number, last=False)) for number in range(min(_DRAWN, pages))]

    def store(number: int) -> int:
        body = _body(drawn[number % len(drawn)], number)
        path = folder / _key(number)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encode_page(_envelope(number, body), body))
        return len(body)

    return sum(map(store, range(pages)))


def _body(drawn: dict[str, Any], number: int) -> bytes:
    for place, row in enumerate(drawn["data"]["videos"]):
        row["id"] = _FIRST_ID + (number * ROWS + place) * _SECOND // 50
        row["create_time"] = row["id"] >> 32
        row["username"] = f"account_{number % 700}"
        row["view_count"] = row["view_count"] % 10_000_000 + number
    return msgspec.json.encode(drawn)


def _key(number: int) -> str:
    day, page = divmod(number, PAGES_A_DAY)
    return raw_page_key(
        source=_SOURCE, entity="videos", dt=f"{_at(number):%Y-%m-%d}", run_id=f"day{day:04}",
        task_id=f"a{page // 10:05}.videos.w000", generation=0, page=page % 10 + 1,
    )  # fmt: skip


def _at(number: int) -> datetime:
    day, page = divmod(number, PAGES_A_DAY)
    return FIRST_DAY + timedelta(days=day, hours=1, seconds=page)


def _envelope(number: int, body: bytes) -> PageEnvelope:
    day, page = divmod(number, PAGES_A_DAY)
    return PageEnvelope(
        collector="0",
        source=_SOURCE,
        endpoint="video_query",
        entity="videos",
        url="https://pages",
        request={"query": {}, "max_count": ROWS},
        retrieved_at=iso(_at(number)),
        run_id=f"day{day:04}",
        task_id=f"a{page // 10:05}.videos.w000",
        generation=0,
        page=page % 10 + 1,
        request_id="request",
        day=f"{_at(number):%Y-%m-%d}",
        family="research",
        has_more=True,
        http_status=200,
        body_sha256=body_sha256(body),
        body_bytes=len(body),
        collections=("accounts",),
    )


def days(pages: int) -> Iterator[str]:
    """The UTC days that so many pages are of."""
    return (f"{FIRST_DAY + timedelta(days=day):%Y-%m-%d}" for day in range(-(-pages // PAGES_A_DAY)))
