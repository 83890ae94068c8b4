"""What came of a study's day, read from its manifest (docs/manifest.md)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import msgspec
from botocore.exceptions import ClientError

from local_cloud.endpoint import LocalAws
from local_cloud.errors import LocalCloudError
from tiktok_collector.collection.day_plans import day_plan
from tiktok_collector.collection.manifest_document import RUNNING
from tiktok_collector.documents import well_read
from tiktok_collector.lake.keys import study_manifest_key
from tiktok_collector.lake.objects import ObjectStore

_MANIFEST: Final = msgspec.json.Decoder(dict[str, Any])


@dataclass(frozen=True, slots=True)
class CollectionResult:
    """One collection. `days` counts the days of videos by status, `visited` the accounts themselves.

    `planned` and `used` are requests; those of several collections are divided among them. `reasons` are of what is
    missing, `observed` says what was learnt of accounts instead of data, each with how often.
    """

    name: str
    status: str
    rows: int
    late: int
    planned: float
    used: float
    visited: int
    days: Mapping[str, int]
    observed: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FamilyEstimate:
    """Requests of one quota: planned for the day and used, of a usual day, due but not planned, left to schedules."""

    family: str
    planned: float
    used: float
    usual: float
    backlog: int
    capacity: int


@dataclass(frozen=True, slots=True)
class StudyResult:
    """A study's day. `days_to_catch_up` is None where it never catches up; the last three are sentences."""

    study: str
    day: str
    status: str
    collections: list[CollectionResult]
    families: list[FamilyEstimate]
    days_to_catch_up: int | None
    problems: list[str]
    warnings: list[str]
    notes: list[str]

    @property
    def running(self) -> bool:
        """Whether a run of it has not ended."""
        return self.status == RUNNING


def study_result_of(aws: LocalAws, bucket: str, day: date) -> StudyResult | None:
    """What came of the study's day so far; None if nothing was planned.

    Raises:
        CollectorError: the day's plan cannot be read.
        LocalCloudError: its manifest cannot.
    """
    plan = day_plan(ObjectStore(aws.s3, bucket), day)
    if plan is None:
        return None
    try:
        body = aws.s3.get_object(Bucket=bucket, Key=study_manifest_key(plan.study, day.isoformat()))["Body"].read()
    except ClientError:
        return None
    try:
        return study_result(well_read(_MANIFEST.decode, body))
    except msgspec.DecodeError as error:
        raise LocalCloudError(f"The manifest of the study's day {day} is damaged ({error}).") from error


def study_result(manifest: Mapping[str, Any]) -> StudyResult:
    """The result that a day's manifest shows."""
    requests, estimate = manifest["requests"], manifest["estimate"]
    planned, used = _sums(requests, "collection", "planned"), _sums(requests, "collection", "used")
    families = {"research", *(each["family"] for each in requests), *estimate["capacity"]}
    usual = _sums(estimate["usual"], "family", "requests")
    return StudyResult(
        study=manifest["study"],
        day=manifest["day"],
        status=manifest["status"],
        collections=[
            _collection(name, report, planned[name], used[name])
            for name, report in sorted(manifest["collections"].items())
        ],
        families=[
            FamilyEstimate(
                family,
                planned=_sums(requests, "family", "planned")[family],
                used=_sums(requests, "family", "used")[family],
                usual=usual[family],
                backlog=estimate["backlog"].get(family, 0),
                capacity=estimate["capacity"].get(family, 0),
            )
            for family in sorted(families, reverse=True)
        ],
        days_to_catch_up=estimate["days_to_catch_up"],
        problems=manifest["problems"],
        warnings=estimate["warnings"],
        # Manifests of earlier versions have none.
        notes=manifest.get("notes", []),
    )


def _collection(name: str, report: Mapping[str, Any], planned: float, used: float) -> CollectionResult:
    return CollectionResult(
        name=name,
        status=report["status"],
        rows=report["rows"],
        late=report["late_arrivals"],
        planned=planned,
        used=used,
        visited=report["visits"]["complete"],
        days=Counter(day["status"] for day in report["days"]),
        observed=report["visits"]["observed"],
        reasons=Counter(missing["reason"] for day in report["days"] for missing in day.get("missing", ())),
    )


def _sums(rows: Iterable[Mapping[str, Any]], name: str, column: str) -> defaultdict[str, float]:
    sums: defaultdict[str, float] = defaultdict(float)
    for row in rows:
        sums[row[name]] += row[column]
    return sums
