"""Pydantic's errors as sentences that a researcher can act on, each with its path."""

from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from tiktok_collector.study.model_places import field_names, model_at
from tiktok_collector.study.names import HOW_TO_WRITE
from tiktok_collector.study.wrong_parts import Path, WrongParts
from tiktok_collector.study_file.problems import shortened

_SHOWN: Final = 60
_KEY: Final = "[key]"
"""What pydantic puts behind the path where the key itself is wrong."""


def wrong_places(error: ValidationError, model: type[BaseModel]) -> Iterator[tuple[Path, str]]:
    """Every path at which something is wrong, and the sentence that says what."""
    for each in error.errors(include_url=False):
        path: Path = tuple(part for part in each["loc"] if part != _KEY)
        cause = each.get("ctx", {}).get("error")
        if isinstance(cause, WrongParts):
            yield from ((path + below, message) for below, message in cause.parts)
        else:
            yield path, sentence(each, model)


def sentence(error: Mapping[str, Any], model: type[BaseModel]) -> str:
    """What is wrong, and the fix, without full stop. `error` is one of pydantic's."""
    kind, context = error["type"], error.get("ctx", {})
    found, path = error["input"], error["loc"]
    match kind:
        case "extra_forbidden":
            said = _unknown(path[-1], sorted(field_names(model_at(model, path[:-1]))))
        case "missing":
            said = f"{path[-1]!r} is missing; write it here"
        case "enum":
            said = _unknown(found, context["expected"].replace("'", "").replace(" or ", ", ").split(", "))
        case "value_error" if found is None:
            said = _not_of_its_kind(found, _TEXT)
        case _ if kind in _NEEDED:
            said = _not_of_its_kind(found, _NEEDED[kind])
        case _ if kind in _BOUNDS:
            said = _BOUNDS[kind](found, context)
        case _:
            said = str(error["msg"]).removeprefix("Value error, ").rstrip(".")
    return said


_NUMBER: Final = "a whole number", "digits such as 30"
_SWITCH: Final = "true or false", "one of the two"
_TEXT: Final = "text", "text, in quotes if it begins with #"
_MAPPING: Final = "a mapping", "keys with their values in the lines below"
_NEEDED: Final = {
    "int_parsing": _NUMBER,
    "int_parsing_size": _NUMBER,
    "int_type": _NUMBER,
    "bool_parsing": _SWITCH,
    "bool_type": _SWITCH,
    "string_type": _TEXT,
    "list_type": ("a list", "one such as [one, two]"),
    "dict_type": _MAPPING,
    "model_type": _MAPPING,
}
"""By pydantic's types: what is needed, and what to write."""
_BOUNDS: Final[Mapping[str, Callable[[Any, Mapping[str, Any]], str]]] = {
    "greater_than_equal": lambda found, bound: f"{_shown(found)} is too small; the least is {bound['ge']}",
    "less_than_equal": lambda found, bound: f"{_shown(found)} is too large; the most is {bound['le']}",
    "too_short": lambda _, bound: f"the list is empty; write at least {bound['min_length']}",
    "too_long": lambda found, bound: f"the list has {len(found)} entries; the most is {bound['max_length']}",
    "string_too_long": lambda found, bound: f"the text has {len(found)} characters; the most is {bound['max_length']}",
    "string_pattern_mismatch": lambda found, bound: (
        f"{_shown(found)} cannot be used here; write {HOW_TO_WRITE[bound['pattern']]}"
    ),
}


def _not_of_its_kind(found: Any, needed: tuple[str, str]) -> str:
    what, to_write = needed
    if found is None:
        return f"there is no value; write {to_write}, or leave it out"
    return f"{_shown(found)} is not {what}; write {to_write}"


def _unknown(found: Any, known: list[str]) -> str:
    lower = {name.lower(): name for name in known}
    near = [lower[name] for name in get_close_matches(str(found).lower(), lower, n=1)]
    ask = f"did you mean {near[0]}? Known are" if near else "known are"
    return f"{_shown(found)} is not known here; {ask} {', '.join(known)}"


def _shown(value: Any) -> str:
    """The value as written, shortened; lists and mappings by what they are."""
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "a mapping"
    return shortened(repr(value), _SHOWN)
