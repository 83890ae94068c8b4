"""Finds the model, and the names of its fields, at a path into nested pydantic models."""

from collections.abc import Iterable
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo


def model_at(model: type[BaseModel], path: Iterable[str | int]) -> type[BaseModel]:
    """The model of what stands at `path`, through lists and mappings.

    Raises:
        LookupError: there is no model.
    """
    found: Any = model
    for part in path:
        # Where it is no model, it is a list or a mapping, and the last argument is what is in it.
        found = _bare(field_names(found)[str(part)].annotation if _is_model(found) else get_args(found)[-1])
    if not _is_model(found):
        raise LookupError(f"No model at {path!r}.")
    return found  # type: ignore[no-any-return]


def field_names(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields by the names under which they are written."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _bare(annotation: Any) -> Any:
    """The type without what is noted about it and without `None`."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in {Union, UnionType}:
        return _bare(next(each for each in get_args(annotation) if each is not NoneType))
    return annotation


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
