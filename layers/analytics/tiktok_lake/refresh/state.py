"""What `data_refresh` remembers between ticks beside its rounds: one document, changed by one holder of its lease."""

from typing import Final

import msgspec

from tiktok_collector.lake.gzipped import gzipped
from tiktok_collector.lake.objects import GZIP
from tiktok_lake.bookkeeping import read_versioned
from tiktok_lake.files import LakeFiles
from tiktok_lake.keys import REFRESHES

KEY: Final = f"{REFRESHES}state.json.gz"
_VERSION: Final = 1


class PartitionNote(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What is known of one kind in the partitions of one UTC day.

    Attributes:
        fingerprint: Of the files that were read; with others, it is read again.
        ids: How many are there.
        oldest: When the one was last seen that was not seen for longest; empty where there is none.
        checked_at: When some were last checked because they had fallen due.
        run_id: By which round.
        checked: How many then.
    """

    fingerprint: str = ""
    ids: int = 0
    oldest: str = ""
    checked_at: str = ""
    run_id: str = ""
    checked: int = 0


class RefreshState(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What is remembered.

    Attributes:
        version: Of this form.
        planned_on: The UTC day on which what is due was last looked for.
        more: Whether it was more than one round takes.
        rounds_on: The UTC day that `rounds` counts.
        rounds: Rounds that were begun on it.
        spent_on: The UTC day that `spent` counts.
        spent: Requests of checks on it.
        no_access_since: When Batch Compliance was first refused; empty while it is not.
        no_access_tried: When it was last tried.
        no_access_why: What TikTok said.
        urgent: Accounts that are gone and when that was seen: their videos are checked next.
        partitions: By kind and UTC day.
    """

    version: int = _VERSION
    planned_on: str = ""
    more: bool = False
    rounds_on: str = ""
    rounds: int = 0
    spent_on: str = ""
    spent: int = 0
    no_access_since: str = ""
    no_access_tried: str = ""
    no_access_why: str = ""
    urgent: dict[str, str] = {}
    partitions: dict[str, dict[str, PartitionNote]] = {}

    def spent_today(self, today: str) -> int:
        """Requests of checks on the UTC day."""
        return self.spent if self.spent_on == today else 0

    def spend(self, today: str, requests: int) -> None:
        """Counts requests on the UTC day."""
        self.spent_on, self.spent = today, self.spent_today(today) + requests

    def new_run_id(self, today: str) -> str:
        """A name for a round that begins today; the same again until `begun`."""
        number = self.rounds + 1 if self.rounds_on == today else 1
        return f"data-refresh-{today.replace('-', '')}-{number}"

    def begun(self, today: str) -> None:
        """Notes that a round was begun."""
        self.rounds_on, self.rounds = today, (self.rounds if self.rounds_on == today else 0) + 1


_STATE: Final = msgspec.json.Decoder(RefreshState)


class StateStore:
    """Reads and writes the document."""

    def __init__(self, files: LakeFiles) -> None:
        self._files = files

    def read(self) -> RefreshState:
        """The document; an empty one where there is none.

        Raises:
            Fatal: it cannot be read.
        """
        found = read_versioned(
            self._files.objects,
            KEY,
            _STATE,
            known=_VERSION,
            what="The state of data_refresh",
            remedy="remove it: what it says is found again, at the price of some checks",
        )
        return found or RefreshState()

    def write(self, state: RefreshState) -> None:
        """Stores the document; older versions of it may name accounts, and go at once."""
        self._files.objects.put_bytes(KEY, gzipped(msgspec.json.encode(state)), content_type=GZIP)
        self._files.forget_old_versions(KEY)
