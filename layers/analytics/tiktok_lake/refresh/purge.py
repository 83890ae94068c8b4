"""The use case behind `tiktok-collector purge`: says what would go, or deletes it and certifies that."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

from tiktok_collector.deadline import Deadline
from tiktok_collector.errors import Retriable
from tiktok_collector.events.purge import PurgeEvent
from tiktok_lake.deletion.certificate import Certificate, Rule
from tiktok_lake.deletion.orders import Order
from tiktok_lake.deletion.refusals import Refusals
from tiktok_lake.deletion.scopes import Scopes, account_order
from tiktok_lake.refresh.deletions import finish_deletions
from tiktok_lake.refresh.lease import refresh_lease
from tiktok_lake.refresh.services import RefreshServices
from tiktok_lake.refresh.status import read_status, with_deletion, write_status

PLANNED: Final = "planned"
DONE: Final = "done"
GOES_ON: Final = "goes on"


class PurgeReport(msgspec.Struct, kw_only=True):
    """What a purge came to; no names and no ids.

    Attributes:
        run_id: Of the certificate.
        state: `planned`: nothing was changed, and the numbers say what would be. `done`. `goes on`: what is left is
            done by the next invocations of `data_refresh`.
        scope: `account`, `study`, or `before` with the day.
        deleted: How much is gone, or would be, by place and kind.
        changed: What stays without what is gone in it.
        left_over: What stays, and why.
        certificate: The key of the certificate.
        note: What else to know, in a sentence.
    """

    run_id: str
    state: str
    scope: str
    deleted: dict[str, dict[str, int]] = {}
    changed: dict[str, dict[str, int]] = {}
    left_over: list[str] = []
    certificate: str | None = None
    note: str = ""


class Purge:
    """Deletes from one stack what a person asks for."""

    def __init__(self, services: RefreshServices) -> None:
        self._services = services
        collection = services.collection
        self._scopes = Scopes(services.files.objects)
        self._refusals = Refusals(services.files.objects, collection.runs, collection.tasks)

    def run(self, event: PurgeEvent, *, request_id: str, deadline: Deadline) -> PurgeReport:
        """Says what would go, or deletes it.

        Raises:
            InvalidRequest: what is deleted would come back, or is being collected, or there is no such study.
            CollectorError: a resource or permission is missing, or AWS is busy. A deletion that was begun goes on.
        """
        now = self._services.clock.now()
        order = self._order(event, event.run_id or _run_id(now, request_id))
        if event.dry_run:
            certificate = self._services.deletion(unchanging=True).plan(order, deadline)
            note = "" if certificate else "There was too little time to look at everything; the numbers are missing."
            return _report(order, PLANNED, certificate, note=note)
        self._services.deletion().begin(order)
        try:
            return self._finished(order, deadline)
        except Retriable as error:
            # It is written down, so nobody has to ask again.
            return _report(order, GOES_ON, None, note=str(error))

    def _order(self, event: PurgeEvent, run_id: str) -> Order:
        scope = event.purge
        if scope.account is not None:
            self._refusals.account(scope.account)
            return account_order(run_id, scope.account)
        if scope.before is not None:
            self._refusals.before(scope.before)
            return self._scopes.before_order(run_id, scope.before)
        name = scope.study or ""
        current = self._refusals.current_study()
        others = current is not None and current.read.study.name != name
        order = self._scopes.study_order(run_id, name, Rule.PURGE, with_trends=not others)
        self._refusals.study(name, order.doomed.runs, current)
        return order

    def _finished(self, order: Order, deadline: Deadline) -> PurgeReport:
        services = self._services
        with refresh_lease(services.dynamodb, services.tasks_table, services.clock):
            certificates = finish_deletions(services, deadline)
            self._show(certificates)
        for key, certificate in certificates.items():
            if certificate.run_id == order.run_id:
                return _report(order, DONE, certificate, key=key)
        return _report(order, GOES_ON, None, note="There was too little time; the next invocations go on with it.")

    def _show(self, certificates: Mapping[str, Certificate]) -> None:
        """Adds them to what `study status` shows."""
        if certificates:
            status = read_status(self._services.files.objects)
            for key, certificate in certificates.items():
                with_deletion(status, key, certificate)
            write_status(self._services.files.objects, status)


def _run_id(now: datetime, request_id: str) -> str:
    return f"purge-{now:%Y%m%dT%H%M%SZ}-{request_id[:8]}"


def _report(
    order: Order, state: str, certificate: Certificate | None, *, key: str | None = None, note: str = ""
) -> PurgeReport:
    return PurgeReport(
        run_id=order.run_id,
        state=state,
        scope=order.scope,
        deleted=certificate.deleted if certificate else {},
        changed=certificate.changed if certificate else {},
        left_over=certificate.left_over if certificate else [],
        certificate=key,
        note=note,
    )
