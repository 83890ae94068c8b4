"""Response bytes to a committed page's bytes, against `json.loads` alone over the same bodies.

    python -m benchmarks.page_decode [pages]

What is timed for each body: frame, typed rows, SHA-256, gzip'd raw object. Nothing leaves memory.
"""

import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import msgspec

from tiktok_collector import __version__
from tiktok_collector.lake.keys import SOURCE
from tiktok_collector.lake.raw_pages import PageEnvelope, body_sha256, encode_page
from tiktok_collector.research_api.answers import read_frame
from tiktok_collector.research_api.client import Answer
from tiktok_collector.research_api.endpoints import ENDPOINTS, MAX_COUNT
from tiktok_collector.research_api.rows import read_rows

ROUNDS = 7
ENDPOINT = ENDPOINTS["video_query"]
WHEN = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
WORDS = [
    "summer", "receita", "façon", "täglich", "dance", "fyp", "trend", "amigos", "la vie", "morning", "learn", "news",
    "spiel", "коты", "料理", "🔥", "😂", "challenge", "story", "day", "with", "and", "the", "today", "you", "me",
]  # fmt: skip


def synthetic_body(rng: random.Random) -> bytes:
    """A page of 100 videos with all 23 fields, in the random key order that the API has."""
    videos = [_video(rng, 7_320_768_196_569_599_275 - rank * 4_294_967_296) for rank in range(MAX_COUNT)]
    data = {"videos": videos, "cursor": 100, "has_more": True, "search_id": "7354367454467855403"}
    error = {"code": "ok", "message": "", "log_id": "20261120160000A8A35938AA061A19F445"}
    return msgspec.json.encode({"data": data, "error": error})


def _video(rng: random.Random, video_id: int) -> dict[str, object]:
    hashtags = rng.sample(WORDS, rng.randint(0, 8))
    heavy_tail = int(rng.paretovariate(0.6) * 100)
    video: dict[str, object] = {
        "id": video_id,
        "create_time": video_id >> 32,
        "username": f"account_{rng.randrange(10**6)}",
        "region_code": rng.choice(["US", "DE", "BR", "ID"]),
        "video_description": " ".join(rng.choices(WORDS, k=rng.randint(2, 30)))
        + "".join(f" #{tag}" for tag in hashtags),
        "music_id": video_id + 5_000_001,
        "like_count": heavy_tail // 10,
        "comment_count": heavy_tail // 300,
        "share_count": heavy_tail // 500,
        "view_count": heavy_tail,
        "favorites_count": heavy_tail // 100,
        "hashtag_names": hashtags,
        "is_stem_verified": False,
        "video_duration": rng.randint(5, 180),
        "hashtag_info_list": [
            {"hashtag_id": rng.randrange(10**16), "hashtag_name": tag, "hashtag_description": ""} for tag in hashtags
        ],
        "sticker_info_list": [{"sticker_id": rng.randrange(10**16), "sticker_name": "poll"}],
        "effect_ids": [str(rng.randrange(10**8)) for _ in range(rng.randint(0, 2))],
        "effect_info_list": [{"effect_id": rng.randrange(10**8), "effect_name": "Glow", "effect_photo_url": ""}],
        "video_mention_list": rng.sample(WORDS, rng.randint(0, 2)),
        "video_label": {"content": "", "sink": 0, "type": 0, "vote": 0},
        "video_tag": {"type": "AIGC Type", "number": 1},
        "playlist_id": video_id + 77,
        "voice_to_text": " ".join(rng.choices(WORDS, k=rng.randint(20, 120))) if rng.random() < 0.3 else "",
    }
    names = list(video)
    rng.shuffle(names)
    return {name: video[name] for name in names}


def commit(body: bytes) -> bytes:
    """What the collector does with a body before it is stored."""
    answer = Answer(
        status=200, body=body, headers={}, sent_at=WHEN, latency_ms=800, retry_after=None, request={"max_count": 100}
    )
    frame = read_frame(ENDPOINT, answer)
    page = read_rows(ENDPOINT, frame.rows)
    assert len(page.rows) == MAX_COUNT
    assert not page.quarantined
    assert not page.unknown_fields
    envelope = PageEnvelope(
        collector=__version__,
        source=SOURCE,
        endpoint=ENDPOINT.name,
        entity=ENDPOINT.entity,
        url=ENDPOINT.path,
        request=dict(answer.request),
        retrieved_at="2026-11-20T16:00:00.000Z",
        run_id="bench",
        task_id="videos",
        generation=0,
        page=1,
        request_id="r",
        day="2026-11-20",
        family=ENDPOINT.family,
        cursor_out=frame.cursor,
        search_id_out=frame.search_id,
        has_more=frame.has_more,
        http_status=answer.status,
        log_id=frame.log_id,
        body_sha256=body_sha256(body),
        body_bytes=len(body),
    )
    return encode_page(envelope, body)


def seconds(work: Callable[[bytes], object], bodies: Sequence[bytes]) -> float:
    """The median time of `work` over all bodies."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for body in bodies:
            work(body)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def measure(pages: int) -> dict[str, float]:
    """Seconds a page of both, and their ratio (over 1: faster than `json.loads` alone)."""
    rng = random.Random(20261120)  # noqa: S311 - test data, not secrets
    bodies = [synthetic_body(rng) for _ in range(pages)]
    seconds(json.loads, bodies[:5])
    seconds(commit, bodies[:5])
    loads = seconds(json.loads, bodies) / pages
    ours = seconds(commit, bodies) / pages
    return {
        "body_kilobytes": sum(map(len, bodies)) / pages / 1000,
        "object_kilobytes": sum(len(commit(body)) for body in bodies) / pages / 1000,
        "json_loads_ms": loads * 1000,
        "committed_page_ms": ours * 1000,
        "ratio": loads / ours,
    }


def main() -> None:
    """Print the figures."""
    figures = measure(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
    print(f"page: 100 videos, 23 fields, {figures['body_kilobytes']:.0f} kB -> {figures['object_kilobytes']:.0f} kB")
    print(f"json.loads alone                                {figures['json_loads_ms']:.2f} ms a page")
    print(f"frame + typed rows + SHA-256 + gzip'd object    {figures['committed_page_ms']:.2f} ms a page")
    print(f"ratio to json.loads                             {figures['ratio']:.2f} (aim: at least 0.5)")


if __name__ == "__main__":
    main()
