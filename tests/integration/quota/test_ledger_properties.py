"""The ledger's promises under any order of work, time and answers of the server (hypothesis, moto)."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import count as numbers
from typing import TYPE_CHECKING

import boto3
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from moto import mock_aws

from tests.integration.quota.support import entry_of
from tests.support.clock import HandClock
from tests.support.tables import create_table
from tiktok_collector.clock import utc_day
from tiktok_collector.errors import QuotaExhausted
from tiktok_collector.quota.budget import Budget, carried_opens_at, shares_open_at
from tiktok_collector.quota.families import Family, WorkClass
from tiktok_collector.quota.ledger import QuotaLedger
from tiktok_collector.quota.turn_of_day import quiet_until

if TYPE_CHECKING:
    from tiktok_collector.quota.reservation import Reservation

LIMIT, RESERVE, SHARE = 20, 25, 15
TURN = timedelta(minutes=2)
RESEARCH = Family.RESEARCH
_tables = numbers()


class LedgerMachine(RuleBasedStateMachine):
    """Workers reserve, settle, pause and close while the time passes; what was granted is kept beside the ledger."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = HandClock(datetime(2026, 11, 20, tzinfo=UTC))
        self.granted: Counter[str] = Counter()
        self.out: list[Reservation] = []
        self.paused_until = self.clock.now()
        self.closed: dict[str, datetime] = {}
        self.raised: set[str] = set()
        table = f"usage-log-{next(_tables)}"
        client = boto3.client("dynamodb", region_name="eu-west-1")
        create_table(client, table, "UsageLog")
        budgets = {family: Budget(LIMIT, RESERVE) for family in Family}
        self.ledger = QuotaLedger(client, table, budgets, self.clock, turn_of_day=TURN)

    @property
    def day(self) -> str:
        return utc_day(self.clock.now())

    @initialize(minutes=st.integers(0, 24 * 60))
    def start(self, minutes: int) -> None:
        self.clock.advance(minutes=minutes)

    @rule(minutes=st.one_of(st.integers(0, 20), st.integers(0, 600)))
    def wait(self, minutes: int) -> None:
        self.clock.advance(minutes=minutes)

    @rule(work_class=st.sampled_from(WorkClass), count=st.integers(1, 6), earlier=st.booleans())
    def reserve(self, work_class: WorkClass, count: int, earlier: bool) -> None:
        carried = earlier and work_class is WorkClass.SCHEDULED
        now, before = self.clock.now(), self.ledger.usage(self.day, RESEARCH)
        try:
            reservations = self.ledger.reserve(RESEARCH, work_class, count=count, carried=carried)
        except QuotaExhausted:
            return
        granted = len(reservations)
        assert 1 <= granted <= count
        assert quiet_until(now, TURN) is None, "nothing is granted at the turn of the day"
        assert now >= self.paused_until, "a pause holds everybody"
        if self.day in self.closed:
            assert now >= self.closed[self.day], "a closed day stays closed until it is probed"
            assert [each.probe for each in reservations] == [True], "a closed day is tried with one request"
            self.closed[self.day] = self.ledger.usage(self.day, RESEARCH).closed_until or now
            assert self.closed[self.day] > now, "the next probe waits"
        else:
            assert not any(each.probe for each in reservations)
            used_by_class = before.used_by_class[work_class]
            share = SHARE if work_class is WorkClass.SCHEDULED and now < shares_open_at(now) else LIMIT
            half = share // 2 if now < carried_opens_at(now) else share
            most = min(share - used_by_class, half - before.used_carried) if carried else share - used_by_class
            assert granted == min(count, LIMIT - before.used, most), "what fits is granted"
        used_carried = self.ledger.usage(self.day, RESEARCH).used_carried
        assert used_carried == before.used_carried + granted * carried
        assert now >= carried_opens_at(now) or used_carried <= SHARE // 2, "the day before leaves half to the day"
        self.granted[self.day] += granted
        self.out += reservations
        used = self.ledger.usage(self.day, RESEARCH).used_by_class[WorkClass.SCHEDULED]
        assert work_class is WorkClass.ADHOC or now >= shares_open_at(now) or used <= SHARE

    @precondition(lambda self: self.out)
    @rule(data=st.data(), ok=st.booleans())
    def settle(self, data: st.DataObject, ok: bool) -> None:
        reservation = data.draw(st.sampled_from(self.out))
        newest = max((each for each in self.out if each.probe), key=lambda each: each.reserved_at, default=None)
        self.ledger.settle(reservation, entry_of(reservation, *(("ok", 200) if ok else ("failed", 500))))
        self.out.remove(reservation)
        closed_until = self.ledger.usage(reservation.day, RESEARCH).closed_until
        if reservation.day in self.closed and closed_until is None:
            assert ok, "only an answer that shows quota reopens a day"
            assert reservation.probe, "only a probe reopens a day"
            assert reservation is newest, "only the newest probe reopens a day"
            del self.closed[reservation.day]

    @precondition(lambda self: self.out)
    @rule(data=st.data())
    def give_back(self, data: st.DataObject) -> None:
        kind = data.draw(st.sampled_from(self.out)).kind
        unsent = data.draw(st.lists(st.sampled_from([each for each in self.out if each.kind == kind]), min_size=1))
        unsent = list(dict.fromkeys(unsent))
        given_back = self.ledger.give_back(unsent)
        assert given_back is (not any(each.probe for each in unsent) and kind.day not in self.raised)
        if given_back:
            self.out = [each for each in self.out if each not in unsent]
            self.granted[kind.day] -= len(unsent)

    @rule(seconds=st.integers(-60, 900))
    def pause(self, seconds: int) -> None:
        until = self.clock.now() + timedelta(seconds=seconds)
        self.ledger.pause(RESEARCH, until)
        self.paused_until = max(self.paused_until, until)

    @rule()
    def close(self) -> None:
        now, before = self.clock.now(), self.closed.get(self.day)
        until = self.ledger.close(RESEARCH, self.day)
        assert until > now
        assert before is None or before <= now or until == before, "a closed day is not closed twice"
        self.closed[self.day] = until

    @rule(used=st.integers(0, LIMIT))
    def prove(self, used: int) -> None:
        before = self.ledger.usage(self.day, RESEARCH).used
        assert self.ledger.raise_to(self.day, RESEARCH, used) == max(before, used)
        if used > before:
            self.raised.add(self.day)
        self.granted[self.day] = max(before, used)

    @precondition(lambda self: quiet_until(self.clock.now(), TURN) is None)
    @rule(work_class=st.sampled_from(WorkClass))
    def come_back_when_told(self, work_class: WorkClass) -> None:
        """Whoever comes back at the time that he is told is served in the end."""
        for _ in range(6):
            try:
                (reservation,) = self.ledger.reserve(RESEARCH, work_class)
            except QuotaExhausted as refusal:
                assert refusal.resume_at > self.clock.now()  # noqa: PT017 - each of several refusals
                self.clock.time = refusal.resume_at
                continue
            self.granted[self.day] += 1
            self.out.append(reservation)
            if reservation.probe:
                self.closed[self.day] = self.ledger.usage(self.day, RESEARCH).closed_until or self.clock.now()
            return
        pytest.fail("never served")

    @invariant()
    def the_counter_is_what_was_granted_and_within_the_limit(self) -> None:
        used = self.ledger.usage(self.day, RESEARCH).used
        assert used == self.granted[self.day] <= LIMIT

    def teardown(self) -> None:
        for day in self.granted:
            assert self.ledger.usage(day, Family.FOLLOWERS).used == 0, "the families do not touch"


def test_the_ledger_keeps_its_promises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        run_state_machine_as_test(
            LedgerMachine,
            settings=settings(max_examples=25, stateful_step_count=30),
        )
