"""From a row back to the raw object that it came in."""

from collections.abc import Iterator, Mapping
from typing import Any

from tiktok_collector.lake.blocks import holders
from tiktok_collector.lake.keys import raw_page_key


def raw_keys_of(row: Mapping[str, Any], dt: str) -> Iterator[str]:
    """The keys of the objects that may hold a row's raw page, the likeliest first; the first that exists does.

    Args:
        row: `source`, `entity`, `run_id`, `task_id`, `generation` and `page` of a row of the Research API.
        dt: UTC day on which the row's run started; it is that of `fetched_at` or some days before.

    Raises:
        InvalidRequest: a part is not safe in a key, so the row is none of curation.
    """
    return holders(
        raw_page_key(
            source=row["source"],
            entity=row["entity"],
            dt=dt,
            run_id=row["run_id"],
            task_id=row["task_id"],
            generation=row["generation"],
            page=row["page"],
        )
    )
