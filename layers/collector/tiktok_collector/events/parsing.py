"""Turns a raw event into its model, or into one sentence that says which field is wrong and why."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from tiktok_collector.errors import InvalidRequest
from tiktok_collector.events.bounds import check_bounds
from tiktok_collector.study.model_places import field_names, model_at
from tiktok_collector.study_file.problems import shortened

_SHOWN: Final = 500
"""Characters of a field's name, and of what is wrong with it: what was sent may be quoted, however long it is."""


def parse_event[Model: BaseModel](model: type[Model], event: object) -> Model:
    """The event as `model`.

    Raises:
        InvalidRequest: it is not a JSON object or a field is wrong; the message names the first such field.
    """
    if not isinstance(event, Mapping):
        raise InvalidRequest(f"The event is a {type(event).__name__}, not a JSON object: send {{...}} with its fields.")
    check_bounds(event)
    try:
        return model.model_validate(dict(event))
    except ValidationError as error:
        raise InvalidRequest(_sentence(error.errors(include_url=False)[0], model)) from error


def _sentence(problem: Mapping[str, Any], model: type[BaseModel]) -> str:
    field = shortened(".".join(str(part) for part in problem["loc"]), _SHOWN)
    reason = shortened(str(problem["msg"]).removeprefix("Value error, ").rstrip("."), _SHOWN)
    if problem["type"] == "extra_forbidden":
        known = ", ".join(sorted(field_names(model_at(model, problem["loc"][:-1]))))
        return f"The event has a field {field!r} that is not known; known fields are {known}."
    if problem["type"] == "model_type":
        reason = "write it as an object {...}"
    return f"The event's field {field!r} is wrong: {reason}." if field else f"The event is wrong: {reason}."
