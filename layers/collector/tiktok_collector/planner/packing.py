"""What of everything that is due fits into a day.

Twice through the order: first every collection with a share has its share and the others what the shares leave; then
the others have what is left over. A job that does not fit as a whole is done in part.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tiktok_collector.planner.charges import Charge
from tiktok_collector.planner.ordering import Job
from tiktok_collector.planner.purse import Purse
from tiktok_collector.planner.shrinking import part_that_fits


@dataclass(frozen=True, slots=True)
class Packed:
    """What is done today in its order, who pays for it, and what is left for later days."""

    chosen: tuple[Job, ...]
    charges: tuple[Charge, ...]
    left: tuple[Job, ...]


def pack(ordered: Sequence[Job], purse: Purse) -> Packed:
    """Chooses from the jobs, the first first, as far as the purse goes."""
    first = _Round(purse)
    for place, job in enumerate(ordered):
        first.offer(place, job, job.collections)
    purse.open_up()
    second = _Round(purse)
    for place, job in first.left:
        second.offer(place, job, purse.without_share(job.collections, job.costs))
    chosen = sorted(first.chosen + second.chosen, key=lambda each: each[0])
    return Packed(tuple(job for _, job in chosen), tuple(purse.charges), tuple(job for _, job in second.left))


class _Round:
    """Once through the order; jobs with their places in it."""

    def __init__(self, purse: Purse) -> None:
        self.chosen: list[tuple[int, Job]] = []
        self.left: list[tuple[int, Job]] = []
        self._purse = purse

    def offer(self, place: int, job: Job, payers: Sequence[str]) -> None:
        """Takes the job, a part of it, or nothing."""
        if not payers:
            self.left.append((place, job))
        elif self._purse.pay(payers, job.costs):
            self.chosen.append((place, job))
        elif parts := part_that_fits(job, lambda costs: self._purse.fits(payers, costs)):
            first, rest = parts
            self._purse.pay(payers, first.costs)
            self.chosen.append((place, first))
            self.left += [(place, each) for each in rest]
        else:
            self.left.append((place, job))
