"""100,000 rows of trends from answers to lines: read, normalised, deduplicated, encoded; and the day's summary of them.

    python -m benchmarks.trend_rows

The answers are read by the collector's own adapters: 1,000 lists of 100 hashtags on pages of 20, with curves of 7 days,
as the Creative Center gives them to logged-in callers; or 500 lists of 200 hashtags with a history of 30 days, as the
Business API does. Every tenth row comes twice. The reference reads the same bodies with `json.loads` and does no more
than `str.lower` to their names. CPU time of the process, medians of a few rounds, taking turns.
"""

import json
import random
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import batched, islice, product
from typing import Any, Final

import msgspec
from pydantic import SecretStr

from tiktok_collector.business_api.adapter import BusinessApi
from tiktok_collector.business_api.credentials import BusinessCredentials
from tiktok_collector.creative_center.current import CreativeCenter, CreativeCenterLogin
from tiktok_collector.creative_center.hosts import CreativeCenterUrls
from tiktok_collector.http.answer import Answer
from tiktok_collector.trend_lists.between_days import summarise
from tiktok_collector.trend_lists.kinds import TrendKind, TrendList, TrendSource
from tiktok_collector.trend_lists.offers import offer_of
from tiktok_collector.trend_lists.row_lines import deduplicated, encode_rows
from tiktok_collector.trend_lists.rows import TrendRow
from tiktok_collector.trend_lists.steps import TrendAdapter
from tiktok_collector.trend_lists.summary import ListAnswer, encode_summary

