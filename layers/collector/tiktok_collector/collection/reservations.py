"""The reservations of one invocation: a large quota's are taken in blocks, and given back where they were not needed.

Within a block, whichever task comes next uses the next one.
"""

import threading
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from tiktok_collector.clock import Clock, utc_day
from tiktok_collector.errors import CollectorError
from tiktok_collector.observability import Log
from tiktok_collector.quota.families import Family, WorkClass
from tiktok_collector.quota.giving_back import Kind
from tiktok_collector.quota.ledger import QuotaLedger
from tiktok_collector.quota.reservation import Reservation

A_BLOCK: Final = {Family.FOLLOWERS: 10}
"""How many are reserved at once; one where nothing is said. It is also the most that a killed process wastes."""
GOOD_FOR: Final = timedelta(seconds=60)
"""How long one may wait to be used: another function may have been told to pause since."""
NEAR_MIDNIGHT: Final = timedelta(hours=1)
"""The longest turn of the day that can be set (`LedgerSettings.turn_of_day_seconds`)."""


class Reservations:
    """Takes reservations from the ledger for all threads of an invocation."""

    def __init__(self, ledger: QuotaLedger, clock: Clock, log: Log) -> None:
        self._ledger = ledger
        self._clock = clock
        self._log = log
        self._lock = threading.Lock()
        # Held while a block is taken: threads that find nothing left wait for one block instead of taking one each.
        self._taking = threading.Lock()
        self._unsent: list[Reservation] = []
        self._withdrawn: list[Reservation] = []

    def take(self, family: Family, work_class: WorkClass, *, carried: bool) -> Reservation:
        """The right to send one request, now.

        Raises:
            QuotaExhausted: nothing may be sent before `resume_at`.
            AwsBusy: the table is throttled or contended.
            MissingResource: the table is not there or may not be used.
        """
        count = 1 if self._near_midnight() else A_BLOCK.get(family, 1)
        if count == 1:
            found = self._left_over(family, work_class, carried=carried)
            return found or self._ledger.reserve(family, work_class, carried=carried)[0]
        with self._taking:
            if found := self._left_over(family, work_class, carried=carried):
                return found
            self._return_withdrawn()
            first, *others = self._ledger.reserve(family, work_class, count=count, carried=carried)
            with self._lock:
                self._unsent += others
            return first

    def unsent(self, reservation: Reservation) -> None:
        """Takes back one whose request surely never left, for another request."""
        with self._lock:
            self._unsent.append(reservation)

    def pause(self, family: Family, until: datetime) -> None:
        """Lets nobody send before `until`, in this process or another."""
        self.withdraw(family)
        with self._taking:
            self._ledger.pause(family, until)
            # A block that another thread was granted meanwhile, before the pause was known.
            self.withdraw(family)

    def withdraw(self, family: Family) -> None:
        """Lets none be used that was reserved so far: the server has refused a request since."""
        with self._lock:
            self._withdraw([each for each in self._unsent if each.family == family and not each.probe])

    def give_back(self) -> None:
        """Gives back what is left, once nothing is under way any more.

        Each is given back once. Where that fails they stay counted: the safe side. They are of unknown fate then.
        """
        with self._lock:
            self._withdraw([each for each in self._unsent if not each.probe])
        self._return_withdrawn()

    def _return_withdrawn(self) -> None:
        # Before each new block too: with slow answers most of a block is withdrawn, and a kill would waste them all.
        with self._lock:
            left, self._withdrawn = sorted(self._withdrawn, key=lambda each: each.kind), []
        for kind, group in groupby(left, key=lambda each: each.kind):
            self._return(kind, list(group))

    def _return(self, kind: Kind, left: list[Reservation]) -> None:
        try:
            reason = None if self._ledger.give_back(left) else "the counter was changed by another function meanwhile"
        except CollectorError as error:
            reason = str(error)
        if reason:
            fields: dict[str, object] = {"family": kind.family, "day": kind.day, "requests": len(left)}
            self._log.warning("reservations stay spent", extra={**fields, "reason": reason})

    def _left_over(self, family: Family, work_class: WorkClass, *, carried: bool) -> Reservation | None:
        now = self._clock.now()
        wanted = Kind(utc_day(now), family, work_class, carried)
        with self._lock:
            self._withdraw([each for each in self._unsent if now - each.reserved_at > GOOD_FOR and not each.probe])
            # Reserved before midnight, it could be sent while nothing may be.
            fitting = () if self._near_midnight() else (each for each in self._unsent if each.kind == wanted)
            found = next(iter(fitting), None)
            if found:
                self._unsent.remove(found)
        return found

    def _withdraw(self, those: list[Reservation]) -> None:
        self._withdrawn += those
        self._unsent = [each for each in self._unsent if each not in those]

    def _near_midnight(self) -> bool:
        now = self._clock.now()
        return utc_day(now) != utc_day(now + NEAR_MIDNIGHT)
