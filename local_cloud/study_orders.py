"""The runs of a study's day as orders.

Their ids follow from the day, so they need no order book: sending the event again goes on with them, and costs nothing
that is done.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from local_cloud.endpoint import LocalAws
from local_cloud.orders import USER_EXTRACTION, VIDEO_SEARCH, Order
from local_cloud.stack import Stack
from tiktok_collector.clock import SystemClock
from tiktok_collector.collection.study_runs import run_id_of, study_part_of
from tiktok_collector.events.study import Part
from tiktok_collector.tasks.run import RunState
from tiktok_collector.tasks.runs import RunStore

_FUNCTIONS: Final = {Part.ACCOUNTS: USER_EXTRACTION, Part.SEARCHES: VIDEO_SEARCH}


def study_orders(day: date, event: Mapping[str, Any]) -> list[Order]:
    """One order for each part of the study on `day`; both functions take the same `event`."""
    return [Order(run_id_of(day, part), dict(event), function) for part, function in _FUNCTIONS.items()]


def unfinished(aws: LocalAws, stack: Stack, today: Iterable[Order]) -> list[Order]:
    """The study's runs of earlier days that are under way: followed, never sent."""
    known = {order.run_id for order in today}
    runs = RunStore(aws.dynamodb, stack.tasks_table, SystemClock())
    earlier = [ref.run_id for ref in runs.open() if study_part_of(ref.run_id) and ref.run_id not in known]
    return [
        Order(run_id, {})
        for run_id in earlier
        if (run := runs.get(run_id)) is not None and run.state is RunState.RUNNING
    ]