ROWS: Final = 100_000
MOST_SECONDS: Final = 3.0
"""On one core, for rows with the curves of a week."""
AIMED_AT: Final = TrendSource.CREATIVE_CENTER
_ROUNDS: Final = 3
_PAGE: Final = 20
_REPEATED: Final = 10
_AT: Final = datetime(2026, 9, 1, 6, tzinfo=UTC)
_WRITTEN: Final = "2026-09-01T06:00:00.000Z"
_WORDS: Final = [
    "summer", "BackToSchool", "façon", "Täglich", "#dance", "fyp", "학교", "amigos ", "lavie", "Morning", "learn",
    "news", "spiel", "коты", "料理", "fitcheck", "challenge", "story", "day", "Straße", "and", "the", "today", "you",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class TrendRows:
    """Seconds of CPU time for `ROWS` rows."""

    source: str
    megabytes: float
    json_loads: float
    lines: float
    summary: float

    @property
    def ratio(self) -> float:
        """So many times the reference."""
        return self.lines / self.json_loads


@dataclass(frozen=True, slots=True)
class _Bodies:
    """The answers of each list of a source, and where the rows and their names are in an answer."""

    adapter: TrendAdapter
    lists: dict[TrendList, list[bytes]]
    names: Callable[[Any], Iterable[str]]

    @property
    def all(self) -> list[bytes]:
        return [body for bodies in self.lists.values() for body in bodies]


def measure() -> tuple[TrendRows, ...]:
    """The Creative Center's rows and the Business API's."""
    return tuple(_measured(bodies) for bodies in (_creative_center(), _business_api()))


def _measured(bodies: _Bodies) -> TrendRows:
    json_loads, lines, summaries = zip(*(_round(bodies) for _ in range(_ROUNDS)), strict=True)
    return TrendRows(
        source=bodies.adapter.source,
        megabytes=sum(map(len, bodies.all)) / 1e6,
        json_loads=statistics.median(json_loads),
        lines=statistics.median(lines),
        summary=statistics.median(summaries),
    )


def _round(bodies: _Bodies) -> tuple[float, float, float]:
    begun = time.process_time()
    for body in bodies.all:
        for name in bodies.names(json.loads(body)):
            name.lower()
    loaded = time.process_time()
    rows = {asked: _rows(bodies.adapter, asked, answers) for asked, answers in bodies.lists.items()}
    ended = time.process_time()
    assert sum(map(len, rows.values())) == ROWS
    return loaded - begun, ended - loaded, _summary_seconds(rows)


def _rows(adapter: TrendAdapter, asked: TrendList, answers: Sequence[bytes]) -> tuple[TrendRow, ...]:
    step = adapter.first(asked)
    found: list[TrendRow] = []
    for body in answers:
        page = adapter.read(asked, step, _answer(body), _WRITTEN)
        found += page.rows
        step = page.next or step
    kept = deduplicated(found).rows
    encode_rows(kept)
    return kept


def _summary_seconds(rows: dict[TrendList, tuple[TrendRow, ...]]) -> float:
    """From these rows and the summary of a day before with other ranks to a summary's bytes."""
    answers = [ListAnswer(asked=asked, poll="p1", at=_WRITTEN, rows=found) for asked, found in rows.items()]
    moved = [msgspec.structs.replace(each, rows=each.rows[3:]) for each in answers]
    before = summarise(date(2026, 8, 31), moved, None)
    begun = time.process_time()
    encode_summary(summarise(date(2026, 9, 1), answers, before))
    return time.process_time() - begun


def _creative_center() -> _Bodies:
    rng = random.Random(7)  # noqa: S311 - synthetic rows
    urls = CreativeCenterUrls(main="https://none", us="https://none", eu="https://none")
    adapter = CreativeCenter(urls, CreativeCenterLogin(cookie=SecretStr("a=b"), csrf_token=SecretStr("c")))
    lists = {}
    for asked in _lists(TrendSource.CREATIVE_CENTER, ROWS // 100):
        items = [_current(rng, rank, name) for rank, name in _ranked_names(rng, 100)]
        pages = list(batched(items, _PAGE, strict=False))
        lists[asked] = [
            _body(
                {
                    "BaseResp": {"StatusCode": 0, "StatusMessage": ""},
                    "items": page,
                    "pagination": {"page": number, "limit": _PAGE, "totalCount": "100", "hasMore": number < len(pages)},
                }
            )
            for number, page in enumerate(pages, start=1)
        ]
    return _Bodies(adapter, lists, lambda body: (item["hashtagName"] for item in body["items"]))


def _business_api() -> _Bodies:
    rng = random.Random(7)  # noqa: S311 - synthetic rows
    credentials = BusinessCredentials(access_token=SecretStr("token"), advertiser_id="7000000000000000000")
    lists = {}
    for asked in _lists(TrendSource.BUSINESS_API, ROWS // 200):
        items = [_listed(rng, rank, name) for rank, name in _ranked_names(rng, 200)]
        lists[asked] = [_body({"code": 0, "message": "OK", "request_id": "1", "data": {"list": items}})]
    adapter = BusinessApi("https://none", credentials)
    return _Bodies(adapter, lists, lambda body: (item["hashtag_name"] for item in body["data"]["list"]))


def _lists(source: TrendSource, count: int) -> Iterator[TrendList]:
    offer = offer_of(source, TrendKind.HASHTAG)
    every = product(offer.periods, sorted(offer.industries or ()), sorted(offer.countries))
    for period, industry, country in islice(every, count):
        yield TrendList(source=source, kind=TrendKind.HASHTAG, country=country, period=period, industry=industry)


def _ranked_names(rng: random.Random, count: int) -> list[tuple[int, str]]:
    """So many hashtags, every tenth of them twice."""
    names = [f"{rng.choice(_WORDS)}{rng.choice(_WORDS)}{number}" for number in range(count)]
    ranked = list(enumerate(names, start=1))
    return sorted(ranked + ranked[::_REPEATED])


def _current(rng: random.Random, rank: int, name: str) -> dict[str, Any]:
    start = int(_AT.timestamp())
    return {
        "hashtagID": str(rng.randrange(10**15, 10**19)),
        "hashtagName": name,
        "rankIndex": rank,
        "publishCnt": str(rng.randrange(10**7)),
        "vv": str(rng.randrange(10**11)),
        "industryIDs": ["23000000000"],
        "popularityCurve": [
            {"timestamp": str(start - 86_400 * day), "value": round(rng.random() * 100, 1)} for day in range(7, 0, -1)
        ],
        "topCreators": [{"handleName": "someone", "nickname": "Someone", "avatarURL": "", "followedCnt": "1000"}] * 3,
    }


def _listed(rng: random.Random, rank: int, name: str) -> dict[str, Any]:
    return {
        "hashtag_id": str(rng.randrange(10**15, 10**19)),
        "hashtag_name": name,
        "rank_position": str(rank),
        "rank_change": rng.choice(["NEW", 0, 3, -2]),
        "views": rng.randrange(10**11),
        "posts": rng.randrange(10**7),
        "top_country_list": ["US", "GB", "DE", "FR", "IT"],
        "trending_history": [
            {
                "date": f"{_AT.date() - timedelta(days=day)}",
                "rank_position_daily": rank,
                "views_daily": rng.randrange(1_000, 10**8),
            }
            for day in range(30, 0, -1)
        ],
    }


def _body(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _answer(body: bytes) -> Answer:
    return Answer(status=200, body=body, headers={}, sent_at=_AT, latency_ms=1, retry_after=None, request={})


if __name__ == "__main__":
    for each in measure():
        print(
            f"{each.source}: {ROWS:,} rows from {each.megabytes:.0f} MB of answers in {each.lines:.2f} s, "
            f"json.loads and str.lower alone {each.json_loads:.2f} s ({each.ratio:.2f}); "
            f"a summary of them in {each.summary:.2f} s"
        )
