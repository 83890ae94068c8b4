"""Reservations of one process, taken by the ten: a pause holds all of them, and a kill wastes one block at most."""

import threading
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.integration.collection.cloud import Lines
from tests.support.clock import HandClock
from tiktok_collector.collection.reservations import Reservations
from tiktok_collector.errors import QuotaExhausted
from tiktok_collector.quota.families import Family, WorkClass

if TYPE_CHECKING:
    from tests.integration.quota.conftest import MakeLedger

DAY = "2026-11-20"
FOLLOWERS, SCHEDULED = Family.FOLLOWERS, WorkClass.SCHEDULED


def test_slow_answers_never_leave_more_than_a_block_unsent(make_ledger: "MakeLedger", clock: HandClock) -> None:
    """A process that is killed wastes what it holds, and others are refused it meanwhile."""
    ledger = make_ledger()
    reservations = Reservations(ledger, clock, Lines())
    for sent in range(1, 31):
        reservations.take(FOLLOWERS, SCHEDULED, carried=False)
        assert ledger.usage(DAY, FOLLOWERS).used <= sent + 10
        clock.time += timedelta(seconds=25)
    reservations.give_back()
    assert ledger.usage(DAY, FOLLOWERS).used == 30


def test_a_block_granted_while_a_pause_is_written_is_held_too(
    make_ledger: "MakeLedger", clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = make_ledger()
    reservations = Reservations(ledger, clock, Lines())
    pause = ledger.pause

    def take() -> None:
        with suppress(QuotaExhausted):
            reservations.take(FOLLOWERS, SCHEDULED, carried=False)

    other = threading.Thread(target=take)

    def with_another_between(*arguments: object) -> None:
        other.start()
        other.join(timeout=0.5)
        pause(*arguments)  # type: ignore[arg-type] # what it was called with

    monkeypatch.setattr(ledger, "pause", with_another_between)
    reservations.pause(FOLLOWERS, clock.now() + timedelta(seconds=45))
    other.join()
    with pytest.raises(QuotaExhausted):
        reservations.take(FOLLOWERS, SCHEDULED, carried=False)
