"""Objects with one day each, `…dt=YYYY-MM-DD.json` or `.json.gz`; what else lies among them is nobody's day."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from tiktok_collector.lake.objects import ObjectStore

_NAME: Final = re.compile(r"dt=([0-9]{4}-[0-9]{2}-[0-9]{2})\.json(?:\.gz)?")


def days_below(objects: ObjectStore, prefix: str) -> Iterator[date]:
    """The UTC days that have an object below `prefix`, in order.

    Raises:
        AwsBusy: S3 failed.
        MissingResource: the bucket is absent or may not be listed.
    """
    for stored in objects.keys(prefix):
        if (named := _NAME.fullmatch(stored.key.removeprefix(prefix))) and (day := _day(named[1])):
            yield day


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
