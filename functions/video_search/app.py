"""Entry point of the function `video_search`: the videos that a query finds, or known videos again."""

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from tiktok_collector.collection.handler import collect
from tiktok_collector.collection.launch import Launch
from tiktok_collector.collection.services import CollectionServices
from tiktok_collector.collection.study_day import collect_study
from tiktok_collector.events.parsing import parse_event
from tiktok_collector.events.refresh import VideoRefreshEvent, asks_for_refresh
from tiktok_collector.events.search import SearchEvent
from tiktok_collector.events.study import Part, asks_for_study

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@cache
def _services() -> CollectionServices:
    return CollectionServices.build(os.environ)


def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Collect the videos that the event describes or names; returns how far the run is and where its files are.

    Raises:
        CollectorError: the event is wrong, or a resource, permission or credential is missing.
    """
    if asks_for_study(event):
        return collect_study(Part.SEARCHES, "video_search", context, event, _services)
    return collect(
        "video_search",
        context,
        event=lambda: parse_event(VideoRefreshEvent if asks_for_refresh(event) else SearchEvent, event),
        services=_services,
        use_case=Launch,
    )
