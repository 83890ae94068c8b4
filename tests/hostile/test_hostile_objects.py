"""Objects that somebody else has put into the bucket: one typed sentence for whoever reads them, or nothing of them."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli import manifests
from cli.retries import retries
from cli.run_states import ended_run
from tests.hostile.examples import changed, few
from tiktok_collector.accounting.usage_log import stored_log
from tiktok_collector.accounting.waiting import waiting_since
from tiktok_collector.collection.day_plans import day_plan
from tiktok_collector.errors import CollectorError, Fatal
from tiktok_collector.lake import keys
from tiktok_collector.lake.day_names import days_below
from tiktok_collector.lake.gzipped import gzipped
from tiktok_collector.lake.objects import GZIP, JSON, ObjectStore, StoredObject
from tiktok_collector.lake.raw_pages import decode_pages
from tiktok_collector.lake.trend_keys import TREND_SUMMARIES, trend_poll_key, trend_summary_key
from tiktok_collector.planner.state import StudyState
from tiktok_collector.studies.records import RecordStore
from tiktok_collector.studies.seen import SeenVideos
from tiktok_collector.studies.study_files import StudyFiles
from tiktok_collector.trend_lists.kinds import TrendKind
from tiktok_collector.trend_lists.row_lines import decode_rows
from tiktok_collector.trends.poll import decode_poll
from tiktok_collector.trends.summaries import TrendSummaries

if TYPE_CHECKING:
    from tiktok_collector.tasks.runs import RunStore

DAY: Final = date(2026, 11, 20)
NOW: Final = datetime(2026, 11, 21, 9, tzinfo=UTC)


class Stored(ObjectStore):
    """A bucket in memory."""

    def __init__(self, objects: dict[str, bytes]) -> None:
        self.objects = objects

    def get_bytes(self, key: str, *, first: int | None = None) -> bytes | None:
        found = self.objects.get(key)
        return found if found is None else found[:first]

    def put_bytes(self, key: str, data: bytes, *, content_type: str = JSON) -> None:
        _ = content_type
        self.objects[key] = data

    def put_once(self, key: str, data: bytes, *, content_type: str = GZIP) -> bool:
        _ = content_type
        return self.objects.setdefault(key, data) is data

    def keys(self, prefix: str) -> Iterator[StoredObject]:
        for key in sorted(self.objects):
            if key.startswith(prefix):
                yield StoredObject(key, len(self.objects[key]), NOW)


def seen(data: bytes) -> object:
    objects = Stored({keys.seen_key("c", "2026-11-20", "r"): gzipped(data)})
    return SeenVideos(objects, threads=1).earlier([("c", DAY)], "other", DAY)


def record(data: bytes) -> object:
    return RecordStore(Stored({keys.run_record_key("2026-11-20", "r"): gzipped(data)}), threads=1).state()


REFUSED: dict[str, Callable[[bytes], object]] = {
    "plan": lambda data: day_plan(Stored({keys.day_plan_key("2026-11-20"): gzipped(data)}), DAY),
    "record": record,
    "seen": seen,
    "state": StudyState.decode,
    "poll": lambda data: decode_poll(data, trend_poll_key("2026-11-20", "p1")),
    "summary": lambda data: TrendSummaries(Stored({trend_summary_key("2026-11-20"): gzipped(data)})).summary(
        "2026-11-20"
    ),
    "rows": lambda data: decode_rows(data, TrendKind.HASHTAG),
    "pages": lambda data: decode_pages(gzipped(data + b"\n{}"), key="raw/x.json.gz"),
    "manifest": lambda data: manifests.of_run(Stored({keys.manifest_key("r"): data}), "r"),
}
DAMAGE = {
    "no UTF-8": b'{"version": 1, "\xff": "\xff"}',
    "too deep": b'{"version": ' + b"[" * 200_000,
    "unknown and too deep": b'{"else": ' + b"[" * 200_000,
    "null": b"null",
    "a list": b"[[]]",
    "no UTF-8 where a text is": b'{"day": "\xff", "runs": ["\xff"], "files": {"\xff": ""}}',
    "half": b'{"version": 1, "day": "2026-',
}


@pytest.mark.parametrize("data", DAMAGE.values(), ids=DAMAGE)
@pytest.mark.parametrize("read", REFUSED.values(), ids=REFUSED)
def test_damage_is_one_sentence(read: Callable[[bytes], object], data: bytes) -> None:
    with pytest.raises(CollectorError) as refused:
        read(data)
    assert len(str(refused.value)) < 500
    assert str(refused.value).isprintable()


TEXTS = {
    "plan": b'{"study": "\xff"}',
    "record": b'{"run_id": "\xff"}',
    "seen": b'{"ids": {"\xff": []}}',
    "state": b'{"runs": ["\xff"]}',
    "poll": b'{"day": "\xff"}',
    "summary": b'{"lists": [{"gaps": ["\xff"]}]}',
    "rows": b'{"country": "\xff"}',
    "pages": b'{"source": "\xff"}',
    "manifest": b'{"run_id": "\xff"}',
}
"""Where a decoder makes a text of the bytes; elsewhere it skips them."""


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_text_is_one_sentence(name: str) -> None:
    with pytest.raises(Fatal, match=r"is not UTF-8 text|is damaged: put back"):
        REFUSED[name](TEXTS[name])


@pytest.mark.parametrize("data", DAMAGE.values(), ids=DAMAGE)
def test_what_is_made_anew_is_not_read_when_it_is_damaged(data: bytes) -> None:
    trends = {"enabled": True, "countries": ["US"], "kinds": {"hashtag": "business_api"}}
    study = json.dumps({"version": 1, "name": "s", "trends": trends}).encode()
    objects = Stored(
        {
            keys.usage_log_key("2026-11-20"): data,
            keys.STUDY_STATE: gzipped(data),
            keys.STUDY_FILE: study,
            keys.ACCEPTED_STUDY: gzipped(data),
        }
    )
    assert stored_log(objects, "2026-11-20") is None
    assert not RecordStore(objects, threads=1).state().runs
    current = StudyFiles(objects).current()
    assert current
    assert current.read.study.name == "s"
    assert objects.objects[keys.ACCEPTED_STUDY] != gzipped(data)


def test_a_state_whose_numbers_break_off_is_refused() -> None:
    state = json.loads(StudyState.empty().encode())
    for lines in ([], [[0, "AA=="]]):
        state["lines"], state["units"] = lines, {"u": {}}
        with pytest.raises(Fatal, match="cannot be read"):
            StudyState.decode(json.dumps(state).encode())


def test_strange_names_are_nobody_s_day() -> None:
    names = ["zzz", "dt=.json.gz", "dt=2026-13-01.json.gz", "dt=2026-11-20.json.gz.bak", "dt=2026-11-20/x.json", ""]
    summary = trend_summary_key("2026-11-19")
    objects = Stored({summary: gzipped(b'{"day":"2026-11-19","lists":[],"merged":[]}')})
    for prefix in (keys.STUDY_PLANS, TREND_SUMMARIES):
        objects.objects |= {prefix + name: b"x" for name in names}
    objects.objects[keys.day_plan_key("2026-11-19")] = objects.objects[keys.STUDY_FILE] = b"x"
    assert list(days_below(objects, TREND_SUMMARIES)) == [date(2026, 11, 19)]
    before = TrendSummaries(objects).before("2026-11-21")
    assert before
    assert before.day == date(2026, 11, 19)
    no_runs = cast("RunStore", type("NoRuns", (), {"open": lambda _: ()})())
    assert waiting_since(no_runs, objects, NOW) == NOW


SEARCH: dict[str, Any] = {"name": "s", "query": {"and": []}}
MANIFEST: dict[str, Any] = {
    "version": 1,
    "run_id": "r",
    "function": "user_extraction",
    "status": "complete_with_gaps",
    "event": {"usernames": 1, "start_date": "2026-01-01", "end_date": "2026-02-01"},
    "started_at": "2026-11-20T06:00:00.000Z",
    "accounts": [
        {
            "username": "a",
            "requests": 3,
            "complete": False,
            "export": None,
            "rows": {"videos": 0},
            "streams": [
                {
                    "stream": "videos",
                    "endpoint": "video_query",
                    "state": "failed",
                    "rows": 0,
                    "observation": "unknown",
                    "gaps": [{"reason": "failed", "window": {"start": "2026-01-01", "end": "2026-01-30"}}],
                }
            ],
        }
    ],
}
OF_A_SEARCH = {
    **{name: value for name, value in MANIFEST.items() if name != "accounts"},
    "function": "video_search",
    "event": SEARCH,
    "searches": [{**MANIFEST["accounts"][0], "search": "s"}],
}


@few
@given(changed(MANIFEST) | changed(OF_A_SEARCH) | st.sampled_from([MANIFEST, OF_A_SEARCH]))
def test_a_manifest_is_refused_or_shown(document: Any) -> None:
    data = json.dumps(document).encode()
    try:
        found = manifests.of_run(Stored({keys.manifest_key("r"): data}), "r")
    except Fatal:
        return
    assert found
    ended_run(found, "manifests/run=r.json")
    retries(found, manifests.gaps(found), possible=True)


def test_a_manifest_that_is_too_large_is_not_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifests, "_LARGEST", 1_000)
    objects = Stored({keys.manifest_key("r"): json.dumps(MANIFEST).encode() + b" " * 1_000})
    with pytest.raises(Fatal, match="too large"):
        manifests.of_run(objects, "r")
