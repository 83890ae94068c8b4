"""What the manifests of the last day say: gaps, rows that break their model, new fields, silent collections."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

import msgspec

from tiktok_collector.clock import utc_day
from tiktok_collector.errors import NewerVersion
from tiktok_collector.lake.keys import MANIFESTS
from tiktok_collector.lake.objects import ObjectStore, StoredObject
from tiktok_collector.versions import MANIFEST_VERSION, Versioned, decoded

RECENT: Final = timedelta(hours=24)
# A manifest of ten thousand accounts has some 30 MB. What is more than this is not read, and said to be unread.
MOST_BYTES: Final = 64 * 1024 * 1024
MOST_MANIFESTS: Final = 400

_RUNNING: Final = "running"
_OF_DAYS: Final = f"{MANIFESTS}study="
# The works of these runs are due again, and no manifest of a run tells of them.
_NOT_DONE: Final = frozenset({"never_started", "failed"})
_SILENT: Final = "api_silent"
# Nothing can be done about these, and a study meets some of them every day (docs/manifest.md).
_NO_ALARM: Final = frozenset(
    {
        "bad_username",
        "comments_capped",
        "observed_unknown",
        "observed_private",
        "observed_out_of_scope",
        "observed_hidden",
    }
)


class RecentRuns(msgspec.Struct, frozen=True, kw_only=True):
    """Sums over the manifests of the last day; `unread` are keys of those that could not be read, or were too large."""

    gaps: int = 0
    quarantined: int = 0
    new_fields: int = 0
    silent_collections: int = 0
    unread: tuple[str, ...] = ()


class _Gap(msgspec.Struct, frozen=True):
    reason: str
    possible: bool = False

    @property
    def counts(self) -> bool:
        return not self.possible and self.reason not in _NO_ALARM


class _Stream(msgspec.Struct, frozen=True):
    endpoint: str = ""
    gaps: tuple[_Gap, ...] = ()
    quarantined: int = 0
    unknown_fields: dict[str, int] = {}


class _Subject(msgspec.Struct, frozen=True):
    streams: tuple[_Stream, ...] = ()


class _RunManifest(msgspec.Struct, frozen=True):
    """The part of a run's manifest that matters here; what the run is about has one of three names."""

    status: str
    accounts: tuple[_Subject, ...] = ()
    searches: tuple[_Subject, ...] = ()
    works: tuple[_Subject, ...] = ()
    version: int = MANIFEST_VERSION

    def streams(self) -> Iterator[_Stream]:
        for subject in (*self.accounts, *self.searches, *self.works):
            yield from subject.streams


class _Collection(msgspec.Struct, frozen=True):
    status: str
    silence: str | None = None


class _DayManifest(msgspec.Struct, frozen=True):
    study: str
    day: str
    runs: dict[str, str] = {}
    collections: dict[str, _Collection] = {}
    version: int = MANIFEST_VERSION


def recent_runs(objects: ObjectStore, now: datetime) -> RecentRuns:
    """What was recorded in the 24 hours before `now`: one listing, and each manifest of that time is read once.

    Raises:
        Retriable: S3 failed.
        MissingResource: the bucket is absent or may not be read.
    """
    recent = [each for each in objects.keys(MANIFESTS) if each.last_modified > now - RECENT]
    unread: list[str] = []
    runs = (each for each in recent if not each.key.startswith(_OF_DAYS))
    gaps, quarantined, fields = 0, 0, set()
    for manifest in _manifests(objects, runs, _RunManifest, unread):
        for stream in manifest.streams():
            gaps += sum(gap.counts for gap in stream.gaps)
            quarantined += stream.quarantined
            fields |= {(stream.endpoint, field) for field in stream.unknown_fields}
    of_days = (each for each in recent if each.key.startswith(_OF_DAYS))
    days = list(_manifests(objects, of_days, _DayManifest, unread))
    return RecentRuns(
        gaps=gaps + _runs_not_done(days, now),
        quarantined=quarantined,
        new_fields=len(fields),
        silent_collections=_silent(days),
        unread=tuple(sorted(unread)),
    )


def _manifests[Manifest: Versioned](
    objects: ObjectStore, found: Iterable[StoredObject], form: type[Manifest], unread: list[str]
) -> Iterator[Manifest]:
    """The manifests, newest first, one at a time; keys of those that cannot be had go to `unread`."""
    decoder = msgspec.json.Decoder(form)
    newest = sorted(found, key=lambda each: (each.last_modified, each.key), reverse=True)
    for number, each in enumerate(newest):
        data = objects.get_bytes(each.key) if number < MOST_MANIFESTS and each.size <= MOST_BYTES else None
        try:
            manifest = decoded(decoder.decode, data or b"", known=MANIFEST_VERSION, what=f"The manifest {each.key}")
        except (NewerVersion, msgspec.DecodeError):
            unread.append(each.key)
        else:
            yield manifest


def _runs_not_done(days: Iterable[_DayManifest], now: datetime) -> int:
    """Runs of today and yesterday that never started or could not be closed.

    Manifests of days before are written again, too, when a day is planned.
    """
    since = utc_day(now - RECENT)
    return sum(state in _NOT_DONE for day in days if day.day >= since for state in day.runs.values())


def _silent(days: Iterable[_DayManifest]) -> int:
    """Collections of which the newest day that has something to say finds the API silent."""
    newest: dict[tuple[str, str], bool] = {}
    for day in sorted(days, key=lambda each: each.day):
        for name, collection in day.collections.items():
            if collection.status != _RUNNING:
                newest[day.study, name] = collection.silence == _SILENT
    return sum(newest.values())
