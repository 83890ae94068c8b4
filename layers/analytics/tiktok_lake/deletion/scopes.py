"""What a purge comes to: the order that deletes an account, a study, or what was fetched before a day."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

import msgspec

from tiktok_collector.collection.day_plans import stored_day_plan
from tiktok_collector.collection.kinds import CHECK
from tiktok_collector.collection.study_runs import run_id_of, study_part_of
from tiktok_collector.documents import well_read
from tiktok_collector.errors import InvalidRequest
from tiktok_collector.events.study import Part
from tiktok_collector.lake.keys import (
    RUN_MANIFESTS,
    STUDY_PLANS,
    STUDY_RECORDS,
    STUDY_STATE,
    manifest_key,
    run_of_manifest,
    study_manifests_prefix,
)
from tiktok_collector.lake.objects import ObjectStore
from tiktok_lake.deletion.certificate import Rule
from tiktok_lake.deletion.doomed import Doomed
from tiktok_lake.deletion.orders import Order
from tiktok_lake.keys import IMPORTS, REFRESHES

ACCOUNT: Final = "account"
STUDY: Final = "study"
_DAY: Final = re.compile(r"/dt=([0-9]{4}-[0-9]{2}-[0-9]{2})[./]")
_RUN: Final = re.compile(r"run=([A-Za-z0-9._-]+?)\.json(?:\.gz)?$")
_POLL_OF_A_STUDY: Final = re.compile(r"/(?:p[0-9]+)(?:-[^/]*|\.json)$")
_SEEN: Final = "studies/seen/"
_PICKS: Final = "studies/trends/"
_TRENDS: Final = "trends/"


@dataclass(frozen=True, slots=True)
class _Head:
    run_id: str
    function: str
    status: str
    started_at: str


class _Manifest(msgspec.Struct, frozen=True):
    status: str = ""
    run_id: str = ""
    function: str = ""
    started_at: str = ""


_MANIFEST: Final = msgspec.json.Decoder(_Manifest)


def account_order(run_id: str, account: str) -> Order:
    """Everything of an account, which is named as handles are stored."""
    return Order(run_id=run_id, rule=Rule.PURGE, scope=ACCOUNT, doomed=Doomed(accounts=frozenset([account])))


class Scopes:
    """Looks through one bucket for what studies and days have left. Every method raises as `ObjectStore` does."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def studies(self) -> dict[str, set[date]]:
        """The studies that days were planned for, and these days.

        Raises:
            Fatal: a plan cannot be read.
        """
        found: dict[str, set[date]] = {}
        for key in self._keys(STUDY_PLANS):
            if (day := _day_in(key)) is not None:
                found.setdefault(stored_day_plan(self._objects, day).study, set()).add(day)
        return found

    def study_order(self, run_id: str, study: str, rule: Rule, *, with_trends: bool) -> Order:
        """Everything that a study has brought.

        Args:
            run_id: Of the order.
            study: Its name.
            rule: Why.
            with_trends: Whether the polls of trends go, which say nothing of the study that they were made for.

        Raises:
            InvalidRequest: nothing was ever planned for such a study.
            Fatal: a plan cannot be read.
        """
        known = self.studies()
        if study not in known and not with_trends:
            others = f"there are {', '.join(sorted(known))}" if known else "nothing was planned for any"
            raise InvalidRequest(f"Nothing was ever planned for a study {study!r}: {others}.")
        days = known.get(study, set())
        runs = {run_id_of(day, part) for day in days for part in Part}
        last = set(known) <= {study}
        checks = self._checks_of(runs)
        runs |= checks or set()
        polls = [key for key in self._keys(_TRENDS) if _POLL_OF_A_STUDY.search(key)] if with_trends else []
        trend_runs = {f"trends-{day:%Y%m%d}-p{n}" for key in polls if (day := _day_in(key)) for n in range(1, 5)}
        remove = [
            *(manifest_key(each) for each in sorted(runs) if self._objects.exists(manifest_key(each))),
            *self._keys(study_manifests_prefix(study)),
            *(key for key in self._keys(STUDY_PLANS) if _day_in(key) in days),
            *(key for key in (*self._keys(STUDY_RECORDS), *self._keys(_SEEN)) if _run_in(key) in runs),
            *(self._keys(REFRESHES) if checks is not None else ()),
            *((STUDY_STATE,) if self._objects.exists(STUDY_STATE) else ()),
            *(self._keys(_PICKS) if last else ()),
            *polls,
            *(self._keys("trends/summaries/") if with_trends and last else ()),
        ]
        return Order(
            run_id=run_id,
            rule=rule,
            scope=STUDY,
            doomed=Doomed(runs=frozenset(runs | trend_runs)),
            remove=list(dict.fromkeys(remove)),
        )

    def _checks_of(self, runs: set[str]) -> set[str] | None:
        """The runs that have checked what these runs brought; None where others have brought something, too."""
        checks = {each.run_id for each in self.manifests() if each.function == CHECK.function}
        others = {run_of_manifest(key) for key in self._keys(RUN_MANIFESTS)} - runs - checks
        return None if others else checks

    def before_order(self, run_id: str, day: date) -> Order:
        """Everything that was fetched before a UTC day; what the planner needs to know of these days stays."""
        earlier = [each for each in self.manifests() if each.status != "running" and each.started_at < day.isoformat()]
        manifests = [manifest_key(each.run_id) for each in earlier]
        of_days = [
            key
            for prefix in ("manifests/study=", STUDY_PLANS, _TRENDS)
            for key in self._keys(prefix)
            if _is_before(key, day)
        ]
        seen = [key for key in self._keys(_SEEN) if (of := study_part_of(_run_in(key))) and of[0] < day]
        imports = [each.key for each in self._objects.keys(IMPORTS) if each.last_modified.date() < day]
        return Order(
            run_id=run_id,
            rule=Rule.PURGE,
            scope=f"before {day}",
            doomed=Doomed(before=day),
            remove=[*manifests, *of_days, *seen, *imports],
            items_of=sorted(each.run_id for each in earlier),
        )

    def manifests(self) -> Iterator[_Head]:
        """What each run's manifest says first; those that cannot be read are left out."""
        for key in self._keys(RUN_MANIFESTS):
            data = self._objects.get_bytes(key)
            try:
                head = well_read(_MANIFEST.decode, data or b"{}")
            except msgspec.DecodeError:
                continue
            yield _Head(run_of_manifest(key), head.function, head.status, head.started_at)

    def _keys(self, prefix: str) -> list[str]:
        return [each.key for each in self._objects.keys(prefix)]


def _day_in(key: str) -> date | None:
    found = _DAY.search(key)
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


def _is_before(key: str, day: date) -> bool:
    of = _day_in(key)
    return of is not None and of < day


def _run_in(key: str) -> str:
    found = _RUN.search(key)
    return found[1] if found else ""
