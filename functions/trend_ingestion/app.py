"""Entry point of the function `trend_ingestion`: the study's polls of trend lists, any lists ad hoc."""

import os
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

from tiktok_collector.deadline import Deadline
from tiktok_collector.events.parsing import parse_event
from tiktok_collector.events.trends import trend_model
from tiktok_collector.handling import answer
from tiktok_collector.observability import logger
from tiktok_collector.trends.services import TrendServices

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@cache
def _services() -> TrendServices:
    return TrendServices.build(os.environ)


def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Ask for the lists that are due or that the event names; returns how far the poll is and where its files are.

    Raises:
        CollectorError: the event is wrong, or a resource or permission is missing.
    """
    log = logger("trend_ingestion")

    def ingested() -> msgspec.Struct:
        parsed, services = parse_event(trend_model(event), event), _services()
        deadline = Deadline.after(services.clock, context.get_remaining_time_in_millis())
        return services.polls(log).run(parsed, request_id=context.aws_request_id, deadline=deadline)

    return answer(log, ingested)
