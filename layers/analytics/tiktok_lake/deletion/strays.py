"""Removes what may hold anything: answers to queries, files of imports, earlier versions of the study file."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tiktok_collector.deadline import Deadline
from tiktok_collector.lake.keys import ACCEPTED_STUDY
from tiktok_lake.deletion.certificate import Rule
from tiktok_lake.deletion.changing import Change, change, forget_old_versions
from tiktok_lake.deletion.mentions import Mentions
from tiktok_lake.deletion.orders import Effect, OrderState, OrderStore
from tiktok_lake.deletion.overlapping import texts
from tiktok_lake.files import LakeFiles
from tiktok_lake.imports.reading.content import pieces
from tiktok_lake.imports.reading.options import ReadingLimits
from tiktok_lake.imports.reading.problems import UnusableFile
from tiktok_lake.keys import IMPORTS

OTHERS: Final = "other files"
ANSWERS: Final = "athena-results/"
CONFIG: Final = "config/"
_AMBIGUOUS: Final = (
    "The account is called like a common word, and files of imports were searched for it behind @ and in addresses "
    "only; look at them."
)


class StrayDeletion:
    """Changes one bucket, for purges only."""

    def __init__(self, files: LakeFiles, orders: OrderStore, scratch: Path | None) -> None:
        self._files = files
        self._orders = orders
        self._scratch = scratch

    def delete(self, state: OrderState, deadline: Deadline) -> bool:
        """Removes them; may be called again after a kill. False: the deadline came first.

        Raises:
            MissingResource: the bucket is absent or may not be used.
            AwsBusy: S3 failed; the next call goes on.
        """
        if state.order.rule is Rule.REFRESH:
            return True
        self._remove(state, [each.key for each in self._files.objects.keys(ANSWERS)], "answers to queries")
        if mentions := Mentions(state.all_doomed.accounts):
            scanned = set(state.scanned)
            for stored in [each for each in self._files.objects.keys(IMPORTS) if each.key not in scanned]:
                if deadline.passed:
                    return False
                if mentions.ambiguous:
                    state.leave(_AMBIGUOUS)
                if self._names(stored.key, mentions, state):
                    self._remove(state, [stored.key], "files of imports")
                state.scanned = [*state.scanned, stored.key]
            config = [each.key for each in self._files.objects.keys(CONFIG)]
            self._files.forget_old_versions_one_by_one(*config)
            self._files.forget_old_versions(ACCEPTED_STUDY)
        forget_old_versions(self._files, state, OTHERS)
        return True

    def _remove(self, state: OrderState, keys: list[str], kind: str) -> None:
        changes = [Change(each, "", None, Effect(kind=kind, deleted=1, removed=True)) for each in keys]
        change(self._files, self._orders, state, OTHERS, changes)

    def _names(self, key: str, mentions: Mentions, state: OrderState) -> bool:
        """Whether a file of an import names one of the accounts, in its own name too."""
        if mentions.within(key.removeprefix(IMPORTS)):
            return True
        with TemporaryDirectory(dir=self._scratch) as folder:
            path = Path(folder) / "file"
            self._files.fetch(key, path)
            try:
                return any(mentions.in_cells(each) for each in texts(pieces(path, ReadingLimits())))
            except UnusableFile as error:
                state.leave(
                    f"{key} cannot be searched ({error}), and may name what was deleted; look at it and remove it."
                )
                return False
