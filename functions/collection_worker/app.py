"""Entry point of the function `collection_worker`: goes on with whatever is unfinished, every ten minutes."""

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from tiktok_collector.collection.handler import collect
from tiktok_collector.collection.resumption import Resumption
from tiktok_collector.collection.services import CollectionServices
from tiktok_collector.events.parsing import parse_event
from tiktok_collector.events.worker import WorkerEvent

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@cache
def _services() -> CollectionServices:
    return CollectionServices.build(os.environ)


def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Work the open runs until nothing is runnable or time is up; returns how far each is.

    Raises:
        CollectorError: the event is wrong, or a resource, permission or credential is missing.
    """
    return collect(
        "collection_worker",
        context,
        event=lambda: parse_event(WorkerEvent, event),
        services=_services,
        use_case=Resumption,
    )
