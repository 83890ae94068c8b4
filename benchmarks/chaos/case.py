"""What a case of the fault campaign is, and the figures that it gives."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from enum import StrEnum


class Size(StrEnum):
    """How large a case is played."""

    REDUCED = "reduced"
    """Seconds: a case of `make test`."""
    FULL = "full"
    """Minutes at most: what `docs/reliability.md` shows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """What a case has counted. Figures of several storms are added up.

    Attributes:
        storms: How many times the case was played, each with a seed of its own.
        injected: Faults that really happened: refused or cut calls, killed processes, deliveries too many.
        invocations: Of functions, calm ones included.
        pages: Pages that the server answered.
        rows: Rows of the server's truth that the stored pages were held against.
        lost: Of these rows, how many are neither stored nor named by a gap.
        over_quota: Requests that the server counted beyond a day's limit, or that the ledger did not count.
        duplicates: Rows that a fetch (a run's task and generation) has twice, though the server gave them once.
        false_gaps: Gaps in manifests for what the server could serve.
        untyped: Invocations that ended with an error that is none of the collector's types.
        unfinished: Runs that were not complete in the end.
        extra: Requests beyond those of the same work without faults.
        extra_allowed: How many those may be: what the faults explain.
        gaps: Gaps in manifests.
    """

    storms: int = 1
    injected: int = 0
    invocations: int = 0
    pages: int = 0
    rows: int = 0
    lost: int = 0
    over_quota: int = 0
    duplicates: int = 0
    false_gaps: int = 0
    untyped: int = 0
    unfinished: int = 0
    extra: int = 0
    extra_allowed: int = 0
    gaps: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        names = [each.name for each in fields(Figures)]
        return Figures(**{name: getattr(self, name) + getattr(other, name) for name in names})

    @classmethod
    def total(cls, figures: Iterable["Figures"]) -> "Figures":
        """The figures of at least one storm, added up."""
        first, *others = figures
        return sum(others, first)

    def broken(self) -> list[str]:
        """The promises that these figures break, each as a sentence."""
        wrong = {
            "no fault was injected": self.injected == 0,
            "nothing was collected": self.rows == 0,
            f"{self.lost} of {self.rows} rows are lost": self.lost > 0,
            f"{self.over_quota} requests are over the quota or missing in the ledger": self.over_quota > 0,
            f"{self.duplicates} rows are twice in one fetch": self.duplicates > 0,
            f"{self.false_gaps} of {self.gaps} gaps are not real": self.false_gaps > 0,
            f"{self.untyped} of {self.invocations} invocations ended with an untyped error": self.untyped > 0,
            f"{self.unfinished} runs were never complete": self.unfinished > 0,
            f"{self.extra} extra requests, {self.extra_allowed} are explained": self.extra > self.extra_allowed,
        }
        return [sentence for sentence, is_so in wrong.items() if is_so]


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of fault.

    Attributes:
        name: Short, in lower case, such as `dynamodb-throttled`.
        what: One phrase for the table: what goes wrong.
        run: Plays it; the same size and seed give the same faults as far as threads allow.
    """

    name: str
    what: str
    run: Callable[[Size, int], Figures]
