"""Entry point of the function `collection_worker`: goes on with whatever is unfinished, every ten minutes."""

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from tiktok_collector.collection.deadline import Deadline
from tiktok_collector.collection.resumption import Resumption
from tiktok_collector.collection.services import CollectionServices
from tiktok_collector.events.parsing import parse_event
from tiktok_collector.events.worker import WorkerEvent
from tiktok_collector.handling import answer
from tiktok_collector.observability import logger

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
    log = logger("collection_worker")

    def use_case() -> Any:
        parsed = parse_event(WorkerEvent, event)
        services = _services()
        deadline = Deadline.after(services.clock, context.get_remaining_time_in_millis())
        return Resumption(services, log).run(
            recover=parsed.recover, request_id=context.aws_request_id, deadline=deadline
        )

    return answer(log, use_case)
