"""A lease that lets one function at a time do something, as one item of the tasks table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from botocore.exceptions import ClientError

from tiktok_collector.aws_errors import CONDITION_FAILED, error_code, translated
from tiktok_collector.clock import Clock, iso

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True)
class Held:
    """A lease that this holder has until `until`; `fence` rises with each holder, `item` is what is stored."""

    holder: str
    fence: int
    until: datetime
    item: Mapping[str, Any]


def lease_key(name: str) -> Any:
    """The key of a lease's item."""
    return {"pk": {"S": name}, "sk": {"S": "LEASE"}}


class Lease:
    """Takes and gives back one lease, named by the partition key of its item.

    Every method raises `MissingResource` where the table is not there or may not be used, `AwsBusy` where it is
    throttled or unreachable.
    """

    def __init__(self, client: "DynamoDBClient", table: str, clock: Clock, *, name: str) -> None:
        self._client = client
        self._table = table
        self._clock = clock
        self._key = lease_key(name)

    def acquire(self, until: datetime) -> Held | None:
        """The lease, or None while another holder has it. Its expiry is compared here, never left to a sweep.

        Where an answer is lost, botocore asks again, and finds the lease held by the very holder that asks.
        """
        holder = uuid4().hex
        item = self._update(
            "SET holder = :holder, lease_until = :until ADD fence :one",
            "attribute_not_exists(lease_until) OR lease_until <= :now OR holder = :holder",
            {
                ":holder": {"S": holder},
                ":until": {"S": iso(until)},
                ":now": {"S": iso(self._clock.now())},
                ":one": {"N": "1"},
            },
        )
        return None if item is None else Held(holder, int(item["fence"]["N"]), until, item)

    def release(self, held: Held, also: Mapping[str, Any] | None = None) -> bool:
        """Give the lease back and store attributes beside it; False if it belongs to another holder by now.

        Args:
            held: What `acquire` gave.
            also: Attributes of the item by name, as DynamoDB takes them.
        """
        also = also or {}
        assignments = ", ".join(f"{name} = :{name}" for name in also)
        item = self._update(
            (f"SET {assignments} " if also else "") + "REMOVE holder, lease_until",
            "holder = :holder AND fence = :fence",
            {":holder": {"S": held.holder}, ":fence": {"N": str(held.fence)}}
            | {f":{name}": value for name, value in also.items()},
        )
        return item is not None

    def _update(self, update: str, condition: str, values: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """One conditional UpdateItem; the item after it, or None where the condition was not met."""
        try:
            with translated(f"table {self._table}"):
                return self._client.update_item(
                    TableName=self._table,
                    Key=self._key,
                    UpdateExpression=update,
                    ConditionExpression=condition,
                    ExpressionAttributeValues=values,
                    ReturnValues="ALL_NEW",
                )["Attributes"]
        except ClientError as error:
            if error_code(error) != CONDITION_FAILED:
                raise
            return None
