"""A round of checks below `lake/refreshes/`: what is asked, how far that is, and what came of it.

Each step of a round asks for some ids in one way. Its ids and its answer are objects of their own, removed with all
their versions when the round has ended.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

from tiktok_collector.errors import Fatal
from tiktok_collector.lake.gzipped import gzipped
from tiktok_collector.lake.objects import GZIP
from tiktok_lake.bookkeeping import read_document, read_versioned
from tiktok_lake.files import LakeFiles
from tiktok_lake.keys import REFRESHES
from tiktok_lake.refresh.kinds import Kind

ROUNDS: Final = f"{REFRESHES}rounds/"
ASKED: Final = f"{REFRESHES}asked/"
FINDINGS: Final = "findings"
_VERSION: Final = 1

type Ids = frozenset[int] | frozenset[str]
"""Of videos and comments, or names of accounts."""


class Way(StrEnum):
    """How something is asked."""

    BATCH = "batch"
    """By Batch Compliance: a file of ids."""
    AGAIN = "again"
    """By asking for it again: videos by their ids, accounts by their names."""


class StepState(StrEnum):
    """How far a step is."""

    NEW = "new"
    SENT = "sent"
    ANSWERED = "answered"
    FAILED = "failed"

    @property
    def ended(self) -> bool:
        """Whether nothing of the step is under way any more."""
        return self in {StepState.ANSWERED, StepState.FAILED}


class Step(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Some ids, asked in one way.

    Attributes:
        name: Within the round; part of keys and of the usage log.
        kind: What they are.
        way: How they are asked.
        asked: How many they are.
        state: How far it is.
        task_id: Of the task of Batch Compliance; empty while there is none.
        completed: Whether the task is done and its answer waits for a request of another day.
        sent_at: When it was sent, UTC.
        not_before: It waits until then, UTC; empty if it need not.
        tries: How often a task failed.
        confirms: The step whose answer this one is to confirm.
        estimate: Of a run that asks again: the requests that it was begun with.
        sent: How many it has sent so far.
        unexpected: How many ids the answer named that were not asked for.
        note: A sentence on what went wrong.
    """

    name: str
    kind: Kind
    way: Way
    asked: int
    state: StepState = StepState.NEW
    task_id: str = ""
    completed: bool = False
    sent_at: str = ""
    not_before: str = ""
    tries: int = 0
    confirms: str = ""
    estimate: int = 0
    sent: int = 0
    unexpected: int = 0
    note: str = ""


class Phase(StrEnum):
    """Where a round stands."""

    CHECKING = "checking"
    DELETING = "deleting"
    """Its findings are stored; deletion goes by them."""
    HELD = "held"
    """What can be believed is deleted; the rest waits for a person, or to be asked anew."""


