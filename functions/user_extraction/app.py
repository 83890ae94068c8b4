"""Entry point of the function `user_extraction`: everything of one or many accounts, ad hoc or daily."""

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from tiktok_collector.collection.deadline import Deadline
from tiktok_collector.collection.extraction import UserExtraction
from tiktok_collector.collection.services import CollectionServices
from tiktok_collector.events.extraction import ExtractionEvent
from tiktok_collector.events.parsing import parse_event
from tiktok_collector.handling import answer
from tiktok_collector.observability import logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@cache
def _services() -> CollectionServices:
    return CollectionServices.build(os.environ)


def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Extract the accounts that the event names; returns how far the run is and where its files are.

    Raises:
        CollectorError: the event is wrong, or a resource, permission or credential is missing.
    """
    log = logger("user_extraction")

    def use_case() -> Any:
        parsed = parse_event(ExtractionEvent, event)
        services = _services()
        deadline = Deadline.after(services.clock, context.get_remaining_time_in_millis())
        return UserExtraction(services, log).run(parsed, request_id=context.aws_request_id, deadline=deadline)

    return answer(log, use_case)
