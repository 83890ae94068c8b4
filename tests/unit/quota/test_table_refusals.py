"""What DynamoDB's refusals mean to the ledger, played by botocore's stub."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import Stubber

from tiktok_collector.clock import SystemClock
from tiktok_collector.errors import MissingResource, Retriable
from tiktok_collector.quota.budget import Budget
from tiktok_collector.quota.entry import UsageEntry
from tiktok_collector.quota.families import Family, WorkClass
from tiktok_collector.quota.ledger import QuotaLedger
from tiktok_collector.quota.reservation import Reservation

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
RESERVATION = Reservation("q", "2026-11-20", Family.RESEARCH, WorkClass.ADHOC, NOON, probe=True)
ENTRY = UsageEntry(
    request_id="q",
    day="2026-11-20",
    family=Family.RESEARCH,
    work_class=WorkClass.ADHOC,
    run_id="r",
    task_id="t",
    endpoint="user_info",
    sent_at=NOON,
    outcome="ok",
)


class Noon(SystemClock):
    def now(self) -> datetime:
        return NOON


@pytest.fixture(scope="module")
def client() -> "DynamoDBClient":
    return boto3.client(
        "dynamodb", region_name="eu-west-1", aws_access_key_id="testing", aws_secret_access_key="testing"
    )


@pytest.fixture
def table(client: "DynamoDBClient") -> Iterator[Stubber]:
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture
def ledger(client: "DynamoDBClient") -> QuotaLedger:
    budgets = {family: Budget(100) for family in Family}
    return QuotaLedger(client, "usage-log", budgets, Noon(), turn_of_day=timedelta(minutes=2))


CALLS: dict[str, tuple[str, Callable[[QuotaLedger], Any]]] = {
    "reserve": ("update_item", lambda ledger: ledger.reserve(Family.RESEARCH, WorkClass.ADHOC)),
    "settle": ("put_item", lambda ledger: ledger.settle(RESERVATION, ENTRY)),
    "pause": ("update_item", lambda ledger: ledger.pause(Family.RESEARCH, NOON)),
    "close": ("update_item", lambda ledger: ledger.close(Family.RESEARCH, "2026-11-20")),
    "usage": ("get_item", lambda ledger: ledger.usage("2026-11-20", Family.RESEARCH)),
    "entries": ("query", lambda ledger: list(ledger.entries("2026-11-20", Family.RESEARCH))),
    "raise_to": ("update_item", lambda ledger: ledger.raise_to("2026-11-20", Family.RESEARCH, 5)),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("ProvisionedThroughputExceededException", Retriable),
        ("ThrottlingException", Retriable),
        ("RequestLimitExceeded", Retriable),
        ("InternalServerError", Retriable),
        ("ResourceNotFoundException", MissingResource),
        ("AccessDeniedException", MissingResource),
    ],
)
def test_each_call_says_what_to_do(
    ledger: QuotaLedger, table: Stubber, call: str, code: str, kind: type[Exception]
) -> None:
    operation, run = CALLS[call]
    table.add_client_error(operation, code)
    with pytest.raises(kind, match="table usage-log"):
        run(ledger)


def test_a_throttled_reservation_was_not_granted_so_its_fate_is_known(ledger: QuotaLedger, table: Stubber) -> None:
    table.add_client_error("update_item", "ThrottlingException")
    with pytest.raises(Retriable) as caught:
        ledger.reserve(Family.RESEARCH, WorkClass.ADHOC)
    assert caught.value.fate_known


def test_a_counter_that_never_holds_still_is_retriable(ledger: QuotaLedger, table: Stubber) -> None:
    # Each refusal shows a day with room, as if somebody closed and reopened it between the two calls.
    for _ in range(9):
        table.add_client_error(
            "update_item", "ConditionalCheckFailedException", modeled_fields={"Item": {"used": {"N": "1"}}}
        )
    with pytest.raises(Retriable, match="changing too fast"):
        ledger.reserve(Family.RESEARCH, WorkClass.ADHOC)


def test_a_probe_refused_by_its_own_first_attempt_is_granted(
    ledger: QuotaLedger, table: Stubber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tiktok_collector.quota.ledger._request_id", lambda _now: "mine")
    closed = {"used": {"N": "1"}, "closed_until": {"S": "2026-11-20T11:00:00.000Z"}}
    moved = {"used": {"N": "2"}, "closed_until": {"S": "2026-11-20T12:30:00.000Z"}, "probe_id": {"S": "mine"}}
    for item in (closed, moved):
        table.add_client_error("update_item", "ConditionalCheckFailedException", modeled_fields={"Item": item})
    (reservation,) = ledger.reserve(Family.RESEARCH, WorkClass.ADHOC)
    assert (reservation.request_id, reservation.probe) == ("mine", True)
