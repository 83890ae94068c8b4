"""What an export says of itself, in a small JSON file beside it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from tiktok_collector import __version__
from tiktok_collector.clock import Clock, iso
from tiktok_collector.pseudonyms.people import Pseudonyms, key_statement
from tiktok_lake.columns import Column, Discloses
from tiktok_lake.reading import Days
from tiktok_lake.tables import Table

_BECOMES: Final = {
    Discloses.NOTHING: "as collected",
    Discloses.NAME: "a pseudonym",
    Discloses.NAMES: "pseudonyms",
    Discloses.PERSON_ID: "a pseudonym",
    Discloses.TEXT: "names in it replaced",
}
_VERSION: Final = 1


def about_path(path: Path) -> Path:
    """The file beside an export."""
    return path.with_name(f"{path.name}.about.json")


def about_columns(table: Table, columns: Sequence[Column], *, identified: bool) -> dict[str, Any]:
    """What an export says of its columns, and which it leaves out."""
    kept = {each.name for each in columns}
    return {
        "columns": [
            {
                "name": each.name,
                "about": each.about,
                **({"unit": each.unit} if each.unit else {}),
                "is": "as collected" if identified else _BECOMES[each.discloses],
            }
            for each in columns
        ],
        "left_out": [each.name for each in table.columns if each.name not in kept],
    }


def statement(
    *, table: str, form: str, days: Days, rows: int, people: Pseudonyms | None, names_people: bool, clock: Clock
) -> dict[str, Any]:
    """What every export says of itself."""
    said = key_statement(people.key_id if people else "")
    return {
        "version": _VERSION,
        "table": table,
        "format": form,
        "since": days.first,
        "until": days.last,
        "rows": rows,
        "identified": names_people,
        "pseudonyms": said["pseudonyms"],
        "made_at": iso(clock.now()),
        "collector": __version__,
    }


def write_about(path: Path, said: Mapping[str, Any]) -> None:
    """Writes the file beside the export at `path`."""
    about_path(path).write_bytes(msgspec.json.format(msgspec.json.encode(said), indent=1) + b"\n")
