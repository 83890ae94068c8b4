"""Entry point of the function `dataset_import`: datasets of others, put under `imports/`."""

import os
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

from tiktok_collector.deadline import Deadline
from tiktok_collector.events.dataset_import import ObjectCreatedEvent, import_model
from tiktok_collector.events.parsing import parse_event
from tiktok_collector.handling import answer
from tiktok_collector.observability import logger
from tiktok_lake.imports.services import ImportServices

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@cache
def _services() -> ImportServices:
    return ImportServices.build(os.environ)


def handler(event: dict[str, Any], context: "LambdaContext") -> dict[str, Any]:
    """Import the file that the event is about; returns what became of it, which its report says at length.

    Raises:
        CollectorError: the event is wrong, a resource or permission is missing, or the row store was busy all the time.
    """

    def imported() -> msgspec.Struct:
        parsed, services = parse_event(import_model(event), event), _services()
        deadline = Deadline.after(services.clock, context.get_remaining_time_in_millis())
        datasets = services.datasets
        if isinstance(parsed, ObjectCreatedEvent):
            created = parsed.detail
            return datasets.run(datasets.key_of(created.bucket.name, created.object.key), deadline)
        return datasets.run(parsed.key, deadline, again=parsed.again)

    return answer(logger("dataset_import"), imported)
