"""Decoded rows for people's tools: the same row with ids as text, since JavaScript, Excel and pandas round them."""

from typing import Any, Final

import msgspec

MAX_SAFE_INTEGER: Final = 2**53
"""Integers beyond it, either way, do not survive a double."""

_MAX_DEPTH: Final = 64


def exportable_row(row: dict[str, Any]) -> dict[str, Any]:
    """A copy of `row` that any JSON reader reads without loss.

    Every integer in a field that is named as an id (`id`, `…_id`, `…_ids`), and every integer beyond 2^53 anywhere,
    becomes text. All fields are kept, unknown ones too.
    """
    return {name: _exportable(value, is_id=names_an_id(name), depth=1) for name, value in row.items()}


def exportable_value(value: Any) -> Any:
    """What `exportable_row` makes of a value, of a row that is no object too."""
    return _exportable(value, is_id=False, depth=0)


def _exportable(value: Any, *, is_id: bool, depth: int) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if is_id or abs(value) > MAX_SAFE_INTEGER else value
    if not isinstance(value, list | dict):
        return value
    if depth > _MAX_DEPTH:
        # Deeper than any documented field: kept as JSON text, since readers refuse such nesting.
        return msgspec.json.encode(value).decode()
    if isinstance(value, list):
        return [_exportable(item, is_id=is_id, depth=depth + 1) for item in value]
    return {name: _exportable(item, is_id=names_an_id(name), depth=depth + 1) for name, item in value.items()}


def names_an_id(name: str) -> bool:
    """Whether a field of this name holds an id, or several."""
    return name == "id" or name.endswith(("_id", "_ids"))
