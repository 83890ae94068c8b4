"""Response bytes to committed page, against `json.loads` alone over the same bodies.

    python -m benchmarks.page_path

The page path is the collector's own: reserve, take the answer, judge it, store envelope and body (SHA-256, gzip), give
the rows their types, store the tasks that they lead to, move the checkpoint, settle. Only the tables, the bucket and
TikTok are fakes in memory. What counts is the CPU time of the thread between one page's commit and the next one's;
`json.loads` is timed there and then, so that both see the same weather. Writing the log line is not counted.
"""

import json
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from benchmarks.bodies import comment_page, follower_page, video_page
from benchmarks.collector import Collector, over_fakes
from tiktok_collector.clock import SystemClock
from tiktok_collector.http.answer import Answer
from tiktok_collector.research_api.endpoints import Endpoint

KINDS: Final[Mapping[str, str]] = {
    "video_query": "100 videos, 23 fields",
    "comment_list": "100 comments",
    "user_followers": "100 followers",
}
_EVENT: Final = {
    "username": "bench",
    "include": ["videos", "comments", "followers"],
    "days_back": 30,
    "playlists": False,
}


@dataclass(frozen=True, slots=True)
class PagePath:
    """Seconds a page, medians."""

    endpoint: str
    body_bytes: int
    json_loads: float
    committed: float

    @property
    def ratio(self) -> float:
        """Over 1: faster than `json.loads` alone."""
        return self.json_loads / self.committed


class RecordedClient:
    """Answers with recorded bodies, each endpoint's in turn."""

    def __init__(self, bodies: Mapping[str, Sequence[bytes]]) -> None:
        self._bodies = {name: iter(bodies_of) for name, bodies_of in bodies.items()}
        self._clock = SystemClock()
        self.last = b""

    def url(self, endpoint: Endpoint) -> str:
        return f"https://recorded{endpoint.path}?fields={','.join(endpoint.fields)}"

    def send(self, endpoint: Endpoint, body: Mapping[str, Any], _token: object, *, timeout_seconds: float) -> Answer:
        assert timeout_seconds > 0
        self.last = next(self._bodies[endpoint.name])
        return Answer(
            status=200,
            body=self.last,
            headers={},
            sent_at=self._clock.now(),
            latency_ms=0,
            retry_after=None,
            request=body,
        )


class Stopwatch:
    """A log. At each committed page it notes the CPU time since the last one of the task, then times `json.loads`."""

    def __init__(self, client: RecordedClient) -> None:
        self.committed: dict[str, list[float]] = defaultdict(list)
        self.loaded: dict[str, list[float]] = defaultdict(list)
        self._client = client
        self._task: object = None
        self._since = 0.0

    def info(self, msg: object, /, *, extra: Mapping[str, object]) -> None:
        now = time.thread_time()
        if msg != "page committed":
            return
        if extra["task_id"] == self._task:
            endpoint = str(extra["endpoint"])
            self.committed[endpoint].append(now - self._since)
            start = time.thread_time()
            json.loads(self._client.last)
            self.loaded[endpoint].append(time.thread_time() - start)
        self._task = extra["task_id"]
        self._since = time.thread_time()

    def warning(self, msg: object, /, *, extra: Mapping[str, object]) -> None:
        raise AssertionError(f"{msg}: {extra}")


def measure(rounds: int) -> list[PagePath]:
    """The path of all kinds of pages, each round a run over new fakes."""
    bodies = _bodies()
    loaded: dict[str, list[float]] = defaultdict(list)
    committed: dict[str, list[float]] = defaultdict(list)
    for number in range(rounds + 1):
        client = RecordedClient(bodies)
        stopwatch = Stopwatch(client)
        report = Collector(over_fakes(client), stopwatch).extract(_EVENT, f"round-{number}")
        assert report.state == "complete"
        for name in KINDS if number else ():  # the first round warms up
            loaded[name] += stopwatch.loaded[name]
            committed[name] += stopwatch.committed[name]
    return [
        PagePath(
            name,
            sum(map(len, bodies[name])) // len(bodies[name]),
            statistics.median(loaded[name]),
            statistics.median(committed[name]),
        )
        for name in KINDS
    ]


def _bodies() -> dict[str, list[bytes]]:
    rng = random.Random(20261120)  # noqa: S311 - test data, not secrets
    videos = [video_page(rng, number, last=number == 29) for number in range(30)]
    comments = [comment_page(rng, number) for number in range(3_000)]
    followers = [follower_page(rng, number, last=number == 99) for number in range(100)]
    return {"video_query": videos, "comment_list": comments, "user_followers": followers}


def main() -> None:
    """Print the figures."""
    for each in measure(7):
        print(
            f"{KINDS[each.endpoint]:24} {each.body_bytes / 1000:6.1f} kB  json.loads {each.json_loads * 1e3:.3f} ms  "
            f"committed {each.committed * 1e3:.3f} ms  ratio {each.ratio:.2f}"
        )


if __name__ == "__main__":
    main()
