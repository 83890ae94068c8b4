"""Retention: once the day is over that a study names, everything that it has brought is deleted."""

from datetime import date

from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.studies.study_files import CurrentStudy
from tiktok_collector.tasks.runs import RunStore
from tiktok_lake.deletion.certificate import Rule
from tiktok_lake.deletion.orders import Order
from tiktok_lake.deletion.scopes import Scopes


class Retention:
    """Looks at what a study has brought. Methods raise as `ObjectStore` and `RunStore` do."""

    def __init__(self, objects: ObjectStore, runs: RunStore) -> None:
        self._objects = objects
        self._runs = runs

    def due(self, current: CurrentStudy, day: date) -> tuple[Order | None, str]:
        """What is to be deleted on a UTC day, if anything, and what is to be said of the study's end, if anything."""
        if not current.over(day):
            return None, current.ends_soon(day)
        study, last = current.read.study.name, current.read.file.data.delete_after
        run_id = f"retention-{study}-{last:%Y%m%d}"
        order = Scopes(self._objects).study_order(run_id, study, Rule.RETENTION, with_trends=True)
        if still := [ref.run_id for ref in self._runs.open() if ref.run_id in order.doomed.runs]:
            return None, f"The study {study} is over, and is deleted as soon as its run {still[0]} has ended."
        return order, ""
