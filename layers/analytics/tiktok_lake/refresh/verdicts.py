"""What the answers of a round come to, pure: deletion cannot be undone, so doubt asks again."""

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from tiktok_lake.refresh.rounds import Ids, Read, Round, Step, StepState, Way

FEW: Final = 5
"""So few that are gone are no sign of a broken answer, unless they are all."""


class Verdict(NamedTuple):
    """What is known of the ids of a step.

    Attributes:
        gone: TikTok has them no more.
        valid: They are still there.
        open: What is still to be confirmed before anything is concluded; empty if there is nothing.
        held: Why the answer is not believed; empty if it is.
    """

    gone: frozenset[int | str] = frozenset()
    valid: frozenset[int | str] = frozenset()
    open: frozenset[int | str] = frozenset()
    held: str = ""


def doubtful(asked: int, missing: int, percent: int) -> bool:
    """Whether so many of what was asked for cannot all be believed to be gone at once."""
    return missing > 0 and (missing == asked or (missing >= FEW and missing * 100 > percent * asked))


def judge(found: Round, step: Step, read: Callable[[Step], Read], percent: int) -> Verdict:
    """What is known of what a step asked for that confirms no other.

    Args:
        found: The round.
        step: A step that has ended.
        read: The ids and the answer of a step that was answered.
        percent: Above this part of what was asked for, what is missing is doubted.
    """
    if step.state is not StepState.ANSWERED:
        return Verdict()
    first = read(step)
    missing = first.missing
    if not missing:
        return Verdict(valid=first.valid)
    if step.way is Way.BATCH and not doubtful(len(first.ids), len(missing), percent):
        return Verdict(gone=missing, valid=first.valid)
    confirmations = found.confirmations(step)
    if not confirmations:
        return Verdict(valid=first.valid, open=missing)
    if not all(each.state.ended for each in confirmations):
        return Verdict(valid=first.valid, open=missing)
    answered = [(each.way, read(each)) for each in confirmations if each.state is StepState.ANSWERED]
    second = _Second(step, first, answered, complete=len(answered) == len(confirmations))
    held = "" if found.believed else _why_not(second, percent)
    valid = first.valid | (second.came & missing)
    return Verdict(valid=valid, held=held) if held else Verdict(gone=second.gone, valid=valid)


class _Second(NamedTuple):
    """The second answers to what is missing of a first."""

    step: Step
    first: Read
    answered: list[tuple[Way, Read]]
    complete: bool

    @property
    def samples(self) -> list[Read]:
        """Of a file: a part of what is missing that was asked in the other way, and can only contradict."""
        return [each for way, each in self.answered if way is not self.step.way]

    @property
    def came(self) -> frozenset[int | str]:
        """What one of them has."""
        return frozenset[int | str]().union(*(each.valid for _, each in self.answered))

    @property
    def gone(self) -> frozenset[int | str]:
        """What is missing when it is asked in the same way again, and came in neither."""
        again = (each.missing for way, each in self.answered if way is self.step.way)
        return (self.first.missing & frozenset[int | str]().union(*again)) - self.came


def _why_not(second: _Second, percent: int) -> str:
    """Why what is missing is not believed to be gone after the second answers; empty if it is, or if none is."""
    ids, missing = second.first.ids, second.first.missing
    what = f"{len(missing)} of {len(ids)} {second.step.kind} were said to be gone"
    if not second.complete:
        return f"{what}, and the second answer could not be had."
    if not second.gone:
        return ""
    if second.step.way is Way.BATCH:
        return _why_not_of_files(second, what, percent)
    if len(ids) >= FEW and doubtful(len(ids), len(second.gone), percent):
        return f"{what}, twice; nothing else can tell whether that is so."
    return ""


def _why_not_of_files(second: _Second, what: str, percent: int) -> str:
    if any(each.valid for each in second.samples):
        return f"{what}, but some of them came when they were asked for again."
    if any(each.ids == frozenset(each.answer.unknown) for each in second.samples):
        return f"{what}, and they could not be asked for again."
    if doubtful(len(second.first.missing), len(second.came), percent):
        return f"{what}, but a second task said otherwise of {len(second.came)}."
    if not second.samples and not second.first.valid and len(second.first.ids) >= FEW:
        return f"{what}, by two empty files; nothing else can tell whether that is so."
    return ""


def expected(ids: Ids, said: Iterable[int]) -> tuple[list[int | str], int]:
    """Of the ids that an answer names, those that were asked for, sorted; and how many others it named."""
    named = frozenset(said)
    known = sorted(named & ids)
    return list(known), len(named) - len(known)
