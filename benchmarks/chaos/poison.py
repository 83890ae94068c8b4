"""What nobody writes into the table or the bucket, and is there all the same: each task that it befalls, made so."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, override

import msgspec
from botocore.exceptions import ClientError

from benchmarks.fake_dynamodb import FakeDynamoDB, Item
from tiktok_collector.lake.gzipped import gzipped
from tiktok_collector.lake.raw_pages import PageEnvelope, body_sha256, encode_page

_MOST_BYTES: Final = 400_000
_NEARLY_FULL: Final = 2_500
"""Gaps that fill nearly all of an item."""

type Poison = Callable[[Item], None]
"""Changes an item of the table."""


class BoundedDynamoDB(FakeDynamoDB):
    """Refuses an item of more than 400 KB, and to add to what is no number, as the service does."""

    @override
    def update_item(self, **parameters: Any) -> Item:
        values: Mapping[str, Any] = parameters.get("ExpressionAttributeValues", {})
        if sum(len(next(iter(value.values()))) for value in values.values()) > _MOST_BYTES:
            raise _invalid("Item size has exceeded the maximum allowed size")
        try:
            return super().update_item(**parameters)
        except KeyError as error:
            raise _invalid("An operand in the update expression has an incorrect data type") from error

    def poison(self, table: str, pk: str, sk: str, poison: Poison) -> None:
        """Changes a stored item."""
        with self._lock:
            old = self._tables[table].items[pk][sk]
            new = dict(old)
            poison(new)
            self._tables[table].items[pk][sk] = new
            self._reindex(table, old, new)

    def _reindex(self, table: str, old: Item, new: Item) -> None:
        """The index lists the item as it is now."""
        if "runnable" not in old or old == new:
            return
        rows = self._tables[table].index[old["runnable"]["S"]]
        rows.remove((old["due"]["S"], old["pk"]["S"], old["sk"]["S"]))
        rows.append((new["due"]["S"], new["pk"]["S"], new["sk"]["S"]))
        rows.sort()


def _invalid(message: str) -> ClientError:
    answer: Any = {"Error": {"Code": "ValidationException", "Message": message}}
    return ClientError(answer, "UpdateItem")


def without(name: str) -> Poison:
    """The item lacks an attribute."""

    def change(item: Item) -> None:
        item.pop(name, None)

    return change


def instead(name: str, value: Item) -> Poison:
    """An attribute is something else."""

    def change(item: Item) -> None:
        item[name] = value

    return change


def within(name: str, **values: Any) -> Poison:
    """Some fields of an attribute's JSON are something else."""

    def change(item: Item) -> None:
        item[name] = {"S": json.dumps({**json.loads(item[name]["S"]), **values})}

    return change


ITEMS: Final[Mapping[str, Poison]] = {
    "a kind that is not known": within("spec", kind="teleport"),
    "an endpoint that is not known": within("spec", endpoint="video_teleport"),
    "no specification": without("spec"),
    "a specification that is a list": instead("spec", {"S": "[]"}),
    "a specification that is no JSON": instead("spec", {"S": '{"kind":"pages","stre'}),
    "no checkpoint": without("progress"),
    "a checkpoint that is no JSON": instead("progress", {"S": "\x00"}),
    "a checkpoint of other types": within("progress", page="seven", gaps={"a": 1}),
    "a page below the first": within("progress", page=-5),
    "a page beyond all": within("progress", page=10**12),
    "an item beyond the last": within("progress", item=77),
    "no generation": within("progress", generation=0),
    "a cursor below the first": within("progress", cursor=-1),
    "an id beyond all": within("progress", last_id=2**70),
    "fewer failures than none": within("progress", visits=-3, failures=-9),
    "no state": without("state"),
    "a state that is not known": instead("state", {"S": "flying"}),
    "no fence": without("fence"),
    "a fence that is text": instead("fence", {"S": "many"}),
    "no lease": without("lease_until"),
    "a time that is none": instead("resume_at", {"S": "tomorrow"}),
    "no priority": without("priority"),
    "no quota": without("quota"),
    "an index row that cannot be read": instead("due", {"S": "whenever"}),
    "nearly 400 KB": within(
        "progress",
        gaps=[{"reason": "failed", "detail": "x" * 130, "possible": True} for _ in range(_NEARLY_FULL)],
    ),
}
"""What can be wrong with an item."""


@dataclass(frozen=True, slots=True)
class Stray:
    """What lies where a task's next page would be."""

    what: str
    data: bytes


def strays(good: tuple[PageEnvelope, bytes]) -> list[Stray]:
    """Objects that are not the task's next page, made from a page of another task."""
    envelope, body = good
    whole = encode_page(envelope, body)
    answer = b'{"error":{"code":"rate_limit_exceeded","message":"","log_id":""}}'
    refused = msgspec.structs.replace(
        envelope, http_status=429, body_sha256=body_sha256(answer), body_bytes=len(answer)
    )
    return [
        Stray("half of a gzip file", whole[: len(whole) // 2]),
        Stray("no gzip file", b"not a page"),
        Stray("something else", gzipped(b'{"version":1}\n{}')),
        Stray("nothing", b""),
        Stray("a page of another task", whole),
        Stray("a page of another run", encode_page(msgspec.structs.replace(envelope, run_id="other"), body)),
        Stray("a refusal", encode_page(refused, answer)),
        Stray("a page from nowhere", encode_page(msgspec.structs.replace(envelope, endpoint="teleport"), body)),
    ]
