"""A day added up."""

from datetime import UTC, datetime

from tiktok_collector.accounting.tally import Tally, tally_family
from tiktok_collector.quota.day_usage import DayUsage
from tiktok_collector.quota.entry import Outcome, UsageEntry
from tiktok_collector.quota.families import Family, WorkClass


def entry(number: int, outcome: Outcome, endpoint: str = "video_query", run_id: str = "r1") -> UsageEntry:
    return UsageEntry(
        request_id=f"q{number}",
        day="2026-11-20",
        family=Family.RESEARCH,
        work_class=WorkClass.ADHOC,
        run_id=run_id,
        task_id="t",
        endpoint=endpoint,
        sent_at=datetime(2026, 11, 20, tzinfo=UTC),
        http_status=200,
        outcome=outcome,
        records=50 if outcome == "ok" else 0,
    )


def usage(used: int, limit: int = 100) -> DayUsage:
    by_class = {WorkClass.ADHOC: used, WorkClass.SCHEDULED: 0}
    return DayUsage("2026-11-20", Family.RESEARCH, limit, used, by_class)


def test_requests_are_added_up_by_endpoint_and_run() -> None:
    tally = tally_family(
        usage(6),
        [
            entry(1, "ok"),
            entry(2, "failed"),
            entry(3, "refused", endpoint="user_info"),
            entry(4, "unknown", run_id="r2"),
            entry(5, "ok", endpoint="user_info", run_id="r2"),
        ],
    )
    assert tally.total == Tally(
        requests=5, ok=2, failed=1, refused=1, unknown=1, wasted=3, records=100, records_per_request=20.0
    )
    assert tally.by_endpoint == {
        "user_info": Tally(requests=2, ok=1, refused=1, wasted=1, records=50, records_per_request=25.0),
        "video_query": Tally(requests=3, ok=1, failed=1, unknown=1, wasted=2, records=50, records_per_request=16.67),
    }
    assert tally.by_run == {
        "r1": Tally(requests=3, ok=1, failed=1, refused=1, wasted=2, records=50, records_per_request=16.67),
        "r2": Tally(requests=2, ok=1, unknown=1, wasted=1, records=50, records_per_request=25.0),
    }


def test_what_was_never_settled_is_of_unknown_fate_and_counts_as_spent() -> None:
    tally = tally_family(usage(7), [entry(1, "ok"), entry(2, "unknown")])
    assert (tally.used, tally.unsettled, tally.unknown, tally.remaining) == (7, 5, 6, 93)


def test_an_entry_written_after_the_counter_was_read_does_not_turn_the_unknown_negative() -> None:
    tally = tally_family(usage(1, limit=1), [entry(1, "ok"), entry(2, "ok")])
    assert (tally.used, tally.unsettled, tally.unknown, tally.remaining) == (2, 0, 0, 0)
