"""Batch Compliance: what is sent, and what its answers say."""

from datetime import UTC, datetime

import pytest

from tiktok_collector.errors import (
    DailyQuotaRefused,
    InvalidRequest,
    RateLimited,
    Retriable,
    ScopeMissing,
    TokenRejected,
)
from tiktok_collector.http.answer import Answer
from tiktok_collector.research_api.compliance import (
    Category,
    NoAccess,
    Standing,
    form_of,
    read_standing,
    read_task_id,
    read_valid_ids,
    task_body,
)

LOG_ID = "202611010000005AB1C2D3E4F5A6B7C8D9"


def answer(body: str | bytes, status: int = 200) -> Answer:
    data = body.encode() if isinstance(body, str) else body
    return Answer(status, data, {}, datetime(2026, 11, 1, tzinfo=UTC), 5, None, {})


def said(data: str, code: str = "ok", status: int = 200) -> Answer:
    body = (
        f'{{"data":{data},"error":{{"code":"{code}","http_status_code":{status},"log_id":"{LOG_ID}","message":"m"}}}}'
    )
    return answer(body, status)


def test_a_file_has_an_id_a_line() -> None:
    form = form_of(Category.COMMENT, [3, 7386111312293610270])
    assert form.fields == {"category": "comment"}
    assert form.files == {"file_data": ("comment_ids.txt", b"3\n7386111312293610270\n")}


@pytest.mark.parametrize("count", [0, 10_001])
def test_a_file_holds_so_many(count: int) -> None:
    with pytest.raises(ValueError, match=r"1 to 10000"):
        form_of(Category.VIDEO, range(count))


@pytest.mark.parametrize("written", ["12345678901234567890", '"12345678901234567890"'])
def test_a_task_id_of_20_digits_is_exact(written: str) -> None:
    task_id = read_task_id(said(f'{{"task_id":{written}}}'))
    assert task_id == "12345678901234567890"
    assert task_body(task_id) == {"task_id": 12345678901234567890}


@pytest.mark.parametrize("data", ['{"other":1}', '{"task_id":true}', '{"task_id":"x"}', '{"task_id":1.5}'])
def test_an_answer_without_a_task_is_tried_again(data: str) -> None:
    with pytest.raises(Retriable, match="task"):
        read_task_id(said(data))


@pytest.mark.parametrize(
    ("word", "standing"),
    [
        ("Completed", Standing.COMPLETED),
        ("failed", Standing.FAILED),
        ("Processing", Standing.PROCESSING),
        ("Queued", Standing.PROCESSING),
    ],
)
def test_standings(word: str, standing: Standing) -> None:
    assert read_standing(said(f'{{"task_status":"{word}"}}')) is standing


@pytest.mark.parametrize(
    "body",
    [
        "1\n7386111312293610270\n",
        "1\r\n7386111312293610270",
        "\ufeff1,7386111312293610270",
        'id\n"1"\n"7386111312293610270"',
        "[1,7386111312293610270]",
    ],
)
def test_the_valid_ids_whatever_their_layout(body: str) -> None:
    assert read_valid_ids(answer(body)) == {1, 7386111312293610270}


def test_an_empty_file_holds_none() -> None:
    assert read_valid_ids(answer("\n")) == frozenset()


@pytest.mark.parametrize(
    "body", ["no ids at all", "<html>busy</html>", '{"data":{},"error":{"code":"ok"}}', b"\xff\xfe\x00"]
)
def test_what_is_no_file_of_ids_is_never_read_as_nothing_is_left(body: str | bytes) -> None:
    with pytest.raises(Retriable):
        read_valid_ids(answer(body))


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        ("invalid_params", 400, InvalidRequest),
        ("invalid_file_upload", 400, InvalidRequest),
        ("access_token_invalid", 401, TokenRejected),
        ("scope_not_authorized", 401, ScopeMissing),
        ("scope_permission_missed", 401, ScopeMissing),
        ("rate_limit_exceeded", 429, RateLimited),
        ("daily_quota_limit_exceeded", 429, DailyQuotaRefused),
        ("internal_error", 500, Retriable),
        ("timeout", 504, Retriable),
        ("", 403, NoAccess),
        ("", 404, NoAccess),
    ],
)
@pytest.mark.parametrize("read", [read_task_id, read_standing, read_valid_ids])
def test_each_documented_error_has_its_type(read: object, code: str, status: int, error: type[Exception]) -> None:
    assert callable(read)
    with pytest.raises(error, match="validation_task"):
        read(said("{}", code, status))
