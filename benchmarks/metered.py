"""The fakes of AWS with a meter: what DynamoDB and S3 would bill for what is asked of them."""

import threading
from collections import Counter
from math import ceil
from typing import Any, Final

from benchmarks.fake_dynamodb import FakeDynamoDB
from benchmarks.fake_s3 import FakeS3

WRITE_UNIT: Final = 1_024
READ_UNIT: Final = 4_096
ITEM_OVERHEAD: Final = 100
"""Bytes that are billed as storage beside an item's own."""


class Meter:
    """Sums of what was used, by name."""

    def __init__(self) -> None:
        self.sums: Counter[str] = Counter()
        self._lock = threading.Lock()

    def add(self, name: str, amount: float) -> None:
        """Counts `amount` more."""
        with self._lock:
            self.sums[name] += amount  # type: ignore[assignment] # half units of reading


class MeteredDynamoDB(FakeDynamoDB):
    """Counts units as on-demand tables bill them: a write per begun kB, a read per begun 4 kB, half if eventual.

    A change of an index's row is one write for each row that goes or comes. Refused writes are billed like others.
    """

    def __init__(self, meter: Meter) -> None:
        super().__init__()
        self._meter = meter
        self._metering = threading.RLock()

    def get_item(self, **parameters: Any) -> dict[str, Any]:
        """As DynamoDB's."""
        found = super().get_item(**parameters)
        self._read(item_bytes(found.get("Item", {})), consistent=parameters.get("ConsistentRead", False))
        return found

    def put_item(self, **parameters: Any) -> dict[str, Any]:
        """As DynamoDB's."""
        return self._write(super().put_item, parameters["Item"], parameters)

    def update_item(self, **parameters: Any) -> dict[str, Any]:
        """As DynamoDB's."""
        return self._write(super().update_item, parameters["Key"], parameters)

    def query(self, **parameters: Any) -> dict[str, Any]:
        """As DynamoDB's."""
        found = super().query(**parameters)
        size = sum(item_bytes(item) for item in found["Items"])
        self._read(size, consistent=parameters.get("ConsistentRead", False))
        return found

    def stored_bytes(self, table: str) -> int:
        """What the table's items come to, as storage is billed."""
        partitions = self._tables[table].items.values()
        return sum(item_bytes(item) + ITEM_OVERHEAD for items in partitions for item in items.values())

    def copy_partitions(self, table: str, old: str, new: str) -> None:
        """Copies all items whose partition key has `old` in it, with `new` in its place."""
        for key in [key for key in self._tables[table].items if old in key]:
            for item in list(self._tables[table].items[key].values()):
                FakeDynamoDB.put_item(self, TableName=table, Item={**item, "pk": {"S": key.replace(old, new)}})

    def _write(self, write: Any, key: dict[str, Any], parameters: dict[str, Any]) -> dict[str, Any]:
        with self._metering:
            before = self._now(parameters["TableName"], key)
            try:
                answer: dict[str, Any] = write(**parameters)
            finally:
                after = self._now(parameters["TableName"], key)
                size = max(item_bytes(before), item_bytes(after))
                rows = {_index_row(before), _index_row(after)}
                changed = len(rows - {None}) if len(rows) > 1 else 0
                self._meter.add("table_writes", max(1, ceil(size / WRITE_UNIT)) + changed)
        return answer

    def _now(self, table: str, key: dict[str, Any]) -> dict[str, Any]:
        return dict(self._tables[table].items[key["pk"]["S"]].get(key["sk"]["S"], {}))

    def _read(self, size: int, *, consistent: bool) -> None:
        self._meter.add("table_reads", max(1, ceil(size / READ_UNIT)) * (1 if consistent else 0.5))


class MeteredS3(FakeS3):
    """Counts requests by price: what is written or listed, and what is read, found or not."""

    def __init__(self, meter: Meter) -> None:
        super().__init__()
        self._meter = meter

    def put_object(self, **parameters: Any) -> dict[str, Any]:
        """As S3's."""
        self._meter.add("s3_writes", 1)
        return super().put_object(**parameters)

    def create_multipart_upload(self, **parameters: Any) -> dict[str, Any]:
        """As S3's."""
        self._meter.add("s3_writes", 1)
        return super().create_multipart_upload(**parameters)

    def upload_part(self, **parameters: Any) -> dict[str, Any]:
        """As S3's."""
        self._meter.add("s3_writes", 1)
        return super().upload_part(**parameters)

    def complete_multipart_upload(self, **parameters: Any) -> dict[str, Any]:
        """As S3's."""
        self._meter.add("s3_writes", 1)
        return super().complete_multipart_upload(**parameters)

    def list_objects_v2(self, **parameters: Any) -> dict[str, Any]:
        """As S3's."""
        self._meter.add("s3_writes", 1)
        self._meter.add("lists", 1)
        return super().list_objects_v2(**parameters)

    def get_object(self, **parameters: Any) -> dict[str, Any]:
        """As S3's."""
        self._meter.add("s3_reads", 1)
        return super().get_object(**parameters)

    def head_object(self, **parameters: Any) -> dict[str, Any]:
        """As S3's."""
        self._meter.add("s3_reads", 1)
        return super().head_object(**parameters)

    def stored_bytes(self, prefix: str) -> int:
        """What the objects below a prefix come to."""
        return sum(len(body) for key, body in self.objects.items() if key.startswith(prefix))

    def copy_objects(self, prefix: str, old: str, new: str) -> None:
        """Copies the objects below a prefix whose keys have `old` in them, with `new` in its place."""
        for key in [key for key in self.objects if key.startswith(prefix) and old in key]:
            FakeS3.put_object(self, Key=key.replace(old, new), Body=self.objects[key])


def item_bytes(item: dict[str, Any]) -> int:
    """An item's size as DynamoDB counts it: names and values, a number's digits by two to a byte."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(value: dict[str, str]) -> int:
    return len(value["N"]) // 2 + 2 if "N" in value else len(value["S"].encode())


def _index_row(item: dict[str, Any]) -> tuple[str, str] | None:
    return (item["runnable"]["S"], item["due"]["S"]) if "runnable" in item else None
