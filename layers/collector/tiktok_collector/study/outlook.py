"""When a study will have caught up, and what to say if it never will."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from typing import Final

from tiktok_collector.study.advice import Bill
from tiktok_collector.study.charges import Charge, by_family
from tiktok_collector.study.collections import Study
from tiktok_collector.study.endpoints import FAMILIES, family_of
from tiktok_collector.study.ordering import Job
from tiktok_collector.study.purse import Purse, share_of
from tiktok_collector.study.shrinking import smallest_part

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

    @property
    def backlog(self) -> dict[str, int]:
        """Requests by family that are due and do not fit today."""
        sums = _sums(self._left_charges)
        return {family: ceil(sums[family] - _SLACK) for family in FAMILIES if sums[family] > _SLACK}

    def days_to_catch_up(self) -> int | None:
        """How long the backlog lasts; None if for ever. A study that needs more than there is never catches up."""
        days = [_days(self._capacity.get(family, 0), self._usual, self._left_charges, family) for family in FAMILIES]
        for each in self._study.collections:
            for family in FAMILIES:
                share = share_of(each, family)
                if share is not None:
                    mine = [charge for charge in self._usual if charge.collection == each.name]
                    left = [charge for charge in self._left_charges if charge.collection == each.name]
                    days.append(_days(self._capacity.get(family, 0) * share / 100, mine, left, family))
        if any(self._too_large()):
            return None
        known = [each for each in days if each is not None]
        return max(known) if len(known) == len(days) else None

    def warnings(self) -> tuple[str, ...]:
        """What does not fit, with numbers and what to change."""
        return (*self._of_quotas(), *self._of_shares(), *self._of_large_jobs())

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

    def _too_large(self) -> Iterable[tuple[Job, str]]:
        """The smallest parts of what is left over that no day has room for."""
        for job in self._left:
            part = smallest_part(job)
            for family, requests in by_family(part.costs).items():
                if requests > self._purse.most(job.collections, family) + _SLACK:
                    yield part, family


def _days(there: float, usual: Iterable[Charge], left: Iterable[Charge], family: str) -> int | None:
    backlog, needed = _sums(left)[family], _sums(usual)[family]
    if needed > there + _SLACK:
        return None
    if backlog <= _SLACK:
        return 0
    return ceil(backlog / (there - needed)) if there - needed > _SLACK else None


def _sums(charges: Iterable[Charge]) -> dict[str, float]:
    sums: dict[str, float] = defaultdict(float)
    for _, endpoint, requests in charges:
        sums[family_of(endpoint)] += requests
    return sums
