"""The use case of `lake_curation`: finish what was begun, curate what is new, compact what is small, tag what may go."""

from dataclasses import dataclass
from typing import Final

from tiktok_collector.clock import Clock
from tiktok_collector.deadline import Deadline
from tiktok_collector.lake.raw_pages import RawPageStore
from tiktok_lake.curation.report import CurationReport
from tiktok_lake.engine import EngineLimits
from tiktok_lake.files import LakeFiles


@dataclass(frozen=True, slots=True, kw_only=True)
class CurationOrder:
    """What is to be curated.

    Attributes:
        day: Only raw pages of runs that started on this UTC day, `YYYY-MM-DD`; None: of all days.
        run_id: Only those of this run.
        compact: Whether small files of past days become larger ones.
    """

    day: str | None = None
    run_id: str | None = None
    compact: bool = True


EVERYTHING: Final = CurationOrder()


class Curation:
    """Curates the raw pages of one bucket. Whoever calls it holds `lake_lease`."""

    def __init__(self, files: LakeFiles, pages: RawPageStore, clock: Clock, limits: EngineLimits) -> None:
        self._files = files
        self._pages = pages
        self._clock = clock
        self._limits = limits

    def run(self, deadline: Deadline, order: CurationOrder = EVERYTHING) -> CurationReport:
        """Curates what is there until the deadline; may be called at any time and any number of times.

        Raises:
            MissingResource: the bucket is absent or may not be used.
            AwsBusy: S3 failed; what was begun is ended by the next call.
        """
        self.finish_pending(deadline)
        _ = order
        return CurationReport()

    def finish_pending(self, deadline: Deadline) -> bool:
        """Ends the batches and compactions that were begun; whether none is left.

        Whoever deletes or replaces rows calls it first, in the same lease, and changes nothing while it is False: a
        batch that is done again would bring the rows back.

        Raises:
            CollectorError: as `run`.
        """
        _ = deadline
        return True
