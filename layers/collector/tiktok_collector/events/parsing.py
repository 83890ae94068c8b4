"""Turns a raw event into its model, or into one sentence that says which field is wrong and why."""

from collections.abc import Iterable, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from tiktok_collector.errors import InvalidRequest


def parse_event[Model: BaseModel](model: type[Model], event: object) -> Model:
    """The event as `model`.

    Raises:
        InvalidRequest: it is not a JSON object or a field is wrong; the message names the first such field.
    """
    if not isinstance(event, Mapping):
        raise InvalidRequest(f"The event is a {type(event).__name__}, not a JSON object: send {{...}} with its fields.")
    try:
        return model.model_validate(dict(event))
    except ValidationError as error:
        raise InvalidRequest(_sentence(error.errors(include_url=False)[0], model)) from error


def _sentence(problem: Mapping[str, Any], model: type[BaseModel]) -> str:
    field = ".".join(str(part) for part in problem["loc"])
    reason = str(problem["msg"]).removeprefix("Value error, ").rstrip(".")
    if problem["type"] == "extra_forbidden":
        known = ", ".join(sorted(_names(_model_at(model, problem["loc"][:-1]))))
        return f"The event has a field {field!r} that is not known; known fields are {known}."
    if problem["type"] == "model_type":
        reason = "write it as an object {...}"
    return f"The event's field {field!r} is wrong: {reason}." if field else f"The event is wrong: {reason}."


def _model_at(model: type[BaseModel], path: Iterable[str | int]) -> type[BaseModel]:
    for name in path:
        if not isinstance(name, int):  # a position in a list, whose items' model was found with the list
            annotation = _names(model)[name].annotation
            model = next(each for each in (*get_args(annotation), annotation) if _is_model(each))
    return model


def _names(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields by the names under which they are written."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _is_model(annotation: object) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
