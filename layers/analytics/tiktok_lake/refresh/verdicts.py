"""What the answers of a round come to, pure: deletion cannot be undone, so a doubtful answer is asked in a second way."""

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from tiktok_lake.refresh.rounds import Answer, Ids, Round, Step, StepState, Way

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
    return _confirmed(found, step, first, confirmations, read, percent)


def _confirmed(
    found: Round, step: Step, first: Read, confirmations: list[Step], read: Callable[[Step], Read], percent: int
) -> Verdict:
    answered = [read(each) for each in confirmations if each.state is StepState.ANSWERED]
    came = frozenset[int | str]().union(*(each.valid for each in answered))
    valid = first.valid | (came & first.missing)
    # Only what every second answer covers in full and lacks as well; a sample covers a part, and only contradicts.
    full = [each for each in answered if each.ids >= first.missing]
    gone = first.missing - came
    for each in full:
        gone &= each.missing
    if found.believed:
        return Verdict(gone=gone, valid=valid)
    if held := _why_not(step, first, confirmations, answered, full, came, gone, percent):
        return Verdict(valid=valid, held=held)
    return Verdict(gone=gone, valid=valid)


def _why_not(
    step: Step,
    first: Read,
    confirmations: list[Step],
    answered: list[Read],
    full: list[Read],
    came: frozenset[int | str],
    gone: frozenset[int | str],
    percent: int,
) -> str:
    what = f"{len(first.missing)} of {len(first.ids)} {step.kind} were said to be gone"
    if len(answered) < len(confirmations) or not full:
        return f"{what}, and the second answer could not be had."
    if any(each.ids == frozenset(each.answer.unknown) for each in answered):
        return f"{what}, and the second answer was incomplete."
    sampled = [each for each in answered if each not in full]
    if step.way is Way.BATCH and any(each.valid for each in sampled):
        return f"{what}, but some of them came when they were asked for again."
    if step.way is Way.BATCH and came and doubtful(len(first.missing), len(came), percent):
        return f"{what}, but a second task said otherwise of {len(came)}."
    if step.way is Way.AGAIN and doubtful(len(first.ids), len(gone), percent) and len(first.ids) >= FEW:
        return f"{what}, twice; nothing else can tell whether that is so."
    return ""


def expected(ids: Ids, said: Iterable[int]) -> tuple[list[int | str], int]:
    """Of the ids that an answer names, those that were asked for, sorted; and how many others it named."""
    named = frozenset(said)
    known = sorted(named & ids)  # type: ignore[type-var]
    return list(known), len(named) - len(known)
