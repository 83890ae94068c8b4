"""What studies need, made of what collecting has."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from tiktok_collector.collection.page_reader import PageReader
from tiktok_collector.studies.closing import StudyClosing
from tiktok_collector.studies.day_manifests import DayManifests
from tiktok_collector.studies.planning import StudyPlanning
from tiktok_collector.studies.records import RecordStore
from tiktok_collector.studies.seen import SeenVideos
from tiktok_collector.studies.study_files import StudyFiles

if TYPE_CHECKING:
    from tiktok_collector.collection.services import CollectionServices


@dataclass(frozen=True)
class StudyServices:
    """Makes the parts of studies from the services of a process."""

    services: "CollectionServices"

    @cached_property
    def records(self) -> RecordStore:
        """The records of all runs."""
        return RecordStore(self.services.objects, threads=self.services.threads)

    @cached_property
    def manifests(self) -> DayManifests:
        """The writer of the manifests of days."""
        return DayManifests(
            objects=self.services.objects,
            records=self.records,
            runs=self.services.runs,
            clock=self.services.clock,
        )

    def planning(self) -> StudyPlanning:
        """What plans days."""
        services = self.services
        return StudyPlanning(
            files=StudyFiles(services.objects),
            objects=services.objects,
            records=self.records,
            manifests=self.manifests,
            planner=services.planner(),
            runs=services.runs,
            tasks=services.tasks,
            ledger=services.ledger,
            budgets=services.budgets,
            clock=services.clock,
            threads=services.threads,
        )

    def closing(self) -> StudyClosing:
        """What closes runs."""
        services = self.services
        return StudyClosing(
            objects=services.objects,
            reader=PageReader(services.pages),
            records=self.records,
            seen=SeenVideos(services.objects, threads=services.threads),
            manifests=self.manifests,
            threads=services.threads,
        )
