"""Memory of the deduplicated view: many videos, each fetched twice by shifted pages and for two collections.

    python -m benchmarks.study_view [videos]

The process is its own, and pages are made as they are read, so that what grows is what the view keeps.
"""

import resource
import sys
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any, Final

import msgspec

from tiktok_collector.clock import iso
from tiktok_collector.collection.page_reader import PageReader
from tiktok_collector.collection.study_view import StudyView
from tiktok_collector.lake.raw_pages import PageEnvelope, RawPageStore, body_sha256, encode_page

VIDEOS: Final = 200_000
_ROWS: Final = 100
_SHIFT: Final = 37
_FIRST_ID: Final = 7_320_768_196_569_599_275
_START: Final = datetime(2026, 11, 20, tzinfo=UTC)
_COLLECTIONS: Final = ("accounts", "cats")


class _Pages:
    """An S3 client that has the page of every key `<pass>/<number>`."""

    def get_object(self, *, Key: str, **_: Any) -> dict[str, Any]:  # noqa: N803 - boto3's names
        fetch, number = map(int, Key.split("/"))
        first = max(number * _ROWS - fetch * _SHIFT, 0)
        rows = [
            {"id": _FIRST_ID + place * 4096, "like_count": place, "video_description": "x" * 200}
            for place in range(first, (number + 1) * _ROWS - fetch * _SHIFT)
        ]
        return {"Body": BytesIO(_page(rows, fetch, number))}


def _page(rows: list[dict[str, Any]], fetch: int, number: int) -> bytes:
    body = msgspec.json.encode({"data": {"videos": rows}, "error": {"code": "ok", "message": "", "log_id": "log"}})
    envelope = PageEnvelope(
        collector="0",
        source="tiktok_research_api",
        endpoint="video_query",
        entity="videos",
        url="https://pages",
        request={},
        retrieved_at=iso(_START + timedelta(days=8 * fetch, seconds=number)),
        run_id="run",
        task_id="task",
        generation=0,
        page=number,
        request_id="request",
        day="2026-11-20",
        family="research",
        has_more=True,
        http_status=200,
        body_sha256=body_sha256(body),
        body_bytes=len(body),
        collections=_COLLECTIONS[fetch : fetch + 1],
    )
    return encode_page(envelope, body)


class _Nowhere:
    """Takes rows and keeps nothing."""

    def write(self, _data: bytes, /) -> None:
        """Forgets the data."""


def main() -> None:
    """Print the figures."""
    videos = int(sys.argv[1]) if sys.argv[1:] else VIDEOS
    reader = PageReader(RawPageStore(_Pages(), "bucket"))  # type: ignore[arg-type] # what the reader uses of it
    # What the libraries take at their first use is not the view's.
    StudyView.of(reader, ["0/0"]).write(_Nowhere())
    before = _peak()
    keys = (f"{fetch}/{number:06d}" for fetch in (0, 1) for number in range(videos // _ROWS))
    view = StudyView.of(reader, keys)
    noted = _peak()
    rows = view.write(_Nowhere())
    print(
        f"{rows} videos on {view.pages} pages: {noted - before:.0f} MB for the first reading, "
        f"{_peak() - before:.0f} MB in all, beside {before:.0f} MB of interpreter and libraries"
    )


def _peak() -> float:
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    return kilobytes * 1024 / 1_000_000


if __name__ == "__main__":
    main()
