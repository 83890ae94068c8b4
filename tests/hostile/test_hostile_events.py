"""Events that nobody means: one short sentence, whatever they hold; the functions go on."""

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from tests.hostile.examples import VALUES, changed, few
from tests.integration.collection.deployed import FUNCTIONS, Deployed
from tiktok_collector.errors import CollectorError, InvalidRequest
from tiktok_collector.events.bounds import MOST_VALUES
from tiktok_collector.events.collection import CollectionEvent
from tiktok_collector.events.extraction import ExtractionEvent
from tiktok_collector.events.parsing import parse_event
from tiktok_collector.events.quota_accounting import QuotaAccountingEvent
from tiktok_collector.events.refresh import VideoRefreshEvent
from tiktok_collector.events.search import SearchEvent
from tiktok_collector.events.study import StudyEvent
from tiktok_collector.events.token_refresh import TokenRefreshEvent
from tiktok_collector.events.trends import TrendEvent
from tiktok_collector.events.worker import WorkerEvent
from tiktok_collector.handling import UnexpectedFailure

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

LONGEST_SENTENCE = 2_000
DATES = {"start_date": "2026-01-01", "end_date": "2026-02-01"}
QUERY = {"and": [{"field_name": "keyword", "operation": "IN", "field_values": ["x", "y"]}]}
GOOD: dict[type[BaseModel], dict[str, Any]] = {
    ExtractionEvent: {"usernames": ["a", "b"], "include": ["videos"], "comments": {"max_per_video": 3}, **DATES},
    SearchEvent: {"name": "s", "query": QUERY, "run_id": "r", **DATES},
    VideoRefreshEvent: {"name": "s", "video_ids": ["7320768196569599275"]},
    TrendEvent: {"countries": ["US"], "kinds": {"hashtag": ["business_api"]}, "periods": [7], "industries": ["x"]},
    StudyEvent: {"study": True, "plan_only": True},
    WorkerEvent: {"recover": True, "scheduled_time": "2026-11-20T00:00:00Z"},
    QuotaAccountingEvent: {"reconcile": True},
    TokenRefreshEvent: {"rejected_version": "v"},
}


def sentence_of(model: type[BaseModel], event: object) -> str | None:
    """What is wrong with the event; None if it is one, and can be kept as JSON."""
    try:
        read = parse_event(model, event)
    except InvalidRequest as error:
        return str(error)
    json.dumps(read.model_dump(mode="json"), ensure_ascii=False).encode()
    if isinstance(read, ExtractionEvent):
        assert all(name.isprintable() and 0 < len(name) <= 64 for name in read.accounts)
    return None


@few
@given(st.sampled_from(list(GOOD)).flatmap(lambda model: st.tuples(st.just(model), changed(GOOD[model]) | VALUES)))
def test_changed_events(case: tuple[type[BaseModel], Any]) -> None:
    model, event = case
    sentence = sentence_of(model, event)
    if sentence is not None:
        assert len(sentence) <= LONGEST_SENTENCE
        sentence.encode()


@pytest.mark.parametrize("model", GOOD, ids=lambda model: model.__name__)
def test_good_events_are_read(model: type[BaseModel]) -> None:
    assert sentence_of(model, GOOD[model]) is None


def nested(levels: int) -> Any:
    value: Any = []
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"include": [0] * (MOST_VALUES + 1)}, f"more than {MOST_VALUES} values"),
        ({"start_date": nested(5_000)}, "nested more than 30 deep"),
        ({"username": "a\ud800"}, "'username' is wrong: it holds half a character"),
        ({"\udfff": 1}, "half a character"),
        ({"k" * 1_000_000: 1}, "a field 'kkk"),
        ({"start_date": "9" * 1_000_000}, "'start_date' is wrong"),
        ({"username": "https://tiktok.com/@a b?" + "x" * 1_000_000}, "is not a TikTok handle"),
        ({"username": "na\u200bme"}, "has the character U+200B, which nobody sees"),
        ({"username": "\u202eeman"}, "U+202E"),
        ({"username": "a/../../b"}, "is not a TikTok handle"),
        ({"run_id": "../up"}, "'run_id' is wrong"),
        ({"run_id": "r\n"}, "'run_id' is wrong"),
    ],
)
def test_the_sentence_is_short_and_names_the_place(fields: dict[str, Any], words: str) -> None:
    sentence = sentence_of(ExtractionEvent, {"username": "someone", **fields})
    assert sentence is not None
    assert words in sentence
    assert len(sentence) <= LONGEST_SENTENCE


@pytest.fixture(scope="module")
def odd_events() -> list[Any]:
    """As JSON gives them, so without what JSON cannot write."""
    long = "x" * 50_000
    return [
        None,
        [],
        "text",
        5,
        {"study": nested(500)},
        {"study": True, long: 1},
        {"username": "\ud800", "video_ids": nested(40)},
        {"username": long, "name": long, "recover": long, "reconcile": long, "rejected_version": long},
        {"video_ids": ["9" * 5_000], "name": "x"},
        {"scheduled_time": "\x1b[2J\n<aws.scheduler.scheduled-time>", "study": "yes"},
    ]


def test_functions_as_deployed_answer_each_with_a_sentence(
    make_cloud: "MakeCloud", monkeypatch: pytest.MonkeyPatch, odd_events: list[Any]
) -> None:
    deployed = Deployed(make_cloud(), monkeypatch)
    for function in FUNCTIONS:
        for event in odd_events:
            outcome = deployed.send(function, event)
            assert isinstance(outcome.error, CollectorError | type(None)), (function, event)
            assert not isinstance(outcome.error, UnexpectedFailure), (function, event)
            assert len(str(outcome.error)) <= LONGEST_SENTENCE
            if outcome.error is not None:
                assert outcome.logged_errors == [outcome.sentence]
    assert deployed.send("collection_worker", {}).error is None
    assert not deployed.cloud.keys("raw/")


def test_a_period_is_of_the_calendar() -> None:
    for wrong in (0, -1, 10**30, 1e308, "0000-01-01", "9999-99-99", "\uff12\uff10\uff12\uff16-01-01"):
        assert sentence_of(ExtractionEvent, {"username": "a", "start_date": wrong, "end_date": wrong}) is not None
    assert issubclass(ExtractionEvent, CollectionEvent)
