"""Entry point of the function `data_refresh`: checks that are due, and what people ask to be deleted."""

import os
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

from tiktok_collector.deadline import Deadline
from tiktok_collector.events.data_refresh import DataRefreshEvent
from tiktok_collector.events.parsing import parse_event
from tiktok_collector.events.purge import PurgeEvent, asks_for_purge
from tiktok_collector.handling import answer
from tiktok_collector.observability import logger
from tiktok_lake.refresh.data_refresh import DataRefresh
from tiktok_lake.refresh.gauges import tell
from tiktok_lake.refresh.purge import Purge
from tiktok_lake.refresh.services import RefreshServices
from tiktok_lake.refresh.status import read_status

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@cache
def _services() -> RefreshServices:
    return RefreshServices.build(os.environ)


def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Check what is due and delete what is gone, or purge what a person names; returns how far that is.

    Raises:
        CollectorError: the event is wrong, or a resource or permission is missing.
    """
    log = logger("data_refresh")

    def purged() -> msgspec.Struct:
        parsed, services = parse_event(PurgeEvent, event), _services()
        deadline = Deadline.after(services.clock, context.get_remaining_time_in_millis())
        return Purge(services).run(parsed, request_id=context.aws_request_id, deadline=deadline)

    def refreshed() -> msgspec.Struct:
        parsed, services = parse_event(DataRefreshEvent, event), _services()
        deadline = Deadline.after(services.clock, context.get_remaining_time_in_millis())
        report = DataRefresh(services, log).run(parsed, request_id=context.aws_request_id, deadline=deadline)
        # People who ask must not hide that the schedule is off.
        if parsed.of_a_schedule:
            tell(read_status(services.files.objects), log)
        return report

    return answer(log, purged if asks_for_purge(event) else refreshed)
