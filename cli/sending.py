"""Sends events to the stack's functions, which work them on their own: nobody waits for a function's 15 minutes."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel

from cli.exit_codes import ExitCode
from cli.failures import Failure
from cli.target import Target
from tiktok_collector.errors import InvalidRequest
from tiktok_collector.events.collection import CollectionEvent
from tiktok_collector.events.extraction import ExtractionEvent
from tiktok_collector.events.parsing import parse_event
from tiktok_collector.events.refresh import VideoRefreshEvent
from tiktok_collector.events.search import SearchEvent

_OPTIONS: Final[Mapping[str, str]] = {
    "name": "NAME",
    "username": "@NAME",
    "usernames": "@NAME",
    "comments.max_per_video": "--max-comments",
    "query": "the query",
    "countries": "--country",
    "kinds": "--kind",
    "periods": "--period",
}
_FIELD: Final = re.compile(r"^The event's field '(\w+(?:\.max_per_video)?)(?:\.(\d+))?' is wrong: ")
_NAMED: Final = re.compile(r"\b(start_date|end_date|days_back|max_videos|max_followers|max_following|usernames?)\b")
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
        raise Failure(ExitCode.USAGE, in_options(str(error))) from error


def in_options(sentence: str) -> str:
    """A sentence about an event's fields, as one about the command line that they come from."""
    sentence = sentence.removeprefix("The event is wrong: ")
    if found := _FIELD.match(sentence):
        where = f"entry {int(found[2]) + 1}: " if found[2] else ""
        sentence = f"{_option(found[1])} is wrong: {where}{sentence[found.end() :]}"
    sentence = sentence.replace("The event's field 'query.", "The query's field '")
    sentence = _NAMED.sub(lambda name: _option(name[0]), sentence)
    sentence = sentence[:1].upper() + sentence[1:]
    return sentence if sentence.endswith(".") else f"{sentence}."


def _option(field: str) -> str:
    return _OPTIONS.get(field) or f"--{field.replace('_', '-')}"


def send(target: Target, function: str, event: Mapping[str, Any]) -> None:
    """Hands the event over; Lambda keeps it and tries again where the function fails."""
    target.aws.lambda_.invoke(
        FunctionName=target.functions[function], InvocationType="Event", Payload=json.dumps(event).encode()
    )
