"""The right to send one request, and the entry that is written of it."""

from dataclasses import dataclass
from datetime import datetime

from tiktok_collector.quota.entry import UsageEntry
from tiktok_collector.quota.families import Family, WorkClass
from tiktok_collector.quota.giving_back import Kind


@dataclass(frozen=True, slots=True)
class Reservation:
    """The right to send one request on `day`; it counts as spent from the moment it is granted.

    A `probe` is the one request that tries a day which the server had refused; one that is `carried` is for a scheduled
    run of an earlier day.
    """

    request_id: str
    day: str
    family: Family
    work_class: WorkClass
    reserved_at: datetime
    probe: bool
    carried: bool = False

    @property
    def kind(self) -> Kind:
        """What it draws on."""
        return Kind(self.day, self.family, self.work_class, self.carried)

    def entry(self, *, run_id: str, task_id: str, endpoint: str) -> UsageEntry:
        """The entry of its request, as long as nobody knows what became of that."""
        return UsageEntry(
            request_id=self.request_id,
            day=self.day,
            family=self.family,
            work_class=self.work_class,
            run_id=run_id,
            task_id=task_id,
            endpoint=endpoint,
            sent_at=self.reserved_at,
            outcome="unknown",
        )
