"""Changes objects as an order says; what becomes of each is written down before, so that it is counted once."""

from dataclasses import dataclass

from tiktok_collector.lake.objects import GZIP, JSON
from tiktok_lake.deletion.orders import Effect, OrderState, OrderStore
from tiktok_lake.files import LakeFiles


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one object; `data` None: it goes."""

    key: str
    etag: str
    data: bytes | None
    effect: Effect


def change(files: LakeFiles, orders: OrderStore, state: OrderState, place: str, changes: list[Change]) -> None:
    """Does it.

    Raises:
        AwsBusy: an object was changed meanwhile, or S3 failed; doing all of it again is right.
        MissingResource: the bucket is absent or may not be changed.
    """
    if not changes:
        return
    state.effects.setdefault(place, {}).update({each.key: each.effect for each in changes})
    orders.save(state)
    for each in changes:
        if each.data is not None:
            files.replace(each.key, each.data, each.etag, GZIP if each.key.endswith(".gz") else JSON)
    files.remove([each.key for each in changes if each.data is None])


def forget_old_versions(files: LakeFiles, state: OrderState, place: str) -> None:
    """Removes the old versions of everything that was changed in a place, also before a kill."""
    effects = state.effects.get(place, {})
    files.remove([key for key, effect in effects.items() if effect.removed])
    files.forget_old_versions(*(key for key, effect in effects.items() if not effect.removed))
