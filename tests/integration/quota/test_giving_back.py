"""Reservations that were never sent leave the counter once, however often the call is sent and whoever else calls."""

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.integration.quota.support import entry_of
from tests.support.clock import HandClock
from tiktok_collector.quota.families import Family, WorkClass

if TYPE_CHECKING:
    from tests.integration.quota.conftest import MakeLedger

DAY = "2026-11-20"
FOLLOWERS, SCHEDULED = Family.FOLLOWERS, WorkClass.SCHEDULED


def test_all_that_was_counted_is_taken_back(make_ledger: "MakeLedger") -> None:
    ledger = make_ledger()
    block = ledger.reserve(FOLLOWERS, SCHEDULED, count=10, carried=True)
    assert ledger.give_back(block[3:])
    assert ledger.give_back(ledger.reserve(FOLLOWERS, SCHEDULED, count=2, carried=True))
    usage = ledger.usage(DAY, FOLLOWERS)
    assert (usage.used, usage.used_by_class[SCHEDULED], usage.used_carried, usage.given_back) == (3, 3, 3, 9)


def test_pages_that_prove_nothing_keep_nobody_from_giving_back(make_ledger: "MakeLedger") -> None:
    ledger = make_ledger()
    assert ledger.raise_to(DAY, FOLLOWERS, 0) == 0
    assert ledger.give_back(ledger.reserve(FOLLOWERS, SCHEDULED, count=2))
    assert ledger.usage(DAY, FOLLOWERS).used == 0


def test_a_return_whose_answer_is_lost_is_made_once(make_ledger: "MakeLedger", monkeypatch: pytest.MonkeyPatch) -> None:
    """Botocore sends an UpdateItem again where no answer came; what it did the first time must not be done twice."""
    ledger = make_ledger()
    block = ledger.reserve(FOLLOWERS, SCHEDULED, count=10)
    update_item = ledger._counters._client.update_item

    def twice(**parameters: Any) -> Any:
        update_item(**parameters)
        return update_item(**parameters)

    monkeypatch.setattr(ledger._counters._client, "update_item", twice)
    assert ledger.give_back(block[1:])
    monkeypatch.setattr(ledger._counters._client, "update_item", update_item)
    assert ledger.usage(DAY, FOLLOWERS).used == 1


def test_where_another_return_came_between_it_stays_spent(
    make_ledger: "MakeLedger", monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer was lost and somebody else has returned since: nobody can tell what was done, so nothing more is."""
    ledger = make_ledger()
    mine, others = ledger.reserve(FOLLOWERS, SCHEDULED, count=4), ledger.reserve(FOLLOWERS, SCHEDULED, count=4)
    client = ledger._counters._client
    update_item = client.update_item

    def with_another_between(**parameters: Any) -> Any:
        update_item(**parameters)
        monkeypatch.setattr(client, "update_item", update_item)
        assert ledger.give_back(others)
        return update_item(**parameters)

    monkeypatch.setattr(client, "update_item", with_another_between)
    assert not ledger.give_back(mine)
    assert ledger.usage(DAY, FOLLOWERS).used == 0


def test_returns_at_once_never_take_more_than_there_was(make_ledger: "MakeLedger") -> None:
    ledger = make_ledger()
    blocks = [ledger.reserve(FOLLOWERS, SCHEDULED, count=2) for _ in range(40)]
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(ledger.give_back, blocks))
    assert any(done)
    assert ledger.usage(DAY, FOLLOWERS).used == 2 * done.count(False)


def test_a_counter_raised_to_what_is_proven_is_not_lowered(make_ledger: "MakeLedger") -> None:
    """It may have forgotten the reservations before it was raised."""
    ledger = make_ledger()
    block = ledger.reserve(FOLLOWERS, SCHEDULED, count=10)
    ledger.raise_to(DAY, FOLLOWERS, 12)
    assert not ledger.give_back(block)
    assert ledger.usage(DAY, FOLLOWERS).used == 12


def test_a_probe_stays_spent(make_ledger: "MakeLedger", clock: HandClock) -> None:
    ledger = make_ledger()
    clock.time = ledger.close(FOLLOWERS, DAY)
    probe = ledger.reserve(FOLLOWERS, SCHEDULED, count=10)
    assert [each.probe for each in probe] == [True]
    assert not ledger.give_back(probe)


def test_entries_settled_together_are_one_item_and_come_back_each(make_ledger: "MakeLedger") -> None:
    ledger = make_ledger()
    block = ledger.reserve(FOLLOWERS, SCHEDULED, count=10)
    entries = [entry_of(each, records=number) for number, each in enumerate(block)]
    for _ in range(2):
        ledger.settle_together(entries)
    assert list(ledger.entries(DAY, FOLLOWERS)) == entries
    client = boto3.client("dynamodb", region_name="eu-west-1")
    items = client.scan(TableName="usage-log")["Items"]
    assert sum(item["sk"]["S"].startswith("entry#") for item in items) == 1


def test_entries_that_differ_in_more_are_not_settled_together(make_ledger: "MakeLedger") -> None:
    ledger = make_ledger()
    one, other = ledger.reserve(FOLLOWERS, SCHEDULED, count=2)
    with pytest.raises(ValueError, match="may differ in ids, times, records and log ids only"):
        ledger.settle_together([entry_of(one), entry_of(other, run_id="another")])


def test_a_failing_table_leaves_them_counted(make_ledger: "MakeLedger", monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = make_ledger()
    block = ledger.reserve(FOLLOWERS, SCHEDULED, count=10)
    client = ledger._counters._client
    update_item = client.update_item

    def refuse(**_: Any) -> Any:
        raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow"}}, "UpdateItem")

    monkeypatch.setattr(client, "update_item", refuse)
    with pytest.raises(Exception, match="table usage-log"):
        ledger.give_back(block)
    monkeypatch.setattr(client, "update_item", update_item)
    assert ledger.usage(DAY, FOLLOWERS).used == 10
