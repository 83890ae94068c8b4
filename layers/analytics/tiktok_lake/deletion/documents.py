"""Takes what is doomed out of the bucket's documents: manifests, what studies remember, trends, checks under way."""

import json
from collections.abc import Iterable, Iterator
from itertools import batched
from typing import Any, Final

from tiktok_collector.deadline import Deadline
from tiktok_collector.errors import CollectorError
from tiktok_collector.lake.gzipped import gunzipped, gzipped
from tiktok_collector.lake.keys import ACCEPTED_STUDY, MANIFESTS, STUDY_PLANS
from tiktok_lake.deletion.certificate import Rule
from tiktok_lake.deletion.changing import Change, change, forget_old_versions
from tiktok_lake.deletion.orders import Effect, OrderState, OrderStore
from tiktok_lake.deletion.scrubbing import Scrubber, encoded
from tiktok_lake.files import LakeFiles
from tiktok_lake.keys import BATCHES, COMPACTIONS, DELETIONS, LAKE, REFRESHES

DOCUMENTS: Final = "documents"
KINDS: Final = {MANIFESTS: "manifests", "studies/": "studies", "trends/": "trends", LAKE: "bookkeeping"}
"""The documents that may hold ids or names, by prefix."""
_LEFT_ALONE: Final = (ACCEPTED_STUDY, DELETIONS, BATCHES, COMPACTIONS)
"""The last valid study file is looked at apart, deletions end by themselves, the others name objects alone."""
_AT_ONCE: Final = 200
_JOURNAL: Final = "-raw-"
"""Answers of trends as received: they are not rewritten, but go."""
_LINES: Final = ".jsonl.gz"


class DocumentDeletion:
    """Changes the documents of one bucket."""

    def __init__(self, files: LakeFiles, orders: OrderStore) -> None:
        self._files = files
        self._orders = orders

    def delete(self, state: OrderState, deadline: Deadline) -> bool:
        """Takes out what the order dooms; may be called again after a kill. False: the deadline came first.

        Raises:
            AwsBusy: a document was changed meanwhile, or S3 failed; the next call goes on.
            MissingResource: the bucket is absent or may not be used.
        """
        gone = [each for each in state.order.remove if self._files.objects.exists(each)]
        whole = [Change(each, "", None, Effect(kind=_kind(each), deleted=1, removed=True)) for each in gone]
        change(self._files, self._orders, state, DOCUMENTS, whole)
        if not Scrubber(state.all_doomed):
            forget_old_versions(self._files, state, DOCUMENTS)
            return True
        # The round whose findings are deleted needs them until its end.
        alone = (*_LEFT_ALONE, REFRESHES) if state.order.rule is Rule.REFRESH else _LEFT_ALONE
        for prefix, kind in KINDS.items():
            scanned = {*state.scanned, *gone}
            stored = (each.key for each in self._files.objects.keys(prefix))
            keys = [key for key in stored if key not in scanned and not key.startswith(alone)]
            for group in batched(keys, _AT_ONCE, strict=False):
                if deadline.passed:
                    return False
                change(self._files, self._orders, state, DOCUMENTS, list(self._changes(state, kind, group)))
                state.scanned = [*state.scanned, *group]
        forget_old_versions(self._files, state, DOCUMENTS)
        return True

    def _changes(self, state: OrderState, kind: str, keys: Iterable[str]) -> Iterator[Change]:
        for key in keys:
            found = self._files.read(key)
            if found is None:
                continue
            # Tasks are numbered after the places in the plan of a day.
            scrubber = Scrubber(state.all_doomed, drop=not key.startswith(STUDY_PLANS))
            try:
                new = _without(key, found[0], scrubber)
            except (CollectorError, ValueError, RecursionError):
                state.leave(f"{key} cannot be read, and may name what was deleted; look at it and remove it.")
                continue
            if new is None:
                yield Change(key, found[1], None, Effect(kind=kind, deleted=1, removed=True))
            elif scrubber.deleted or scrubber.changed:
                effect = Effect(kind=kind, deleted=scrubber.deleted, changed=scrubber.changed)
                yield Change(key, found[1], gzipped(new) if key.endswith(".gz") else new, effect)


def _without(key: str, data: bytes, scrubber: Scrubber) -> bytes | None:
    """The document as it is to be, or None where it goes; the same where the scrubber has counted nothing."""
    text = gunzipped(data, key=key) if key.endswith(".gz") else data
    if not scrubber.may_touch(text):
        return text
    if _JOURNAL in key:
        return None if scrubber.is_in(text) else text
    if key.endswith(_LINES):
        return b"".join(encoded(each) + b"\n" for each in scrubber.without([*_lines(text)]))
    return encoded(scrubber.without(json.loads(text))) + b"\n"


def _lines(text: bytes) -> Iterator[Any]:
    for line in text.splitlines():
        yield json.loads(line)


def _kind(key: str) -> str:
    return next((kind for prefix, kind in KINDS.items() if key.startswith(prefix)), key.partition("/")[0])
