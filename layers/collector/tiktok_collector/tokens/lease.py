"""The lease that lets one function at a time obtain a token, as one item of the tasks table."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from botocore.exceptions import ClientError

from tiktok_collector.aws_errors import CONDITION_FAILED, error_code, translated
from tiktok_collector.clock import Clock, from_iso, iso

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

# Longer than the function may run (template.yaml: 60 s), so that a living holder never loses it.
LEASE: Final = timedelta(seconds=75)
_KEY: Final[dict[str, "AttributeValueTypeDef"]] = {"pk": {"S": "TOKEN"}, "sk": {"S": "LEASE"}}


@dataclass(frozen=True, slots=True)
class HeldLease:
    """A lease that this holder has until `lease_until`; `fence` rises with each holder.

    `grants` are the times of the recent grants, oldest first.
    """

    holder: str
    fence: int
    lease_until: datetime
    grants: tuple[datetime, ...]


class TokenLease:
    """Takes and gives back the lease."""

    def __init__(self, client: "DynamoDBClient", table: str, clock: Clock) -> None:
        self._client = client
        self._table = table
        self._clock = clock

    def acquire(self) -> HeldLease | None:
        """The lease, or None while another holder has it. Its expiry is compared here, never left to a sweep.

        Raises:
            MissingResource: the table is not there or may not be used.
            AwsBusy: the table is throttled or unreachable.
        """
        now = self._clock.now()
        holder, until = uuid4().hex, now + LEASE
        try:
            with translated(f"table {self._table}"):
                item = self._client.update_item(
                    TableName=self._table,
                    Key=_KEY,
                    UpdateExpression="SET holder = :holder, lease_until = :until ADD fence :one",
                    ConditionExpression="attribute_not_exists(lease_until) OR lease_until <= :now",
                    ExpressionAttributeValues={
                        ":holder": {"S": holder},
                        ":until": {"S": iso(until)},
                        ":now": {"S": iso(now)},
                        ":one": {"N": "1"},
                    },
                    ReturnValues="ALL_NEW",
                )["Attributes"]
        except ClientError as error:
            if error_code(error) != CONDITION_FAILED:
                raise
            return None
        grants = tuple(from_iso(moment["S"]) for moment in item.get("grant_times", {}).get("L", ()))
        return HeldLease(holder, int(item["fence"]["N"]), until, grants)

    def release(self, held: HeldLease, grants: tuple[datetime, ...]) -> bool:
        """Give the lease back and note the recent grants; False if it belongs to another holder by now.

        Raises:
            MissingResource: the table is not there or may not be used.
            AwsBusy: the table is throttled or unreachable.
        """
        try:
            with translated(f"table {self._table}"):
                self._client.update_item(
                    TableName=self._table,
                    Key=_KEY,
                    UpdateExpression="SET grant_times = :grants REMOVE holder, lease_until",
                    ConditionExpression="holder = :holder AND fence = :fence",
                    ExpressionAttributeValues={
                        ":grants": {"L": [{"S": iso(moment)} for moment in grants]},
                        ":holder": {"S": held.holder},
                        ":fence": {"N": str(held.fence)},
                    },
                )
        except ClientError as error:
            if error_code(error) != CONDITION_FAILED:
                raise
            return False
        return True
