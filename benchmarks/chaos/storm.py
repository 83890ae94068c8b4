"""Bad weather at AWS for a client of the benchmarks' fakes: what the collector meets once botocore has done its best.

botocore sends a request up to five times (`aws.py`), so a fault here is one of three things: it gave up and nothing was
written; it gave up though the write was made; or an answer was lost, and it was the second attempt that was answered.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from random import Random
from typing import Any, Final

from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

_ENDPOINT: Final = "https://aws.example"


class When(Enum):
    """At which moment of a call the fault strikes."""

    BEFORE = "nothing was done"
    AFTER = "it was done, nobody heard of it"
    TWICE = "it was done, and tried again by botocore"


@dataclass(frozen=True, slots=True)
class Fault:
    """What a call may end with: an error code and status, or an exception of the connection."""

    code: str
    status: int = 400
    when: When = When.BEFORE

    def error(self, operation: str) -> Exception:
        """What botocore raises."""
        if self.code == "reset":
            return ConnectionClosedError(endpoint_url=_ENDPOINT)
        if self.code == "silence":
            return ReadTimeoutError(endpoint_url=_ENDPOINT)
        answer: Any = {
            "Error": {"Code": self.code, "Message": self.code},
            "ResponseMetadata": {"HTTPStatusCode": self.status},
        }
        return ClientError(answer, operation)


@dataclass(frozen=True, slots=True)
class Spell:
    """A part of a storm: from when on, how long, and which share of the calls is struck."""

    after: timedelta
    lasts: timedelta
    share: float


type Faults = Mapping[str, Sequence[Fault]]
"""By the client's method, such as `put_item`, what its calls may end with; `*` is for all that are not named."""


class Storm:
    """Strikes calls at random while one of its spells lasts.

    Args:
        faults: What may happen.
        spells: When.
        now: The time.
        seed: Of the choice of calls and faults.
        only: Whether a call is in the storm at all, by its parameters.
    """

    def __init__(
        self,
        faults: Faults,
        spells: Sequence[Spell],
        now: Callable[[], datetime],
        *,
        seed: int,
        only: Callable[[str, Mapping[str, Any]], bool] = lambda *_: True,
    ) -> None:
        self._faults = faults
        self._spells = spells
        self._now = now
        self._began = now()
        self._random = Random(seed)  # noqa: S311 - reproducible faults, not secrets
        self._only = only
        self._lock = threading.Lock()
        self.struck: Counter[str] = Counter()
        """How many calls were struck, by method and fault."""

    @property
    def injected(self) -> int:
        """How many calls were struck."""
        return self.struck.total()

    @property
    def over(self) -> bool:
        """Whether its last spell is over."""
        return self._now() >= self._began + max(each.after + each.lasts for each in self._spells)

    def strikes(self, method: str, parameters: Mapping[str, Any]) -> Fault | None:
        """The fault that this call ends with, if any."""
        possible = self._faults.get(method, self._faults.get("*", ()))
        if not possible or not self._only(method, parameters):
            return None
        passed = self._now() - self._began
        share = max((each.share for each in self._spells if each.after <= passed < each.after + each.lasts), default=0)
        with self._lock:
            if self._random.random() >= share:
                return None
            fault = self._random.choice(possible)
            self.struck[f"{method} {fault.code} {fault.when.name.lower()}"] += 1
        return fault


class Stormy:
    """A client of the fakes in a storm; each call takes a moment of the clock's time.

    Args:
        client: The fake.
        strikes: As `Storm.strikes`.
        pass_time: Lets a call's time pass.
    """

    def __init__(
        self,
        client: Any,
        strikes: Callable[[str, Mapping[str, Any]], Fault | None],
        pass_time: Callable[[], None] = lambda: None,
    ) -> None:
        self._client = client
        self._strikes = strikes
        self._pass_time = pass_time

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._client, name)

        def call(**parameters: Any) -> Any:
            self._pass_time()
            fault = self._strikes(name, parameters)
            if fault is None:
                return method(**parameters)
            if fault.when is not When.BEFORE:
                _ignoring_refusal(method, parameters)
            if fault.when is When.TWICE:
                return method(**parameters)
            raise fault.error(name)

        return call

    def get_paginator(self, operation: str) -> "_StormyPages":
        """Of an operation's pages, each of which is a call."""
        return _StormyPages(self._client.get_paginator(operation), operation, self._strikes, self._pass_time)


class _StormyPages:
    def __init__(
        self,
        paginator: Any,
        operation: str,
        strikes: Callable[[str, Mapping[str, Any]], Fault | None],
        pass_time: Callable[[], None],
    ) -> None:
        self._paginator = paginator
        self._operation = operation
        self._strikes = strikes
        self._pass_time = pass_time

    def paginate(self, **parameters: Any) -> Iterator[Any]:
        """The pages, until one is struck."""
        for page in self._paginator.paginate(**parameters):
            self._pass_time()
            fault = self._strikes(self._operation, parameters)
            if fault and fault.when is not When.TWICE:
                raise fault.error(self._operation)
            yield page


def _ignoring_refusal(method: Callable[..., Any], parameters: Mapping[str, Any]) -> None:
    """The attempt whose answer is lost; a refusal is lost with it."""
    try:
        method(**parameters)
    except ClientError:
        return
