"""The ledger against moto's DynamoDB."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from tests.integration.quota.support import entry_of
from tests.support.clock import HandClock
from tiktok_collector.errors import QuotaExhausted
from tiktok_collector.quota.families import Family, WorkClass
from tiktok_collector.quota.ledger import QuotaLedger
from tiktok_collector.quota.reservation import Reservation

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MakeLedger = Callable[..., QuotaLedger]
DAY = "2026-11-20"
RESEARCH, FOLLOWERS = Family.RESEARCH, Family.FOLLOWERS
ADHOC, SCHEDULED = WorkClass.ADHOC, WorkClass.SCHEDULED


def granted(ledger: QuotaLedger, count: int = 1, work_class: WorkClass = ADHOC) -> list[Reservation]:
    try:
        return ledger.reserve(RESEARCH, work_class, count=count)
    except QuotaExhausted:
        return []


def refused(ledger: QuotaLedger, work_class: WorkClass = ADHOC) -> QuotaExhausted:
    with pytest.raises(QuotaExhausted) as caught:
        ledger.reserve(RESEARCH, work_class)
    return caught.value


def at(hour: int, minute: int = 0, day: int = 20) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def test_1300_concurrent_reservations_against_a_limit_of_1000_grant_exactly_1000(
    make_ledger: MakeLedger, clock: HandClock
) -> None:
    # Both classes at once, when all is open to both: neither's own count holds them, the common limit must.
    clock.time = at(20)
    ledger = make_ledger(limit=1_000)
    classes = [ADHOC, SCHEDULED] * 650
    with ThreadPoolExecutor(24) as pool:
        blocks = list(pool.map(lambda work_class: granted(ledger, 1, work_class), classes))
    reservations = [each for block in blocks for each in block]
    assert len(reservations) == 1_000
    assert len({each.request_id for each in reservations}) == 1_000
    usage = ledger.usage(DAY, RESEARCH)
    assert (usage.used, sum(usage.used_by_class.values())) == (1_000, 1_000)


def test_concurrent_blocks_of_mixed_sizes_fill_the_limit_exactly_and_never_exceed_it(make_ledger: MakeLedger) -> None:
    ledger = make_ledger(limit=500)
    with ThreadPoolExecutor(16) as pool:
        blocks = list(pool.map(lambda index: granted(ledger, 1 + index % 7), range(200)))
    assert sum(len(block) for block in blocks) == 500
    assert ledger.usage(DAY, RESEARCH).used == 500


def test_the_last_block_is_granted_as_far_as_it_fits(make_ledger: MakeLedger) -> None:
    ledger = make_ledger(limit=10)
    assert len(granted(ledger, 7)) == 7
    assert len(granted(ledger, 7)) == 3
    assert granted(ledger, 1) == []


def test_the_two_families_and_the_days_are_counted_apart(make_ledger: MakeLedger, clock: HandClock) -> None:
    ledger = make_ledger(limit=1)
    ledger.reserve(RESEARCH, ADHOC)
    ledger.reserve(FOLLOWERS, ADHOC)
    assert refused(ledger).resume_at == at(0, 2, day=21)
    clock.time = at(0, 2, day=21)
    assert ledger.reserve(RESEARCH, ADHOC)[0].day == "2026-11-21"


def test_scheduled_work_leaves_a_share_to_adhoc_work_until_20_utc(make_ledger: MakeLedger, clock: HandClock) -> None:
    ledger = make_ledger(limit=10, reserve=20)
    assert len(granted(ledger, 10, SCHEDULED)) == 8
    error = refused(ledger, SCHEDULED)
    assert error.resume_at == at(20)
    assert "scheduled work has used its share of 8 requests" in str(error)
    assert len(granted(ledger, 1, ADHOC)) == 1
    clock.time = at(20)
    assert len(granted(ledger, 5, SCHEDULED)) == 1
    usage = ledger.usage(DAY, RESEARCH)
    assert (usage.used, dict(usage.used_by_class)) == (10, {SCHEDULED: 9, ADHOC: 1})


def test_runs_of_earlier_days_leave_half_to_those_of_today_until_02_utc(
    make_ledger: MakeLedger, clock: HandClock
) -> None:
    ledger = make_ledger(limit=10, reserve=20)
    clock.time = at(0, 5)
    assert len(ledger.reserve(RESEARCH, SCHEDULED, count=10, carried=True)) == 4
    with pytest.raises(QuotaExhausted, match=r"earlier days have used their half .*2026-11-20T02:00") as caught:
        ledger.reserve(RESEARCH, SCHEDULED, carried=True)
    assert caught.value.resume_at == at(2)
    assert len(granted(ledger, 2, SCHEDULED)) == 2
    clock.time = at(2)
    assert len(ledger.reserve(RESEARCH, SCHEDULED, count=10, carried=True)) == 2
    assert ledger.usage(DAY, RESEARCH).used_carried == 6


def test_runs_of_earlier_days_get_what_is_left_of_their_class(make_ledger: MakeLedger) -> None:
    ledger = make_ledger(limit=10, reserve=20)
    assert len(granted(ledger, 7, SCHEDULED)) == 7
    assert len(ledger.reserve(RESEARCH, SCHEDULED, count=10, carried=True)) == 1


def test_a_day_too_small_to_share_is_not_begun_by_earlier_ones(make_ledger: MakeLedger, clock: HandClock) -> None:
    clock.time = at(0, 5)
    with pytest.raises(QuotaExhausted):
        make_ledger(limit=1, reserve=0).reserve(RESEARCH, SCHEDULED, carried=True)


def test_a_used_up_day_says_when_the_next_one_opens(make_ledger: MakeLedger) -> None:
    ledger = make_ledger(limit=1)
    ledger.reserve(RESEARCH, ADHOC)
    assert str(refused(ledger)) == (
        "No research request on 2026-11-20: the limit of 1 requests is used up;"
        " work resumes at 2026-11-21T00:02:00.000Z."
    )


@pytest.mark.parametrize("moment", [at(23, 58), at(0, 1), at(23, 59, day=19)])
def test_nothing_is_reserved_around_midnight(make_ledger: MakeLedger, clock: HandClock, moment: datetime) -> None:
    clock.time = moment
    ledger = make_ledger()
    expected = at(0, 2, day=moment.day + (moment.hour == 23))
    assert refused(ledger).resume_at == expected
    clock.time = expected
    assert len(granted(ledger)) == 1


def test_a_pause_holds_everybody_and_only_ever_moves_forward(make_ledger: MakeLedger, clock: HandClock) -> None:
    ledger, other = make_ledger(), make_ledger()
    until = clock.now() + timedelta(seconds=60)
    ledger.pause(RESEARCH, until)
    ledger.pause(RESEARCH, until - timedelta(seconds=30))
    assert refused(other).resume_at == until
    assert other.reserve(FOLLOWERS, ADHOC)
    clock.time = until
    assert len(granted(other)) == 1


def test_a_pause_across_midnight_holds_on_the_next_day_too(make_ledger: MakeLedger, clock: HandClock) -> None:
    clock.time = at(23, 57)
    ledger = make_ledger()
    ledger.pause(RESEARCH, at(0, 10, day=21))
    clock.time = at(0, 5, day=21)
    assert refused(ledger).resume_at == at(0, 10, day=21)


def test_a_closed_day_is_tried_ever_more_rarely_with_one_request_each(
    make_ledger: MakeLedger, clock: HandClock
) -> None:
    ledger = make_ledger()
    clock.time = at(1)
    assert ledger.close(RESEARCH, DAY) == at(1, 15)
    assert refused(ledger).resume_at == at(1, 15)
    for expected in (at(1, 45), at(2, 45), at(4, 45), at(8, 45), at(12, 45), at(16, 45), at(20, 45), at(0, 2, day=21)):
        clock.time = refused(ledger).resume_at
        (probe,) = ledger.reserve(RESEARCH, ADHOC, count=5)
        assert probe.probe
        assert refused(ledger).resume_at == expected
        ledger.settle(probe, entry_of(probe, "refused", 429))
        assert ledger.close(RESEARCH, DAY) == expected


def test_a_probe_that_shows_quota_reopens_the_day(make_ledger: MakeLedger, clock: HandClock) -> None:
    ledger = make_ledger()
    clock.time = ledger.close(RESEARCH, DAY)
    (probe,) = ledger.reserve(RESEARCH, ADHOC)
    ledger.settle(probe, entry_of(probe, "failed", 500))
    assert refused(ledger).resume_at == clock.now() + timedelta(minutes=30)
    ledger.settle(probe, entry_of(probe, "ok"))
    assert len(granted(ledger, 3)) == 3
    assert ledger.close(RESEARCH, DAY) == clock.now() + timedelta(minutes=15)


def test_a_late_success_of_an_old_probe_does_not_reopen_a_day_closed_again(
    make_ledger: MakeLedger, clock: HandClock
) -> None:
    ledger = make_ledger()
    clock.time = ledger.close(RESEARCH, DAY)
    (old,) = ledger.reserve(RESEARCH, ADHOC)
    clock.time = refused(ledger).resume_at
    (new,) = ledger.reserve(RESEARCH, ADHOC)
    ledger.settle(old, entry_of(old, "ok"))
    assert refused(ledger).resume_at > clock.now()
    ledger.settle(new, entry_of(new, "ok"))
    assert len(granted(ledger)) == 1


def test_of_many_workers_that_meet_a_closed_day_exactly_one_probes(make_ledger: MakeLedger, clock: HandClock) -> None:
    ledger = make_ledger()
    clock.time = ledger.close(RESEARCH, DAY)
    with ThreadPoolExecutor(16) as pool:
        probes = [each for some in pool.map(lambda _: granted(ledger, 3), range(64)) for each in some]
    assert [each.probe for each in probes] == [True]
    assert ledger.usage(DAY, RESEARCH).used == 1


def test_settling_is_idempotent_and_entries_come_back_as_written(make_ledger: MakeLedger) -> None:
    ledger = make_ledger()
    reservations = ledger.reserve(RESEARCH, ADHOC, count=3)
    for reservation in reservations[:2]:
        ledger.settle(reservation, entry_of(reservation))
        ledger.settle(reservation, entry_of(reservation))
    expected = [entry_of(each) for each in reservations[:2]]
    assert sorted(ledger.entries(DAY, RESEARCH), key=lambda each: each.request_id) == sorted(
        expected, key=lambda each: each.request_id
    )
    assert list(ledger.entries(DAY, FOLLOWERS)) == []


@pytest.mark.parametrize("collections", [(), ("news-de",), ("news-de", "Politics_2026", "x")])
def test_an_entry_keeps_the_collections_that_it_was_sent_for(
    make_ledger: MakeLedger, collections: tuple[str, ...]
) -> None:
    ledger = make_ledger()
    (reservation,) = ledger.reserve(RESEARCH, ADHOC)
    ledger.settle(reservation, msgspec.structs.replace(entry_of(reservation), collections=collections))
    assert [each.collections for each in ledger.entries(DAY, RESEARCH)] == [collections]


def test_entries_expire_after_400_days_and_counters_never(make_ledger: MakeLedger, dynamodb: "DynamoDBClient") -> None:
    ledger = make_ledger()
    (reservation,) = ledger.reserve(RESEARCH, ADHOC)
    ledger.settle(reservation, entry_of(reservation))
    items = dynamodb.scan(TableName="usage-log")["Items"]
    expiries = {item["sk"]["S"].split("#")[0]: item.get("expires_at", {}).get("N") for item in items}
    expected = int((reservation.reserved_at + timedelta(days=400)).timestamp())
    assert expiries == {"counter": None, "entry": str(expected)}


def test_the_counter_is_raised_to_what_pages_prove_and_never_lowered(make_ledger: MakeLedger) -> None:
    ledger = make_ledger(limit=10)
    assert ledger.raise_to(DAY, RESEARCH, 4) == 4
    assert ledger.raise_to(DAY, RESEARCH, 2) == 4
    assert len(granted(ledger, 10)) == 6


@pytest.mark.parametrize("count", [0, -1])
def test_a_reservation_of_nothing_is_a_defect(make_ledger: MakeLedger, count: int) -> None:
    with pytest.raises(ValueError, match="count must be at least 1"):
        make_ledger().reserve(RESEARCH, ADHOC, count=count)