class Round(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One round of checks.

    Attributes:
        version: Of this form.
        run_id: Its name, also of its certificate.
        began_at: UTC.
        phase: Where it stands.
        steps: What it asks.
        days: How many of each kind were due by UTC day of the partition.
        deleting_since: When its findings were stored, UTC.
        held_until: Until when a person may say that the rest is to be believed, UTC.
        held: The steps whose answers are not believed, each with the reason.
        believed: Whether a person has said so.
        notes: Sentences for the certificate and the report.
    """

    version: int = _VERSION
    run_id: str
    began_at: str
    phase: Phase = Phase.CHECKING
    steps: list[Step] = []
    days: dict[str, dict[str, int]] = {}
    deleting_since: str = ""
    held_until: str = ""
    held: dict[str, str] = {}
    believed: bool = False
    notes: list[str] = []

    def step(self, name: str) -> Step:
        """The step of that name."""
        return next(each for each in self.steps if each.name == name)

    def confirmations(self, step: Step) -> list[Step]:
        """The steps that are to confirm the answer of `step`."""
        return [each for each in self.steps if each.confirms == step.name]

    @property
    def certificate_run(self) -> str:
        """The run of the certificate that comes next."""
        return f"{self.run_id}-believed" if self.believed else self.run_id


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a step: which of its ids are valid, and of which nothing is known; the others are missing."""

    valid: list[int | str] = []
    unknown: list[int | str] = []


class Read(NamedTuple):
    """A step's ids and its answer."""

    ids: Ids
    answer: Answer

    @property
    def valid(self) -> frozenset[int | str]:
        """What is still there; never anything that was not asked for."""
        return frozenset(self.answer.valid) & self.ids

    @property
    def missing(self) -> frozenset[int | str]:
        """What was asked for in full, and did not come."""
        return self.ids - self.valid - frozenset(self.answer.unknown)


class Findings(msgspec.Struct, frozen=True, kw_only=True):
    """What a round has found, to be acted on: by kind, what is gone and what is still valid; `checked` is how many."""

    gone: dict[str, list[int | str]] = {}
    valid: dict[str, list[int | str]] = {}
    checked: dict[str, int] = {}


_ROUND: Final = msgspec.json.Decoder(Round)
_IDS: Final = msgspec.json.Decoder(list[int | str])
_ANSWER: Final = msgspec.json.Decoder(Answer)
_FINDINGS: Final = msgspec.json.Decoder(Findings)


class RoundStore:
    """The rounds of one bucket."""

    def __init__(self, files: LakeFiles) -> None:
        self._files = files

    def open(self) -> Iterator[Round]:
        """The rounds that have not ended, the oldest first.

        Raises:
            Fatal: one cannot be read.
        """
        for key in sorted(each.key for each in self._files.objects.keys(ROUNDS)):
            what, remedy = "The round of checks", "remove it: its ids are due again"
            found = read_versioned(self._files.objects, key, _ROUND, known=_VERSION, what=what, remedy=remedy)
            if found is not None:
                yield found

    def save(self, found: Round) -> None:
        """Stores how far the round is."""
        self._files.objects.put_json(f"{ROUNDS}{found.run_id}.json", found)

    def put_ids(self, found: Round, step: str, ids: Iterable[int | str]) -> None:
        """Stores what a step asks for."""
        self._put(f"{_asked(found)}{step}.ids.json.gz", list(ids))

    def ids(self, found: Round, step: Step) -> Ids:
        """What a step asks for."""
        return frozenset(self.in_order(found, step))  # type: ignore[return-value]

    def in_order(self, found: Round, step: Step) -> list[int | str]:
        """The same as a list, what matters most first."""
        return self._read(f"{_asked(found)}{step.name}.ids.json.gz", _IDS)

    def put_answer(self, found: Round, step: str, answer: Answer) -> None:
        """Stores what came of a step."""
        self._put(f"{_asked(found)}{step}.answer.json.gz", answer)

    def answer(self, found: Round, step: Step) -> Answer:
        """What came of a step."""
        return self._read(f"{_asked(found)}{step.name}.answer.json.gz", _ANSWER)

    def read(self, found: Round, step: Step) -> Read:
        """What a step that was answered asks for, and what came of it."""
        return Read(self.ids(found, step), self.answer(found, step))

    def put_findings(self, found: Round, findings: Findings) -> None:
        """Stores what the round has found."""
        self._put(f"{_asked(found)}{FINDINGS}.json.gz", findings)

    def findings(self, found: Round) -> Findings:
        """What the round has found."""
        return self._read(f"{_asked(found)}{FINDINGS}.json.gz", _FINDINGS)

    def end(self, found: Round) -> None:
        """Removes everything of the round, with all versions: it names what was asked for."""
        # The round first: what a kill leaves of the rest is nobody's, and `sweep` finds it.
        self._files.remove([f"{ROUNDS}{found.run_id}.json"])
        self._files.remove([each.key for each in self._files.objects.keys(_asked(found))])

    def sweep(self) -> None:
        """Removes what belongs to no round: a kill left it before its round was stored, or after it was removed."""
        known = {each.key.removeprefix(ROUNDS).removesuffix(".json") for each in self._files.objects.keys(ROUNDS)}
        asked = [each.key for each in self._files.objects.keys(ASKED)]
        self._files.remove([key for key in asked if key.removeprefix(ASKED).partition("/")[0] not in known])

    def _put(self, key: str, value: object) -> None:
        self._files.objects.put_bytes(key, gzipped(msgspec.json.encode(value)), content_type=GZIP)

    def _read[Part](self, key: str, decoder: msgspec.json.Decoder[Part]) -> Part:
        remedy = f"remove its round below {ROUNDS}: what it asks for is due again"
        found = read_document(self._files.objects, key, decoder.decode, what="The object", remedy=remedy)
        if found is None:
            raise Fatal(f"The object {key} is missing; {remedy}.")
        return found


def listed(ids: Iterable[int | str]) -> list[int | str]:
    """Ids as a list that is the same however they came."""
    return sorted(ids, key=lambda each: (str(type(each)), each))


def _asked(found: Round) -> str:
    return f"{ASKED}{found.run_id}/"
