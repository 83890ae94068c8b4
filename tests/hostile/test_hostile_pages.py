"""A page whose values were changed for hostile ones: a typed error, or a checkpoint, tasks and an export that hold."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile.examples import changed, few
from tests.hostile.rows import ROWS
from tests.unit.collection.support import COMMENTS, FOLLOWERS, VIDEOS, WINDOW, seconds_of
from tests.unit.pseudonyms.support import people
from tests.unit.research_api.support import answer, ok_body
from tiktok_collector.collection.disclosure import AsGiven, Disclosure, Pseudonymous
from tiktok_collector.collection.export_document import quarantined_of, rows_of
from tiktok_collector.collection.follow_up import follow_ups
from tiktok_collector.collection.page_reader import StoredPage
from tiktok_collector.collection.page_records import envelope_of, good_entry
from tiktok_collector.collection.paginator import PageFacts, advance, begin_generation
from tiktok_collector.collection.plan import new_task
from tiktok_collector.errors import CollectorError
from tiktok_collector.http.answer import Answer
from tiktok_collector.quota.entry_items import entry_item
from tiktok_collector.quota.families import Family, WorkClass
from tiktok_collector.quota.reservation import Reservation
from tiktok_collector.research_api.answers import Frame, explain, read_frame
from tiktok_collector.research_api.endpoints import ENDPOINTS, Endpoint
from tiktok_collector.research_api.rows import LONGEST_NAME, Video, read_rows
from tiktok_collector.tasks.task import Follow, GapReason, Progress, TaskSpec, TaskState

LARGEST_ITEM = 400_000
"""Bytes that DynamoDB takes."""
VIDEO = {
    "id": 7_320_768_196_569_599_275,
    "create_time": 1_760_000_000,
    "username": "someone",
    "video_description": "words @other",
    "playlist_id": 7_000_000_000_000_000_001,
    "comment_count": 3,
    "hashtag_names": ["x"],
    "hashtag_info_list": [{"hashtag_id": 1, "hashtag_name": "x"}],
    "video_mention_list": ["other"],
    "sticker_info_list": [{"sticker_id": 5, "sticker_name": "someone"}],
}
COMMENT = {"id": 7_320_768_196_569_599_001, "text": "hello @other", "reply_count": 2, "create_time": 1_760_000_000}
VIDEO_OF_WINDOW = seconds_of(WINDOW.end) << 32
RELATION = {"username": "a", "display_name": "A"}
WHOLE = Follow(comments=True, replies=True, playlists=True)
PAGES: list[tuple[TaskSpec, dict[str, Any]]] = [
    (
        msgspec.structs.replace(VIDEOS, follow=WHOLE),
        {"videos": [VIDEO, VIDEO], "cursor": 100, "search_id": "7", "has_more": True},
    ),
    (COMMENTS, {"comments": [COMMENT], "cursor": 100, "has_more": True}),
    (
        FOLLOWERS,
        {"user_followers": [RELATION], "cursor": 1_760_000_000, "has_more": True},
    ),
]
DISCLOSURES: list[Disclosure] = [AsGiven(), Pseudonymous(people(), ["someone"])]
RESERVATION = Reservation(
    request_id="r",
    day="2026-11-20",
    family=Family.RESEARCH,
    work_class=WorkClass.SCHEDULED,
    reserved_at=answer().sent_at,
    probe=False,
)


def frame_or_sentence(endpoint: Endpoint, received: Answer) -> Frame | None:
    try:
        return read_frame(endpoint, received)
    except CollectorError as error:
        sentence = str(error)
    assert len(sentence) < 1_000
    assert sentence.isprintable()
    return None


def check(spec: TaskSpec, body: bytes) -> None:
    """The way of a page from its receipt to its export."""
    endpoint, received = ENDPOINTS[spec.endpoint], answer(200, body)
    task = new_task("one", "a00001.x", spec, TaskState.PENDING)
    said = explain(received)
    assert len(f"{said.error_code}{said.error_message}{said.log_id}") < 1_000
    frame = frame_or_sentence(endpoint, received)
    if frame is None:
        return
    typed = read_rows(endpoint, frame.rows)
    ids = [row.id for row in typed.rows if isinstance(row, Video)]
    facts = PageFacts(
        frame.cursor,
        frame.search_id,
        frame.has_more,
        len(frame.rows),
        ids,
        [each.id for each in typed.quarantined if each.id is not None],
        len(typed.quarantined),
        dict(typed.unknown_fields),
    )
    items = [{"video_id": 1}, {"video_id": 2}]
    after = advance(endpoint, spec, Progress(), facts, items)
    again = begin_generation(spec, after, items, GapReason.SEARCH_LOST)
    for progress in (after, again):
        stored = msgspec.json.encode(progress)
        assert len(stored) < LARGEST_ITEM
        assert msgspec.json.decode(stored, type=Progress) == progress
    for child in follow_ups(task, "raw/key", typed.rows):
        assert len(child.task_id) < 100
        assert len(msgspec.json.encode(child.spec)) < LARGEST_ITEM
    entry = good_entry(task, endpoint, RESERVATION, received, frame, key="raw/key")
    assert len(json.dumps(entry_item(entry))) < 2_000
    envelope = envelope_of(task, endpoint, Progress(), url="u", answer=received, frame=frame, reservation=RESERVATION)
    page = StoredPage("raw/key", envelope, received, frame, typed)
    for disclosure in DISCLOSURES:
        rows = [row for _, row in rows_of(page, disclosure)] + list(quarantined_of(page, disclosure))
        assert len(rows) == len(frame.rows)
        for row in rows:
            # What any reader of JSON reads.
            assert isinstance(json.loads(row), dict)


@few
@given(st.sampled_from(PAGES).flatmap(lambda page: st.tuples(st.just(page[0]), changed(ok_body(**page[1])))))
def test_changed_pages(page: tuple[TaskSpec, Any]) -> None:
    spec, body = page
    check(spec, json.dumps(body).encode())


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
@pytest.mark.parametrize("spec", [page[0] for page in PAGES], ids=lambda spec: spec.stream)
def test_hostile_rows(spec: TaskSpec, row: str) -> None:
    (key,) = ENDPOINTS[spec.endpoint].row_keys
    good = json.dumps(next(data[key][0] for each, data in PAGES if each is spec))
    body = f'{{"data":{{"{key}":[{good},{row},{good}],"has_more":true,"cursor":5}},"error":{{"code":"ok"}}}}'
    check(spec, body.encode())
    typed = read_rows(ENDPOINTS[spec.endpoint], read_frame(ENDPOINTS[spec.endpoint], answer(200, body.encode())).rows)
    assert len(typed.rows) >= 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("cursor", "9" * 41),
        ("cursor", 2**63),
        ("cursor", 10**300),
        ("search_id", "7" * 2_000),
        ("search_id", 10**4_000),
        ("search_id", ["7"]),
    ],
)
def test_a_position_that_no_table_holds_is_refused(field: str, value: Any) -> None:
    body = json.dumps(ok_body(videos=[VIDEO], has_more=True, **{"cursor": 1, field: value})).encode()
    with pytest.raises(CollectorError, match="video_query answered with a"):
        read_frame(ENDPOINTS["video_query"], answer(200, body))


@pytest.mark.parametrize("said", ["L" * 200, "a b", "\x1b[2J", "\u202e", "line\nbreak", ""])
def test_a_log_id_that_is_none_is_not_written_down(said: str) -> None:
    body = {"data": {"videos": []}, "error": {"code": "ok", "log_id": said}}
    assert read_frame(ENDPOINTS["video_query"], answer(200, body)).log_id is None


def test_a_name_is_short_or_its_row_is_set_aside() -> None:
    rows = [{**VIDEO, "username": "e\u0301" * LONGEST_NAME}, VIDEO]
    typed = read_rows(ENDPOINTS["video_query"], rows)
    assert [each.index for each in typed.quarantined] == [0]


def test_fields_without_end_are_counted_together() -> None:
    facts = PageFacts(100, "7", has_more=True, rows=1, unknown_fields={f"{n}" + "k" * 500: 1 for n in range(5_000)})
    counted = advance(ENDPOINTS["video_query"], VIDEOS, Progress(), facts, [{}]).counts.unknown_fields
    assert sum(counted.values()) == 5_000
    assert len(counted) <= 101
    assert max(map(len, counted)) <= 100


def test_a_message_without_end_is_masked_in_no_time() -> None:
    spaces, names = "`a:" + " " * 2_000_000, [f"name{n}" for n in range(100)]
    for message in (spaces, "name7 " * 1_000_000, "x" * 9_990 + " name77"):
        body = {"error": {"code": "invalid_params", "message": message}}
        said = explain(answer(400, body, request={"query": names})).error_message or ""
        assert len(said) <= 300
        assert "name7" not in said


def test_a_name_that_is_cut_where_reading_stops_is_not_shown() -> None:
    digits = "7" * 9_990  # becomes one character
    body = {"error": {"code": "invalid_params", "message": f"{digits} secretive_name"}}
    assert explain(answer(400, body, request={"username": "secretive_name"})).error_message == "…"


@pytest.mark.parametrize("odd", [0, 1, 2**40])
def test_an_id_from_before_the_window_does_not_end_it(odd: int) -> None:
    facts = PageFacts(100, "7", has_more=True, rows=2, ids=[VIDEO_OF_WINDOW, odd])
    after = advance(ENDPOINTS["video_query"], VIDEOS, Progress(), facts, [{}])
    assert after.last_id == VIDEO_OF_WINDOW
    assert begin_generation(VIDEOS, after, [{}], GapReason.SEARCH_LOST).window == WINDOW
