from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok_collector.errors import InvalidRequest
from tiktok_collector.events.parsing import parse_event
from tiktok_collector.events.quota_accounting import QuotaAccountingEvent
from tiktok_collector.events.scheduling import run_id_for
from tiktok_collector.events.token_refresh import TokenRefreshEvent
from tiktok_collector.events.worker import WorkerEvent


@pytest.mark.parametrize("model", [TokenRefreshEvent, WorkerEvent, QuotaAccountingEvent])
def test_a_schedule_needs_to_send_nothing(model: type[WorkerEvent]) -> None:
    assert parse_event(model, {}).scheduled_time is None


def test_defaults_of_the_small_events() -> None:
    assert parse_event(WorkerEvent, {}).recover is False
    assert parse_event(QuotaAccountingEvent, {}).reconcile is True
    assert parse_event(TokenRefreshEvent, {}).rejected_version is None


@pytest.mark.parametrize("text", ["<aws.scheduler.scheduled-time>", "<aws.scheduler.execution-id>", ""])
def test_a_placeholder_that_nobody_replaced_is_no_time(text: str) -> None:
    assert parse_event(WorkerEvent, {"scheduled_time": text}).scheduled_time is None


def test_a_time_without_a_zone_is_utc() -> None:
    for text in ("2026-11-20T00:15:00Z", "2026-11-20T00:15:00", "2026-11-20T01:15:00+01:00"):
        scheduled = parse_event(WorkerEvent, {"scheduled_time": text}).scheduled_time
        assert scheduled == datetime(2026, 11, 20, 0, 15, tzinfo=UTC)
        assert run_id_for("user-extraction", None, scheduled, "r") == "user-extraction-20261120T001500Z"


def test_the_run_id_is_the_one_given_then_the_scheduled_time_then_the_request() -> None:
    at = datetime(2026, 11, 20, 0, 15, tzinfo=UTC)
    assert run_id_for("f", "mine", at, "request") == "mine"
    assert run_id_for("f", None, at, "request") == "f-20261120T001500Z"
    assert run_id_for("f", None, None, "request") == "request"


@given(st.datetimes(timezones=st.timezones()))
def test_a_second_delivery_of_a_schedule_has_the_same_run_id(at: datetime) -> None:
    assert run_id_for("f", None, at, "first") == run_id_for("f", None, at.astimezone(UTC), "second")


@pytest.mark.parametrize(
    ("model", "event", "sentence"),
    [
        (WorkerEvent, {"recovery": True}, "field 'recovery' that is not known; known fields are recover, scheduled"),
        (WorkerEvent, {"recover": "perhaps"}, "field 'recover' is wrong"),
        (QuotaAccountingEvent, {"reconcile": 7}, "field 'reconcile' is wrong"),
        (TokenRefreshEvent, {"rejected_version": ""}, "field 'rejected_version' is wrong"),
        (TokenRefreshEvent, {"rejected_version": "x" * 65}, "field 'rejected_version' is wrong"),
        (TokenRefreshEvent, 5, "The event is a int, not a JSON object"),
    ],
)
def test_a_wrong_event_is_said_in_one_sentence(model: type[WorkerEvent], event: object, sentence: str) -> None:
    with pytest.raises(InvalidRequest, match=sentence):
        parse_event(model, event)
