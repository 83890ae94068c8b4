"""A lease where AWS's answers are lost."""

from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.chaos.storm import Fault, Stormy, When
from benchmarks.fake_dynamodb import FakeDynamoDB
from tests.support.clock import HandClock
from tiktok_collector.leases import Lease

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
UNTIL = NOW + timedelta(seconds=75)


def lease(client: Any) -> Lease:
    return Lease(client, "tasks", HandClock(NOW), name="TOKEN")


def test_a_lease_whose_answer_was_lost_is_held_all_the_same() -> None:
    fake = FakeDynamoDB()
    again = Stormy(fake, lambda *_: Fault("reset", when=When.TWICE))
    held = lease(again).acquire(UNTIL)
    assert held is not None
    assert lease(fake).acquire(UNTIL) is None
    assert lease(fake).release(held)
    assert lease(fake).acquire(UNTIL) is not None
