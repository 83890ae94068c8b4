"""The counter items of the usage log table: read whole, changed only where a condition holds."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tiktok_collector.aws_errors import CONDITION_FAILED, error_code, translated
from tiktok_collector.clock import Clock, utc_day
from tiktok_collector.quota.budget import Budget
from tiktok_collector.quota.day_usage import DayUsage, Item, day_usage
from tiktok_collector.quota.entry_items import ITEM_VERSION, attribute
from tiktok_collector.quota.families import Family
from tiktok_collector.versions import refuse_newer_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Counters:
    """One counter per UTC day and family."""

    def __init__(self, client: "DynamoDBClient", table: str, budgets: Mapping[Family, Budget], clock: Clock) -> None:
        self._client = client
        self._table = table
        self._budgets = budgets
        self._clock = clock

    def read(self, day: str, family: Family) -> DayUsage:
        """The counter as it is now."""
        with translated(f"table {self._table}"):
            answer = self._client.get_item(
                TableName=self._table, Key=item_key(day, family, "counter"), ConsistentRead=True
            )
        return self.usage(day, family, answer.get("Item", {}))

    def change(
        self, day: str, family: Family, update: str, condition: str, values: Mapping[str, str | int]
    ) -> DayUsage | None:
        """One conditional UpdateItem; None if it was made, else the state that forbade it.

        botocore repeats it where an answer is lost, so it may be made twice, or be refused by its own first attempt.
        """
        try:
            with translated(f"table {self._table}"):
                self._client.update_item(
                    TableName=self._table,
                    Key=item_key(day, family, "counter"),
                    UpdateExpression=update,
                    ConditionExpression=condition,
                    ExpressionAttributeValues={name: attribute(value) for name, value in values.items()},
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ClientError as error:
            if error_code(error) != CONDITION_FAILED:
                raise
            return self.usage(day, family, error.response.get("Item", {}))  # type: ignore[arg-type] # untyped in stubs
        return None

    def usage(self, day: str, family: Family, item: Item) -> DayUsage:
        """What an item says, with the limit that applies.

        Raises:
            NewerVersion: newer code wrote it.
        """
        refuse_newer_item(item, ITEM_VERSION, f"The counter of {family} on {day}")
        stored = int(item.get("day_limit", {}).get("N", "0"))
        # A past day keeps the limit that it was worked under, and so does a family whose limit only others know.
        if family not in self._budgets or (stored and day < utc_day(self._clock.now())):
            return day_usage(day, family, stored, item)
        return day_usage(day, family, self._budgets[family].limit, item)


def item_key(day: str, family: Family, sort: str) -> dict[str, Any]:
    """The key of an item of the table."""
    return {"pk": {"S": f"{day}#{family}"}, "sk": {"S": sort}}
