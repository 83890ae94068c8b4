"""Entry point of the function `lake_curation`: raw pages become rows of the row store."""

import os
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

from tiktok_collector.deadline import Deadline
from tiktok_collector.events.lake_curation import LakeCurationEvent
from tiktok_collector.events.parsing import parse_event
from tiktok_collector.handling import answer
from tiktok_collector.observability import logger
from tiktok_lake.curation.curate import CurationOrder
from tiktok_lake.curation.report import tell
from tiktok_lake.curation.services import CurationServices
from tiktok_lake.lease import lake_lease

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@cache
def _services() -> CurationServices:
    return CurationServices.build(os.environ)


def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Curate what is there; returns what was written, marked and left (docs/lake.md).

    Raises:
        LakeBusy: another function is changing the row store; the next invocation does it.
        CollectorError: the event is wrong, or a resource or permission is missing.
    """
    log = logger("lake_curation")

    def curated() -> msgspec.Struct:
        asked, services = parse_event(LakeCurationEvent, event), _services()
        deadline = Deadline.after(services.clock, context.get_remaining_time_in_millis())
        order = CurationOrder(
            day=asked.day.isoformat() if asked.day else None, run_id=asked.run_id, compact=asked.compact
        )
        with lake_lease(services.dynamodb, services.tasks_table, services.clock):
            report = services.curation().run(deadline, order)
        if not order.is_partial:
            tell(report, log)
        return report

    return answer(log, curated)
