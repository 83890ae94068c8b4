"""One account in bad weather: what is asked, and what must be true when the sky is clear again."""

from datetime import date
from typing import Any

from sandbox.journal import RequestRecord
from sandbox.world import AccountSpec, World
from tests.integration.collection.cloud import Cloud
from tiktok_collector.quota.families import Family

ACCOUNT = "stormy"
START, END = date(2026, 10, 10), date(2026, 11, 9)
"""One window of 31 days."""
CALM: dict[str, Any] = {"archive_lag_scale": 0, "search_id_change_probability": 0}
"""No weather but what a test makes."""


def world(*, videos: int = 500, days: int = 60, **more: Any) -> World:
    """`videos` evenly over so many days: by default 258 in the window, which are three pages."""
    spec = AccountSpec(ACCOUNT, videos=videos, days=days, **more)
    return World.generate(seed=5, accounts=2, videos=2, days=90, specs=[spec])


def event(**changes: Any) -> dict[str, Any]:
    """An extraction of the window's videos alone."""
    asked = {
        "username": ACCOUNT,
        "include": ["videos"],
        "playlists": False,
        "start_date": START.isoformat(),
        "end_date": END.isoformat(),
        "run_id": "storm",
    }
    return {name: value for name, value in {**asked, **changes}.items() if value is not None}


def weathered(cloud: Cloud, asked: dict[str, Any] | None = None) -> dict[str, Any]:
    """Extracts, then ticks every ten minutes until the run is done; returns its manifest."""
    asked = asked or event()
    if cloud.extract(asked).state not in {"complete", "complete_with_gaps"}:
        cloud.finish()
    manifest: dict[str, Any] = cloud.manifest(asked["run_id"])
    return manifest


def received(cloud: Cloud, family: Family = Family.RESEARCH) -> int:
    """How many requests of a family the server has received."""
    return cloud.sandbox.served(family=family).received


def data_requests(cloud: Cloud) -> list[RequestRecord]:
    """The requests to data endpoints, oldest first."""
    return [record for record in cloud.sandbox.requests() if record.family in set(Family)]


def ids(rows: list[dict[str, Any]]) -> list[int]:
    """The ids of rows, in descending order."""
    return sorted((int(row["id"]) for row in rows), reverse=True)


def true_videos(cloud: Cloud, start: date = START, end: date = END) -> list[int]:
    """The ids of the account's videos as the sandbox knows them."""
    return ids(cloud.sandbox.world.videos_of(ACCOUNT, start, end))


def gaps(manifest: dict[str, Any], *, possible: bool = False) -> list[dict[str, Any]]:
    """All certain gaps of a manifest, or all possible ones."""
    return [
        gap
        for account in manifest["accounts"]
        for stream in account["streams"]
        for gap in stream.get("gaps", [])
        if gap.get("possible", False) is possible
    ]


def assert_everything_is_there(cloud: Cloud, manifest: dict[str, Any]) -> None:
    """The export is what the sandbox has, each video once, and the manifest says complete."""
    assert ids(cloud.export(ACCOUNT)["videos"]) == true_videos(cloud)
    assert gaps(manifest) == []
    assert manifest["status"] == "complete"


def assert_ledger_is_right(cloud: Cloud, *, not_received: int = 0, unknown: int = 0) -> None:
    """The ledger counts what the server received, and what it never saw is listed as of unknown fate.

    Args:
        cloud: What was collected with.
        not_received: Requests that were reserved and never reached the server's count.
        unknown: Requests whose fate the ledger does not know; `not_received` of them are among these.
    """
    days = {record.day for record in data_requests(cloud)} | {f"{cloud.clock.now():%Y-%m-%d}"}
    difference = fate_unknown = 0
    for family in Family:
        for day in sorted(days):
            used, server = cloud.used(day, family), cloud.sandbox.served(day=day, family=family).received
            assert used >= server, (day, family)
            entries = cloud.entries(day, family)
            difference += used - server
            fate_unknown += used - len(entries) + sum(entry.outcome == "unknown" for entry in entries)
    assert (difference, fate_unknown) == (not_received, max(unknown, not_received))
