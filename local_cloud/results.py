"""What came of each account, read from the runs' manifests."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import msgspec
from botocore.exceptions import ClientError
from pydantic import ValidationError

from local_cloud.endpoint import LocalAws
from local_cloud.errors import LocalCloudError, in_words
from local_cloud.orders import Order
from local_cloud.watch import RunStatus
from tiktok_collector.documents import well_read
from tiktok_collector.events.extraction import ExtractionEvent
from tiktok_collector.lake.keys import manifest_key

COLUMNS = {
    "videos": ("videos",),
    "comments": ("comments", "replies"),
    "followers": ("followers",),
    "following": ("following",),
    "liked_videos": ("liked",),
    "pinned_videos": ("pinned",),
    "reposted_videos": ("reposted",),
}
_RUNNING = "running"
_SKIPPED = "skipped"
_FAILED = "failed, as said below"
_MANIFEST = msgspec.json.Decoder(dict[str, Any])


@dataclass(frozen=True, slots=True)
class AccountResult:
    """One account of one run. `reason` says why something is missing.

    `rows` counts by section; it lacks what was not asked for or not tried. `observed` says by section what was learnt
    instead of rows, such as `hidden`. `skipped` are the sections for which nothing could be asked, `pending` those that
    are not finished (and "profile", if it is not). `started_at` is when the run started, empty if it has not.
    """

    username: str
    requests: int
    complete: bool
    profile: str = ""
    reason: str = ""
    export: str | None = None
    rows: dict[str, int] = field(default_factory=dict)
    observed: dict[str, str] = field(default_factory=dict)
    skipped: frozenset[str] = frozenset()
    pending: frozenset[str] = frozenset()
    started_at: str = ""


def results_of(aws: LocalAws, bucket: str, order: Order, status: RunStatus, problem: str | None) -> list[AccountResult]:
    """The accounts of `order`: from its final manifest, or from what is known of a run that is not finished.

    Args:
        aws: The local AWS.
        bucket: Where the manifests are.
        order: What was asked.
        status: How far its run is.
        problem: The sentence of the function that failed on it, if it did.
    """
    manifest = _manifest(aws, bucket, order.run_id)
    started_at = str(manifest.get("started_at", ""))
    if manifest.get("status", _RUNNING) != _RUNNING:
        return [account_result(report, started_at) for report in manifest["accounts"]]
    reason = _FAILED if problem else _why_unfinished(status)
    pending = frozenset() if problem else _asked(order)
    return [
        AccountResult(each.name, each.requests, complete=False, reason=reason, pending=pending, started_at=started_at)
        for each in status.subjects
    ]


def account_result(report: dict[str, Any], started_at: str = "") -> AccountResult:
    """The result that one account's report in a manifest shows (docs/manifest.md)."""
    skipped = {stream["stream"] for stream in report["streams"] if stream["state"] == _SKIPPED}
    collected: Counter[str] = Counter()
    observed: dict[str, str] = {}
    for stream in report["streams"]:
        if stream["state"] != _SKIPPED:
            collected[stream["stream"]] += stream["rows"]
        if stream.get("observation"):
            observed[stream["stream"]] = stream["observation"]
    written = report.get("rows") or {}
    rows = {
        section: written.get(section, sum(collected[name] for name in streams))
        for section, streams in COLUMNS.items()
        if any(name in collected for name in streams)
    }
    observation = report.get("observation")
    return AccountResult(
        username=report["username"],
        requests=report["requests"],
        complete=report["complete"],
        profile=observation or ("yes" if collected["profile"] else "no" if "profile" in collected else ""),
        reason=_gaps(report),
        export=report.get("export"),
        rows=rows,
        observed={
            section: observed[name] for section, streams in COLUMNS.items() for name in streams if name in observed
        },
        skipped=frozenset(
            section
            for section, streams in COLUMNS.items()
            if section not in rows and any(name in skipped for name in streams)
        ),
        started_at=started_at,
    )


def _asked(order: Order) -> frozenset[str]:
    """The columns that the order asks for, "profile" among them."""
    try:
        asked = {str(stream) for stream in ExtractionEvent.model_validate(order.event).streams}
    except ValidationError:  # an order of an older version, which the functions refuse
        return frozenset()
    sections = {section for section, streams in COLUMNS.items() if asked.intersection(streams)}
    return frozenset(sections | asked.intersection({"profile"}))


def _gaps(report: dict[str, Any]) -> str:
    gaps = [(stream["stream"], gap["reason"]) for stream in report["streams"] for gap in stream.get("gaps", [])]
    return "; ".join(
        f"{stream}: {reason}" + (f" x{n}" if n > 1 else "") for (stream, reason), n in Counter(gaps).items()
    )


def _why_unfinished(status: RunStatus) -> str:
    if not status.due:
        return ""
    notes = in_words("; ".join(status.reasons))
    return f"rests until {status.due:%Y-%m-%d %H:%M} UTC" + (f" ({notes})" if notes else "")


def _manifest(aws: LocalAws, bucket: str, run_id: str) -> dict[str, Any]:
    try:
        body = aws.s3.get_object(Bucket=bucket, Key=manifest_key(run_id))["Body"].read()
    except ClientError:
        return {}
    try:
        return well_read(_MANIFEST.decode, body)
    except msgspec.DecodeError as error:
        raise LocalCloudError(f"The manifest of the run {run_id} is damaged ({error}).") from error
