"""Says what is wrong with ACCOUNTS, INCLUDE, START and END before anything is built for them."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from local_cloud.errors import LocalCloudError
from tiktok_collector.errors import InvalidRequest
from tiktok_collector.events.extraction import ExtractionEvent
from tiktok_collector.events.parsing import parse_event

_VARIABLES = {"usernames": "ACCOUNTS", "include": "INCLUDE", "start_date": "START", "end_date": "END"}
_FIELD = re.compile(r"^The event's field '(\w+)(?:\.(\d+))?' is wrong: ")
_NAME = re.compile(rf"\b({'|'.join(_VARIABLES)})\b")


def check_events(events: Iterable[Mapping[str, Any]], now: datetime) -> None:
    """Refuses an event that `user_extraction` would refuse.

    Raises:
        LocalCloudError: one sentence that names the variable of `make run`.
    """
    for event in events:
        try:
            parse_event(ExtractionEvent, event).period(now)
        except (InvalidRequest, ValueError) as error:
            raise LocalCloudError(in_variables(str(error))) from error


def in_variables(sentence: str) -> str:
    """A sentence about an event's fields, as one about the variables that they come from."""
    sentence = sentence.removeprefix("The event is wrong: ")
    if found := _FIELD.match(sentence):
        name = _VARIABLES.get(found[1], found[1])
        where = f"entry {int(found[2]) + 1}: " if found[2] else ""
        sentence = f"{name} is wrong: {where}{sentence[found.end() :]}"
    sentence = _NAME.sub(lambda name: _VARIABLES[name[1]], sentence)
    sentence = sentence[:1].upper() + sentence[1:]
    return sentence if sentence.endswith(".") else f"{sentence}."
