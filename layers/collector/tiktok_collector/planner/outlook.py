"""When a study will have caught up, and what to say if it never will."""

from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from typing import Final

from tiktok_collector.planner.advice import Bill
from tiktok_collector.planner.charges import Charge, by_family
from tiktok_collector.planner.endpoints import FAMILIES, family_of
from tiktok_collector.planner.ordering import Job
from tiktok_collector.planner.purse import Purse, share_of
from tiktok_collector.planner.shrinking import smallest_part
from tiktok_collector.study.collections import Study

_SLACK: Final = 1e-6


class Outlook:
    """Compares what is left over and what a usual day costs with what there is."""

    def __init__(
        self, study: Study, capacity: Mapping[str, int], purse: Purse, usual: Sequence[Charge], left: Sequence[Job]
    ) -> None:
        self._study = study
        self._capacity = capacity
        self._purse = purse
        self._usual = usual
        self._left = left
        self._left_charges = [charge for job in left for charge in purse.payers.charges(job.collections, job.costs)]
        self._smallest = [smallest_part(job) for job in left]

    @property
    def backlog(self) -> dict[str, int]:
        """Requests by family that are due and do not fit today."""
        sums = {family: _sum(self._left_charges, family) for family in FAMILIES}
        return {family: ceil(requests - _SLACK) for family, requests in sums.items() if requests > _SLACK}

    def days_to_catch_up(self) -> int | None:
        """How long the backlog lasts; None if for ever. A study that needs more than there is never catches up."""
        if any(self._too_large()):
            return None
        days = [self._days(self._capacity.get(family, 0), family) for family in FAMILIES]
        for each in self._study.collections:
            for family in FAMILIES:
                share = share_of(each, family)
                if share is not None:
                    days.append(self._days(self._capacity.get(family, 0) * share / 100, family, each.name))
        known = [each for each in days if each is not None]
        return max(known) if len(known) == len(days) else None

    def _days(self, there: float, family: str, name: str | None = None) -> int | None:
        """Days until a backlog is gone, of one collection or of all."""
        backlog, needed = _sum(self._left_charges, family, name), _sum(self._usual, family, name)
        if needed > there + _SLACK:
            return None
        if backlog <= _SLACK:
            return 0
        largest = max(
            _sum(self._purse.payers.charges(part.collections, part.costs), family, name) for part in self._smallest
        )
        # If an average day has room for the largest part, on some days it is taken. What is over then may be too little
        # for the next part, and is lost.
        room = there - needed
        return ceil(backlog / (room - max(0.0, largest - 1))) if room > largest - _SLACK and room > _SLACK else None

    def warnings(self) -> tuple[str, ...]:
        """What does not fit, with numbers and what to change."""
        return (*self._of_quotas(), *self._of_shares(), *self._of_large_jobs()) or tuple(self._of_backlog())

    def _of_quotas(self) -> Iterable[str]:
        for family in FAMILIES:
            bill = Bill(self._study, self._usual, family)
            there = self._capacity.get(family, 0)
            if bill.total > there + _SLACK:
                yield (
                    f"A usual day of this study needs about {bill.text}, and {there:,} are left to schedules: "
                    f"{bill.advice(there)}."
                )

    def _of_shares(self) -> Iterable[str]:
        for each in self._study.collections:
            for family in FAMILIES:
                share = share_of(each, family)
                mine = [charge for charge in self._usual if charge.collection == each.name]
                bill = Bill(self._study, mine, family)
                if share is not None and bill.total > self._capacity.get(family, 0) * share / 100 + _SLACK:
                    there = self._capacity.get(family, 0) * share // 100
                    yield (
                        f"A usual day of {each.name!r} needs about {bill.text}, and its share of {share} % is "
                        f"{there:,}: raise its {family}_share, or {bill.advice(there)}."
                    )

    def _of_large_jobs(self) -> Iterable[str]:
        said = set()
        for job, family in self._too_large():
            if (job.collections, family) not in said:
                said.add((job.collections, family))
                names = " and ".join(repr(name) for name in job.collections)
                bill = Bill(self._study, self._purse.payers.charges(job.collections, job.costs), family)
                there = self._purse.most(job.collections, family)
                yield (
                    f"The least that can be asked for of {names} at once needs about {bill.text}, and a day has "
                    f"{int(there):,} for it, so it is never asked for: {bill.advice(there)}."
                )

    def _of_backlog(self) -> Iterable[str]:
        """Said where a usual day fits, but only just."""
        if self.days_to_catch_up() is None:
            for family, requests in self.backlog.items():
                bill = Bill(self._study, self._usual, family)
                yield (
                    f"{requests:,} {family} requests are left over today, and may never be caught up with: of "
                    f"{self._capacity.get(family, 0):,} a day, a usual day needs about {bill.text}."
                )

    def _too_large(self) -> Iterable[tuple[Job, str]]:
        """The smallest parts of what is left over that no day has room for."""
        for part in self._smallest:
            for family, requests in by_family(part.costs).items():
                if requests > self._purse.most(part.collections, family) + _SLACK:
                    yield part, family


def _sum(charges: Iterable[Charge], family: str, name: str | None = None) -> float:
    """Requests of a family, of one collection or of all."""
    return sum(
        charge.requests
        for charge in charges
        if family_of(charge.endpoint) == family and name in {None, charge.collection}
    )
