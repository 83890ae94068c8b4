"""Entry point of the function `user_extraction`: the study's accounts every day, any accounts ad hoc."""

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from tiktok_collector.collection.handler import collect
from tiktok_collector.collection.launch import Launch
from tiktok_collector.collection.services import CollectionServices
from tiktok_collector.collection.study_day import collect_study
from tiktok_collector.events.extraction import ExtractionEvent
from tiktok_collector.events.parsing import parse_event
from tiktok_collector.events.study import Part, asks_for_study

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@cache
def _services() -> CollectionServices:
    return CollectionServices.build(os.environ)


def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Extract the accounts that the event names, or today's of the study; returns how far the run is.

    Raises:
        CollectorError: the event is wrong, or a resource, permission or credential is missing.
    """
    if asks_for_study(event):
        return collect_study(Part.ACCOUNTS, "user_extraction", context, event, _services)
    return collect(
        "user_extraction",
        context,
        event=lambda: parse_event(ExtractionEvent, event),
        services=_services,
        use_case=Launch,
    )
