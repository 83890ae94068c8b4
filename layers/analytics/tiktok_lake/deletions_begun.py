"""Deletions that have begun and not ended, as far as whoever else changes the row store must know of them."""

from typing import Final

import msgspec

from tiktok_collector.lake import key_parts
from tiktok_collector.versions import Versioned
from tiktok_lake.bookkeeping import read_versioned
from tiktok_lake.files import LakeFiles
from tiktok_lake.keys import DELETIONS

ORDER_VERSION: Final = 1
_SUFFIX: Final = ".json.gz"


class _Begun(msgspec.Struct, frozen=True):
    """Of a deletion, whether it has changed anything; the rest is known to `deletion/` alone."""

    version: int = ORDER_VERSION
    effects: dict[str, msgspec.Raw] = {}


_BEGUN: Final = msgspec.json.Decoder(_Begun)


def order_key(run_id: str) -> str:
    """Where it is written what a run or a purge deletes. Raises `InvalidRequest` where the id is not safe in a key."""
    return f"{DELETIONS}{key_parts.safe('run id', run_id)}{_SUFFIX}"


def order_keys(files: LakeFiles) -> list[str]:
    """The keys of all that have not ended, sorted. Raises `MissingResource` and `AwsBusy` as `ObjectStore` does."""
    return [each.key for each in files.objects.keys(DELETIONS) if each.key.endswith(_SUFFIX)]


def read_order[State: Versioned](files: LakeFiles, key: str, decoder: msgspec.json.Decoder[State]) -> State | None:
    """What `decoder` makes of one; None where it has ended meanwhile.

    Raises:
        Fatal: it cannot be read; nothing may be deleted by it, nor be forgotten.
        NewerVersion: newer code wrote it.
        MissingResource: the bucket is absent or may not be read.
        AwsBusy: S3 failed.
    """
    return read_versioned(files.objects, key, decoder, known=ORDER_VERSION, what="The deletion")


def deletion_under_way(files: LakeFiles) -> bool:
    """Whether a deletion has begun and not ended. Raises as `order_keys`."""
    return bool(order_keys(files))


def deletion_counts(files: LakeFiles) -> bool:
    """Whether a deletion has changed files and not ended: were they merged meanwhile, it would count rows twice.

    Raises:
        CollectorError: as `read_order`.
    """
    begun = (read_order(files, key, _BEGUN) for key in order_keys(files))
    return any(each.effects for each in begun if each is not None)
