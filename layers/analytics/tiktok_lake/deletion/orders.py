"""What is being deleted, below `lake/deletions/`: begun once, gone on with by whoever comes next, removed at the end.

An order names what is to be deleted, so it is removed with all its versions as soon as the certificate is written.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from tiktok_collector.lake.gzipped import gzipped
from tiktok_collector.lake.objects import GZIP
from tiktok_lake.deletion.certificate import Rule
from tiktok_lake.deletion.doomed import Doomed
from tiktok_lake.deletions_begun import ORDER_VERSION, order_key, order_keys, read_order
from tiktok_lake.files import LakeFiles
from tiktok_lake.keys import CERTIFICATES


class Order(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A deletion as it is asked for; what is not known to it is known to nobody once the function has ended.

    Attributes:
        run_id: Of the certificate; the same order may be given again.
        rule: Why.
        doomed: What.
        scope: Of a purge and of retention: `account`, `study`, or `before` with the day.
        checked: For the certificate: how many were checked, by kind.
        still_valid: How many of them are still there.
        notes: Sentences for the certificate.
        remove: Keys of objects that go whole.
        items_of: Runs whose items in the table of tasks go.
        after: Runs that must have ended before it is worked.
        pages: Raw objects that held it and were left; the rows that led to them are gone.
    """

    run_id: str
    rule: Rule
    doomed: Doomed
    scope: str = ""
    checked: dict[str, int] = {}
    still_valid: dict[str, int] = {}
    notes: list[str] = []
    remove: list[str] = []
    items_of: list[str] = []
    after: list[str] = []
    pages: list[str] = []


class Effect(msgspec.Struct, frozen=True, omit_defaults=True):
    """What becomes of one object: parts of it that go, parts that change, and whether it goes as a whole."""

    kind: str
    deleted: int = 0
    changed: int = 0
    removed: bool = False


class OrderState(msgspec.Struct, kw_only=True, omit_defaults=True):
    """How far an order is.

    Attributes:
        version: Of this form.
        order: What is asked for.
        began_at: UTC.
        doomed: The order's, and what was found to derive from it; None until it was looked for.
        scanned: Files of the row store that hold nothing of it any more.
        effects: By place and key; written down before the object is changed, so that it is counted once.
        pages: Raw objects that held it.
        waiting: Runs that have not ended: their pages and exports are left to a later order.
        left_over: Sentences.
    """

    version: int = ORDER_VERSION
    order: Order
    began_at: str
    doomed: Doomed | None = None
    scanned: list[str] = []
    effects: dict[str, dict[str, Effect]] = {}
    pages: list[str] = []
    waiting: list[str] = []
    left_over: list[str] = []

    @property
    def all_doomed(self) -> Doomed:
        """What is to be deleted, as far as it is known."""
        return self.order.doomed if self.doomed is None else self.doomed

    def leave(self, why: str) -> None:
        """Notes what is left over, in a sentence that is said once."""
        if why not in self.left_over:
            self.left_over.append(why)


_STATE: Final = msgspec.json.Decoder(OrderState)


class OrderStore:
    """The orders of one bucket."""

    def __init__(self, files: LakeFiles) -> None:
        self._files = files

    def begin(self, order: Order, began_at: str) -> None:
        """Stores an order, unless it was begun before, or has ended and is certified."""
        if not any(each.key.endswith(f"/{order.run_id}.json") for each in self._files.objects.keys(CERTIFICATES)):
            state = OrderState(order=order, began_at=began_at)
            self._files.objects.put_once(order_key(order.run_id), _encoded(state))

    def save(self, state: OrderState) -> None:
        """Stores how far it is."""
        self._files.objects.put_bytes(order_key(state.order.run_id), _encoded(state), content_type=GZIP)

    def pending(self) -> Iterator[OrderState]:
        """The orders that have not ended, by their run ids.

        Raises:
            CollectorError: as `read_order`.
        """
        for key in order_keys(self._files):
            state = read_order(self._files, key, _STATE)
            if state is not None:
                yield state

    def end(self, state: OrderState) -> None:
        """Removes the order with all its versions: they name what was deleted."""
        self._files.remove([order_key(state.order.run_id)])


def _encoded(state: OrderState) -> bytes:
    return gzipped(msgspec.json.encode(state))
