"""DynamoDB throttled, failing, silent; the counter of requests contended."""

from collections.abc import Mapping
from typing import Any, Final

from benchmarks.chaos.case import Case, Figures, Size
from benchmarks.chaos.storm import Fault, When
from benchmarks.chaos.stormy_run import Trouble, storms

_CALLS: Final = ("get_item", "put_item", "update_item", "query")
_WRITES: Final = ("put_item", "update_item")
_THROTTLED: Final = [
    Fault(code) for code in ("ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded")
]
_FAILING: Final = [Fault(code, 500, when) for code in ("InternalServerError", "reset", "silence") for when in When]
_CONTENDED: Final = [
    Fault("TransactionConflictException"),
    Fault("TransactionCanceledException"),
    Fault("ProvisionedThroughputExceededException"),
    Fault("InternalServerError", 500, When.AFTER),
    Fault("InternalServerError", 500, When.TWICE),
    Fault("reset", when=When.TWICE),
]


def _of_counter(method: str, parameters: Mapping[str, Any]) -> bool:
    return parameters.get("Key", {}).get("sk", {}).get("S") == "counter" and method in _WRITES


def _throttled(size: Size, seed: int) -> Figures:
    return storms(Trouble(faults=dict.fromkeys(_CALLS, _THROTTLED)), size, seed)


def _failing(size: Size, seed: int) -> Figures:
    return storms(Trouble(faults=dict.fromkeys(_CALLS, _FAILING)), size, seed)


def _counter(size: Size, seed: int) -> Figures:
    return storms(Trouble(faults=dict.fromkeys(_WRITES, _CONTENDED), only=_of_counter), size, seed)


CASES: Final = (
    Case("dynamodb-throttled", "DynamoDB throttles every kind of call, for seconds, minutes, hours", _throttled),
    Case("dynamodb-failing", "DynamoDB answers 500, resets and is silent, before and after a write was made", _failing),
    Case("dynamodb-counter", "the quota's counter item is throttled, its writes are cancelled or made twice", _counter),
)
