"""Takes what is doomed out of exports that have not expired."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import msgspec

from tiktok_collector.deadline import Deadline
from tiktok_collector.lake.objects import JSON
from tiktok_collector.pseudonyms.people import Pseudonyms
from tiktok_lake.deletion.changing import forget_old_versions
from tiktok_lake.deletion.export_lines import ExportLines, UnknownForm, head_of
from tiktok_lake.deletion.mentions import Mentions
from tiktok_lake.deletion.orders import Effect, OrderState, OrderStore
from tiktok_lake.deletion.overlapping import overlapping
from tiktok_lake.deletion.scrubbing import Scrubber
from tiktok_lake.deletion.words import is_telling
from tiktok_lake.files import LakeFiles

EXPORTS: Final = "exports"
_PREFIX: Final = "exports/"
_PIECE: Final = 4 * 1024 * 1024


class ExportDeletion:
    """Changes the exports of one bucket."""

    def __init__(self, files: LakeFiles, orders: OrderStore, people: Pseudonyms, scratch: Path | None) -> None:
        self._files = files
        self._orders = orders
        self._people = people
        self._scratch = scratch

    def delete(self, state: OrderState, deadline: Deadline) -> bool:
        """Takes out what the order dooms; may be called again after a kill. False: the deadline came first.

        Raises:
            MissingResource: the bucket is absent or may not be used.
            AwsBusy: S3 failed; the next call goes on.
        """
        scanned = set(state.scanned)
        for key in [each.key for each in self._files.objects.keys(_PREFIX)]:
            if key in scanned:
                continue
            if deadline.passed:
                return False
            with TemporaryDirectory(dir=self._scratch) as folder:
                self._delete_in(key, state, Path(folder))
            state.scanned = [*state.scanned, key]
        forget_old_versions(self._files, state, EXPORTS)
        return True

    def _delete_in(self, key: str, state: OrderState, folder: Path) -> None:
        old, new = folder / "old", folder / "new"
        self._files.fetch(key, old)
        try:
            effect = self._effect(state, old, new)
        except UnknownForm:
            if not self._may_hold(old, state):
                return
            effect = Effect(kind="of another form", deleted=1, removed=True)
        if effect is None:
            return
        state.effects.setdefault(EXPORTS, {})[key] = effect
        self._orders.save(state)
        if effect.removed:
            self._files.remove([key])
        else:
            self._files.put(key, new, JSON)

    def _may_hold(self, path: Path, state: OrderState) -> bool:
        """Whether a file of any form may hold something of it."""
        doomed = state.all_doomed
        names = {*doomed.accounts, *map(self._people.of_name, doomed.accounts)}
        # A name like a word is looked for where a name may stand.
        sure = Scrubber(msgspec.structs.replace(doomed, accounts=frozenset()), filter(is_telling, names))
        mentions = Mentions(names)
        with path.open("rb") as file:
            return any(
                sure.may_touch(data) or mentions.in_cells(data.decode(errors="replace"))
                for data in overlapping(iter(partial(file.read, _PIECE), b""))
            )

    def _effect(self, state: OrderState, old: Path, new: Path) -> Effect | None:
        """What becomes of an export; written to `new` where it is kept, None where it holds nothing of it."""
        doomed = state.all_doomed
        with old.open("rb") as file:
            head = head_of(next(file, b""))
        if head.get("run_id") in doomed.runs or (
            doomed.before and str(head.get("started_at")) < doomed.before.isoformat()
        ):
            return Effect(kind="files", deleted=1, removed=True)
        named = self._named(state, head)
        if named is None:
            accounts, profiles = doomed.accounts, doomed.profiles
        else:
            accounts = frozenset(named(each) for each in doomed.accounts)
            profiles = frozenset(named(each) for each in doomed.profiles)
        subject = str(head.get("username") or "")
        if subject in accounts or subject in doomed.accounts:
            return Effect(kind="files", deleted=1, removed=True)
        scrubber = Scrubber(doomed, accounts)
        lines = ExportLines(scrubber, profiles, subject_goes=subject in profiles)
        with old.open("rb") as source, new.open("wb") as target:
            target.writelines(lines.without(source))
        deleted = scrubber.deleted + lines.relations
        if not deleted and not scrubber.changed:
            return None
        return Effect(kind="rows", deleted=deleted, changed=scrubber.changed)

    def _named(self, state: OrderState, head: dict[str, Any]) -> Callable[[str], str] | None:
        """What makes the names of an export; None where it names people as they are."""
        made_with = (head.get("pseudonyms") or {}).get("key")
        if made_with is None:
            return None
        if made_with != self._people.key_id and (state.all_doomed.accounts or state.all_doomed.profiles):
            state.leave(
                f"Exports with pseudonyms of the key {made_with} remain: that key is not there any more, so nobody can "
                "tell whether they are about an account that was deleted; they expire."
            )
        return self._people.of_name
