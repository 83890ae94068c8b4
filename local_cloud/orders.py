"""What to collect in this `make run`: events with run ids, written down before they are sent.

A `make run` that was interrupted leaves its orders open. The next one sends them again with the same run ids, so pages
that are stored already are adopted instead of asked for again.
"""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local_cloud import statefile
from local_cloud.errors import LocalCloudError
from local_cloud.options import Options
from tiktok_collector.study.handles import normalise_handle

USER_EXTRACTION = "user_extraction"
VIDEO_SEARCH = "video_search"

_SAMPLES = ("sample_everything", "sample_followers", "sample_private_account")


@dataclass(frozen=True, slots=True)
class Order:
    """One event for a function. `run_id` is part of it or follows from the day, so sending it twice is once."""

    run_id: str
    event: dict[str, Any]
    function: str = USER_EXTRACTION

    @property
    def accounts(self) -> list[str]:
        """The accounts it asks for, by handle."""
        written = [self.event["username"]] if "username" in self.event else self.event.get("usernames", ())
        return [_handle(each) for each in written]


class OrderBook:
    """The orders that are not closed yet, in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def open(self) -> list[Order]:
        """The orders that an earlier `make run` left open."""
        return [Order(**each) for each in statefile.read(self._path).get("orders", [])]

    def place(self, events: list[dict[str, Any]], now: datetime) -> tuple[list[Order], list[Order]]:
        """The orders left open, and the new ones; events that are still open are not ordered again."""
        left = self.open()
        running = [_request(order) for order in left]
        fresh = [event for event in events if event not in running]
        stamp = f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        placed = [
            Order(run_id, {**event, "run_id": run_id})
            for number, event in enumerate(fresh, start=1)
            for run_id in [f"make-{stamp}-{number}"]
        ]
        self._write([*left, *placed])
        return left, placed

    def close(self, done: set[str]) -> None:
        """Forgets the orders whose run ids are in `done`."""
        self._write([order for order in self.open() if order.run_id not in done])

    def _write(self, orders: list[Order]) -> None:
        statefile.write(self._path, {"orders": [asdict(order) for order in orders]})


def events_for(options: Options, folder: Path) -> list[dict[str, Any]]:
    """The events that `options` ask for: one for the accounts named, else the samples in `folder`; none with a study.

    Raises:
        LocalCloudError: a sample is not readable.
    """
    if not options.accounts and options.study:
        return []
    if not options.accounts:
        return [read_event(folder / f"{name}.json") for name in _SAMPLES]
    event: dict[str, Any] = {"usernames": list(options.accounts)}
    if options.include:
        event["include"] = list(options.include)
    if options.start:
        event |= {"start_date": options.start, "end_date": options.end}
    return [event]


def _handle(written: str) -> str:
    try:
        return normalise_handle(written)
    except ValueError:
        return written  # user_extraction says what is wrong with it


def _request(order: Order) -> dict[str, Any]:
    return {name: value for name, value in order.event.items() if name != "run_id"}


def read_event(path: Path) -> dict[str, Any]:
    """The event in the file `path`.

    Raises:
        LocalCloudError: it is not readable as a JSON object.
    """
    try:
        event = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise LocalCloudError(f"The event {path} is not readable ({error}): restore it from the repository.") from error
    if not isinstance(event, dict):
        raise LocalCloudError(f"The event {path} is not a JSON object: restore it from the repository.")
    return event
