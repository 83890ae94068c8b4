"""Times without a zone: how far they lie from those that the ids of their rows carry."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Final

from tiktok_lake.imports.columns import FoundColumns, plain
from tiktok_lake.imports.families.family import Family, Field, fields_of

_FEWEST: Final = 3
_QUARTER: Final = timedelta(minutes=15)
_FURTHEST: Final = timedelta(hours=14)
_ID_TIME: Final = 32
_SMALLEST_ID: Final = 1_388_534_400 << _ID_TIME


def zone_hint(
    family: Family,
    columns: FoundColumns,
    names: Sequence[str],
    read_as: Sequence[str],
    sample: Sequence[Mapping[str, str | None]],
) -> tuple[str, ...]:
    """A sentence about the zone that the ids speak for; none where times say theirs, or ids and times agree.

    Args:
        family: The file's family.
        columns: The file's columns.
        names: Their names as the family has them.
        read_as: The names under which the sample has them.
        sample: Some of the rows.
    """
    ids, times = _column(family, columns, "video_id"), _column(family, columns, "create_time")
    if ids is None or times is None:
        return ()
    place = {plain(name): given for name, given in zip(names, read_as, strict=True)}
    pairs = ((row.get(place[plain(ids)]), row.get(place[plain(times)])) for row in sample)
    ahead = [each for pair in pairs if (each := _ahead(*pair)) is not None]
    if len(ahead) < _FEWEST:
        return ()
    offset = round(median(each / _QUARTER for each in ahead)) * _QUARTER
    if not offset or abs(offset) > _FURTHEST:
        return ()
    sign, hours = ("+" if offset > timedelta() else "-"), abs(offset) / timedelta(hours=1)
    said = (
        f"Its times name no zone and lie {hours:g} hours {'after' if sign == '+' else 'before'} those in the ids, "
        f"as in a zone of UTC{sign}{hours:g}; name it as time_zone in a mapping file."
    )
    return (said,)


def _column(family: Family, columns: FoundColumns, target: str) -> str | None:
    value: str | Field | tuple[str | Field, ...] = family.tables[0].columns.get(target, ()) if family.tables else ()
    for each in fields_of(value):
        if each.is_column and (found := columns.find(each.source)) is not None and len(found.columns) == 1:
            return found.columns[0]
    return None


def _ahead(video_id: str | None, time: str | None) -> timedelta | None:
    """How far a time without a zone lies after that in the id."""
    try:
        number, written = int(video_id or ""), datetime.fromisoformat(time or "")
    except ValueError:
        return None
    if number < _SMALLEST_ID or written.tzinfo is not None or ":" not in (time or ""):
        return None
    return written.replace(tzinfo=UTC) - datetime.fromtimestamp(number >> _ID_TIME, UTC)
