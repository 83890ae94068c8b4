"""Whether a run has ended: until then its export, and a rebuild of lost tables, read its raw pages."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from tiktok_collector.accounting.stored_pages import RUN_AGE
from tiktok_collector.aws_errors import translated
from tiktok_collector.clock import Clock
from tiktok_collector.collection.manifest_status import manifest_has_ended
from tiktok_collector.errors import InvalidRequest
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.tasks.items import run_key
from tiktok_collector.tasks.run import RunState

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_RESUMED: Final = RUN_AGE + timedelta(days=1)


def open_in(dynamodb: "DynamoDBClient", table: str) -> Callable[[str], bool]:
    """What tells of a run whether the table of tasks has it as not ended; where it is gone, it has.

    What it returns raises `MissingResource` where the table is absent or may not be read, `AwsBusy` where it is
    throttled.
    """

    def is_open(run_id: str) -> bool:
        with translated(f"table {table}"):
            answer = dynamodb.get_item(TableName=table, Key=run_key(run_id), ConsistentRead=True)
        return answer.get("Item", {}).get("state", {}).get("S", RunState.DONE) != RunState.DONE

    return is_open


class RunEnds:
    """Knows of runs whether they have ended; each is looked up once.

    A run has ended once its manifest says so and the table does: whoever is killed between the two does the end again.
    """

    def __init__(self, objects: ObjectStore, clock: Clock, is_open: Callable[[str], bool]) -> None:
        self._objects = objects
        self._is_open = is_open
        self._today = clock.now().date()
        self._ended: dict[str, bool] = {}

    def has_ended(self, run_id: str, dt: str) -> bool:
        """Whether the run of the UTC day `dt` reads its raw pages no more.

        A run that is never ended (its tables were lost, its manifest was removed) is resumed for some days only.

        Raises:
            MissingResource: the bucket is absent or may not be read.
            AwsBusy: S3 failed.
        """
        if self._today - date.fromisoformat(dt) > _RESUMED:
            return True
        if run_id not in self._ended:
            self._ended[run_id] = self._says_so(run_id)
        return self._ended[run_id]

    def _says_so(self, run_id: str) -> bool:
        try:
            return manifest_has_ended(self._objects, run_id) and not self._is_open(run_id)
        except InvalidRequest:
            return False
