"""Sends events to the stack's functions, which work them on their own: nobody waits for a function's 15 minutes."""

import json
from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel

from cli.exit_codes import ExitCode
from cli.failures import Failure
from cli.target import Target
from local_cloud.validation import in_variables
from tiktok_collector.errors import InvalidRequest
from tiktok_collector.events.collection import CollectionEvent
from tiktok_collector.events.extraction import ExtractionEvent
from tiktok_collector.events.parsing import parse_event
from tiktok_collector.events.refresh import VideoRefreshEvent
from tiktok_collector.events.search import SearchEvent

_MODELS: Final[Mapping[str, type[BaseModel]]] = {"user_extraction": ExtractionEvent, "video_search": SearchEvent}


def checked(target: Target, function: str, event: Mapping[str, Any]) -> list[str]:
    """What to know of an event before it is sent: warnings about its period.

    Raises:
        Failure: the function would refuse it; the sentence is the function's.
    """
    model = VideoRefreshEvent if "video_ids" in event else _MODELS[function]
    try:
        read = parse_event(model, event)
        return read.period(target.clock.now())[1] if isinstance(read, CollectionEvent) else []
    except (InvalidRequest, ValueError) as error:
        raise Failure(ExitCode.USAGE, in_variables(str(error))) from error


def send(target: Target, function: str, event: Mapping[str, Any]) -> None:
    """Hands the event over; Lambda keeps it and tries again where the function fails."""
    target.aws.lambda_.invoke(
        FunctionName=target.functions[function], InvocationType="Event", Payload=json.dumps(event).encode()
    )
