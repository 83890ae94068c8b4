"""What the row store has received of something since it was asked for: whoever was seen later is not gone."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from tiktok_lake.engine import EngineLimits, engine, identifier
from tiktok_lake.refresh.kinds import PLACES, Kind
from tiktok_lake.refresh.survey import as_table, as_time, load, reading

if TYPE_CHECKING:
    from tiktok_lake.sources import Source


def received_since(
    source: "Source", kind: Kind, ids: Collection[int | str], moment: datetime, limits: EngineLimits
) -> frozenset[int | str]:
    """Those of `ids` that a row names which was received after `moment`, UTC.

    Raises:
        AwsBusy: the row store could not be read, or changed meanwhile.
        MissingResource: the bucket is absent or may not be read.
    """
    found: set[int | str] = set()
    if not ids:
        return frozenset()
    with engine(limits) as connection, reading():
        source.attach(connection)
        load(connection, "asked", kind, ids)
        for place in PLACES[kind]:
            files = [each for each in source.files(place.table) if each.day >= moment.date().isoformat()]
            if files:
                column = identifier(place.column)
                rows = connection.execute(
                    f"SELECT DISTINCT {column} FROM {as_table(files)} WHERE {place.where} "
                    f"AND fetched_at > {as_time(moment)} AND {column} IN (SELECT id FROM asked)"
                )
                found.update(row[0] for row in rows.fetchall())
    return frozenset(found)
