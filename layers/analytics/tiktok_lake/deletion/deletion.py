"""The way in: an order is begun, and finished by whoever holds the row store, in as many invocations as it takes."""

from dataclasses import dataclass
from typing import Final

from tiktok_collector.clock import Clock, iso
from tiktok_collector.deadline import Deadline
from tiktok_collector.pseudonyms.people import Pseudonyms
from tiktok_lake.deletion.certificate import Certificate, hashed, in_order, write_certificate
from tiktok_lake.deletion.orders import Order, OrderState, OrderStore
from tiktok_lake.deletion.raw_index import RawIndex
from tiktok_lake.deletion.rows import RowDeletion
from tiktok_lake.engine import EngineLimits
from tiktok_lake.files import LakeFiles

RAW_PAGES: Final = "raw pages"


@dataclass(frozen=True, slots=True)
class Deleted:
    """What `finish` came to: the certificates that were written with their keys, and orders that are still open."""

    certificates: dict[str, Certificate]
    left: int


class Deletion:
    """Deletes from one bucket.

    Whoever calls `finish` holds `lake_lease` and has called `Curation.finish_pending`, which said that nothing is left.
    """

    def __init__(self, files: LakeFiles, people: Pseudonyms, clock: Clock, limits: EngineLimits) -> None:
        self._files = files
        self._people = people
        self._clock = clock
        self._orders = OrderStore(files)
        self._rows = RowDeletion(files, self._orders, limits)

    def begin(self, order: Order) -> None:
        """Writes down what is to be deleted; from then on `finish` of any invocation does it. The same again is one.

        Raises:
            InvalidRequest: the run id is not safe in a key.
            MissingResource: the bucket is absent or may not be used.
            AwsBusy: S3 failed.
        """
        self._orders.begin(order, iso(self._clock.now()))

    def finish(self, deadline: Deadline) -> Deleted:
        """Does what was begun, by this invocation or an earlier one, until the deadline.

        Raises:
            CollectorError: as `begin`; what was done stays done, and the next call goes on.
        """
        certificates: dict[str, Certificate] = {}
        left = 0
        for state in list(self._orders.pending()):
            certificate = None if deadline.passed else self._finished(state, deadline)
            if certificate is None:
                left += 1
            else:
                certificates[write_certificate(self._files.objects, certificate)] = certificate
                self._orders.end(state)
        return Deleted(certificates, left)

    def _finished(self, state: OrderState, deadline: Deadline) -> Certificate | None:
        if not self._rows.delete(state, RawIndex.of(self._files.objects), deadline):
            self._orders.save(state)
            return None
        return self._certificate(state)

    def _certificate(self, state: OrderState) -> Certificate:
        order = state.order
        effects = [
            (place, each.kind, each.deleted, each.changed)
            for place, by_key in state.effects.items()
            for each in by_key.values()
        ]
        return Certificate(
            run_id=order.run_id,
            rule=order.rule,
            scope=order.scope,
            began_at=state.began_at,
            ended_at=iso(self._clock.now()),
            checked=order.checked,
            still_valid=order.still_valid,
            deleted=in_order((place, kind, deleted) for place, kind, deleted, _ in effects),
            changed=in_order((place, kind, changed) for place, kind, _, changed in effects),
            ids=hashed(state.all_doomed, self._people),
            left_over=state.left_over,
            notes=order.notes,
        )
