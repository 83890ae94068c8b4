"""Ends a round: its findings are stored, what is gone is deleted with a certificate, and what is valid is remembered.

Whatever is killed when, the next tick goes on: from the answers while there are no findings, from the findings while
there is no certificate.
"""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from types import MappingProxyType
from typing import Final

import msgspec

from tiktok_collector.clock import from_iso, iso
from tiktok_collector.deadline import Deadline
from tiktok_lake.bookkeeping import read_versioned
from tiktok_lake.deletion.certificate import CERTIFICATE_VERSION, Certificate, Rule, hashed, write_certificate
from tiktok_lake.deletion.doomed import Doomed
from tiktok_lake.deletion.orders import Order
from tiktok_lake.keys import certificate_key
from tiktok_lake.refresh.checks import Checks
from tiktok_lake.refresh.deletions import finish_deletions
from tiktok_lake.refresh.kinds import Kind
from tiktok_lake.refresh.received import received_since
from tiktok_lake.refresh.rounds import Findings, Phase, Round, RoundStore, listed
from tiktok_lake.refresh.services import RefreshServices
from tiktok_lake.refresh.verdicts import judge

HELD_FOR: Final = timedelta(days=3)
"""What is not believed waits so long for a person, and is then asked anew."""
_DAY: Final = timedelta(days=1)
_CERTIFICATE: Final = msgspec.json.Decoder(Certificate)


class RoundEnding:
    """Ends the rounds of one invocation."""

    def __init__(
        self, services: RefreshServices, rounds: RoundStore, checks: Checks, deadline: Deadline, percent: int
    ) -> None:
        self._services = services
        self._clock = services.clock
        self._rounds = rounds
        self._checks = checks
        self._deadline = deadline
        self._percent = percent

    def conclude(self, found: Round) -> None:
        """Stores what a round has found, all of whose steps have ended; from then on deletion goes by that."""
        gone: dict[str, set[int | str]] = {}
        valid: dict[str, set[int | str]] = {}
        found.held = {}
        for step in [each for each in found.steps if not each.confirms]:
            verdict = judge(found, step, partial(self._rounds.read, found), self._percent)
            gone.setdefault(step.kind, set()).update(verdict.gone)
            valid.setdefault(step.kind, set()).update(verdict.valid)
            if verdict.held:
                found.held[step.name] = verdict.held
        findings = Findings(
            gone={kind: listed(ids) for kind, ids in gone.items() if ids},
            valid={kind: listed(ids) for kind, ids in valid.items() if ids},
            checked={kind: len(ids) + len(gone[kind]) for kind, ids in valid.items() if ids or gone[kind]},
        )
        self._rounds.put_findings(found, findings)
        # Before the deletion, which takes out of these what it takes out of everything.
        for kind in Kind:
            self._checks.put(kind, found.certificate_run, findings.valid.get(kind, ()), found.began_at)
        found.phase, found.deleting_since = Phase.DELETING, iso(self._clock.now())
        self._rounds.save(found)

    def delete(self, found: Round) -> Certificate | None:
        """Deletes what a round has found gone; returns its certificate, or None where the next tick goes on.

        Raises:
            LakeBusy: another function has the row store.
            CollectorError: what was done stays done.
        """
        if (known := self._certificate(found)) is not None:
            return known
        findings = self._rounds.findings(found)
        doomed = _doomed(findings)
        valid = {kind: len(ids) for kind, ids in findings.valid.items()}
        notes = [*found.notes, *found.held.values()]
        if not doomed:
            now = iso(self._clock.now())
            nothing = Certificate(
                run_id=found.certificate_run,
                rule=Rule.REFRESH,
                began_at=found.deleting_since,
                ended_at=now,
                checked=findings.checked,
                still_valid=valid,
                ids=hashed(doomed, self._services.people()),
                notes=notes,
            )
            write_certificate(self._services.files.objects, nothing)
            return nothing

        def order() -> Order:
            seen, told = self._received_since(found, findings)
            return Order(
                run_id=found.certificate_run,
                rule=Rule.REFRESH,
                doomed=_doomed(findings, seen),
                checked=findings.checked,
                still_valid=valid,
                notes=[*notes, *told],
            )

        finish_deletions(self._services, self._deadline, order)
        return self._certificate(found)

    def _received_since(self, found: Round, findings: Findings) -> tuple[dict[Kind, frozenset[int | str]], list[str]]:
        """What is said to be gone and was received since it was asked for, by kind; and a sentence on each."""
        services = self._services
        source, asked_at = services.source(), from_iso(found.began_at)
        seen: dict[Kind, frozenset[int | str]] = {
            kind: received_since(source, kind, findings.gone.get(kind, ()), asked_at, services.limits) for kind in Kind
        }
        return seen, [
            f"{len(ids)} {kind} were said to be gone and have been received since: they are kept."
            for kind, ids in seen.items()
            if ids
        ]

    def gone_accounts(self, found: Round) -> dict[str, str]:
        """The accounts that are gone, and when that was seen: their videos must be checked next."""
        return {str(name): found.deleting_since for name in self._rounds.findings(found).gone.get(Kind.ACCOUNTS, ())}

    def end(self, found: Round) -> None:
        """Removes a round whose certificate is written, or keeps of it what is held."""
        for kind, ids in self._rounds.findings(found).gone.items():
            self._checks.forget(Kind(kind), ids)
        if not found.held:
            self._rounds.end(found)
            return
        found.steps = [each for each in found.steps if each.name in found.held or each.confirms in found.held]
        found.phase, found.held_until = Phase.HELD, iso(self._clock.now() + HELD_FOR)
        self._rounds.save(found)

    def believe(self, found: Round) -> None:
        """A person has looked at what is held: it is deleted like anything else."""
        found.believed = True
        self.conclude(found)

    def drop_if_settled(self, found: Round) -> str:
        """Ends a round whose held answers matter no more; returns why, or nothing where they still wait."""
        why = ""
        if not any(self._rounds.ids(found, found.step(name)) for name in found.held):
            # Deleted with something else meanwhile, such as comments with their videos.
            why = f"{found.run_id}: all that was held has been deleted in another way."
        elif self._clock.now() >= from_iso(found.held_until):
            why = f"{found.run_id}: nobody believed what it found, so it is asked anew."
        if why:
            self._rounds.end(found)
        return why

    def _certificate(self, found: Round) -> Certificate | None:
        """The round's certificate, if it is written; its key has the day on which the deletion began."""
        day, today = from_iso(found.deleting_since).date(), self._clock.now().date()
        while day <= today:
            key = certificate_key(day.isoformat(), found.certificate_run)
            objects, version = self._services.files.objects, CERTIFICATE_VERSION
            if known := read_versioned(objects, key, _CERTIFICATE, known=version, what="The certificate"):
                return known
            day += _DAY
        return None


def _doomed(findings: Findings, seen: Mapping[Kind, frozenset[int | str]] = MappingProxyType({})) -> Doomed:
    gone = {kind: [each for each in ids if each not in seen.get(Kind(kind), ())] for kind, ids in findings.gone.items()}
    return Doomed(
        videos=frozenset(each for each in gone.get(Kind.VIDEOS, ()) if isinstance(each, int)),
        comments=frozenset(each for each in gone.get(Kind.COMMENTS, ()) if isinstance(each, int)),
        profiles=frozenset(str(each) for each in gone.get(Kind.ACCOUNTS, ())),
    )
