"""The way in: an order is begun, and finished by whoever holds the row store, in as many invocations as it takes."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from tiktok_collector.clock import Clock, iso
from tiktok_collector.deadline import Deadline
from tiktok_collector.pseudonyms.people import Pseudonyms
from tiktok_lake.curation.run_ends import RunEnds, open_in
from tiktok_lake.deletion.certificate import Certificate, hashed, in_order, write_certificate
from tiktok_lake.deletion.documents import DocumentDeletion
from tiktok_lake.deletion.expansion import Expansion
from tiktok_lake.deletion.exports import ExportDeletion
from tiktok_lake.deletion.orders import Order, OrderState, OrderStore
from tiktok_lake.deletion.raw_index import RawIndex
from tiktok_lake.deletion.raw_pages import RawDeletion, waiting_sentence
from tiktok_lake.deletion.rows import RowDeletion
from tiktok_lake.deletion.strays import StrayDeletion
from tiktok_lake.deletion.tables import TableDeletion
from tiktok_lake.deletion.unchanging import UnchangingFiles
from tiktok_lake.engine import EngineLimits
from tiktok_lake.files import LakeFiles
from tiktok_lake.imports.records import withdraw_unfinished

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_REST: Final = re.compile(r"-rest(\d+)$")


@dataclass(frozen=True, slots=True)
class Deleted:
    """What `finish` came to.

    Attributes:
        certificates: Those that were written, by key.
        left: Orders that go on with the next call.
        waiting: Orders that wait for runs to end: what they read is not taken from under them.
    """

    certificates: dict[str, Certificate]
    left: int
    waiting: int


class Deletion:
    """Deletes from one stack.

    Whoever calls `finish` holds `lake_lease` and has called `Curation.finish_pending`, which said that nothing is left.
    """

    def __init__(
        self,
        files: LakeFiles,
        people: Pseudonyms,
        clock: Clock,
        limits: EngineLimits,
        *,
        dynamodb: "DynamoDBClient",
        tasks_table: str,
    ) -> None:
        self._files = files
        self._people = people
        self._clock = clock
        self._orders = OrderStore(files)
        self._expansion = Expansion(files, limits)
        self._rows = RowDeletion(files, self._orders, limits)
        self._exports = ExportDeletion(files, self._orders, people, limits.scratch)
        self._documents = DocumentDeletion(files, self._orders)
        self._strays = StrayDeletion(files, self._orders, limits.scratch)
        self._is_open = open_in(dynamodb, tasks_table)
        self._raw = RawDeletion(files, self._orders, clock, self._is_open)
        self._table = TableDeletion(dynamodb, tasks_table, self._orders, dry=isinstance(files, UnchangingFiles))

    def begin(self, order: Order) -> None:
        """Writes down what is to be deleted; from then on `finish` of any invocation does it.

        The same order may be begun again, also after its end: there is one certificate of it.

        Raises:
            InvalidRequest: the run id is not safe in a key.
            MissingResource: the bucket is absent or may not be used.
            AwsBusy: S3 failed.
        """
        self._orders.begin(order, iso(self._clock.now()))

    def plan(self, order: Order, deadline: Deadline) -> Certificate | None:
        """The certificate that an order would have, with `files` that are not changed; None: the deadline came first.

        Raises:
            CollectorError: as `begin`.
        """
        state = OrderState(order=order, began_at=iso(self._clock.now()))
        return self._certificate(state) if self._work(state, deadline) else None

    def finish(self, deadline: Deadline) -> Deleted:
        """Does what was begun, by this invocation or an earlier one, until the deadline.

        Raises:
            CollectorError: as `begin`; what was done stays done, and the next call goes on.
        """
        certificates: dict[str, Certificate] = {}
        left = waiting = 0
        pending = list(self._orders.pending())
        if pending:
            # A file that is written again would bring back what is deleted from it.
            withdraw_unfinished(self._files)
        for state in pending:
            if self._waits(state):
                waiting += 1
            elif deadline.passed or not self._work(state, deadline):
                left += 1
            else:
                self._carry_over(state)
                certificate = self._certificate(state)
                certificates[write_certificate(self._files.objects, certificate)] = certificate
                self._orders.end(state)
        return Deleted(certificates, left, waiting)

    def _waits(self, state: OrderState) -> bool:
        """Whether a run that the order is left for has not ended."""
        if not state.order.after:
            return False
        ends = RunEnds(self._files.objects, self._clock, self._is_open)
        return not all(ends.has_ended(run, state.began_at[:10]) for run in state.order.after)

    def _work(self, state: OrderState, deadline: Deadline) -> bool:
        if state.doomed is None:
            state.doomed = self._expansion.of(state.order.doomed)
            self._orders.save(state)
        index = RawIndex.of(self._files.objects)
        done = (
            self._rows.delete(state, index, deadline)
            and self._exports.delete(state, deadline)
            and self._raw.delete(state, index, deadline)
            # Documents name the accounts; what is found by them is gone by now.
            and self._documents.delete(state, deadline)
            and self._strays.delete(state, deadline)
            and self._table.delete(state, deadline)
        )
        if not done:
            self._orders.save(state)
        return done

    def _carry_over(self, state: OrderState) -> None:
        """Leaves to a later order what runs that have not ended still read; then it is all done once more."""
        if state.waiting:
            note = f"Goes on with what {state.order.run_id} had to leave, since runs had not ended."
            rest = msgspec.structs.replace(
                state.order,
                run_id=_rest_of(state.order.run_id),
                doomed=state.all_doomed,
                after=sorted(state.waiting),
                pages=sorted({*state.order.pages, *state.pages}),
                checked={},
                still_valid={},
                notes=[note],
            )
            self._orders.begin(rest, iso(self._clock.now()))

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
            left_over=[*state.left_over, *waiting_sentence(state.waiting)],
            notes=order.notes,
        )


def _rest_of(run_id: str) -> str:
    """The id of the order that goes on with what one had to leave."""
    found = _REST.search(run_id)
    return f"{run_id[: found.start()]}-rest{int(found[1]) + 1}" if found else f"{run_id}-rest1"
