"""What answers come to: never more than was asked for, and never at once what cannot be believed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok_lake.refresh.kinds import Kind
from tiktok_lake.refresh.rounds import Answer, Read, Round, Step, StepState, Way
from tiktok_lake.refresh.verdicts import Verdict, doubtful, expected, judge

PERCENT = 20
ASKED = frozenset(range(1, 21))


class Case:
    """A round with one step and its confirmations."""

    def __init__(self, way: Way, asked: frozenset[int] = ASKED, kind: Kind = Kind.VIDEOS) -> None:
        self.found = Round(run_id="r", began_at="2026-11-01T00:00:00.000Z")
        self.reads: dict[str, Read] = {}
        self.kind = kind
        self.step = self.add("first", way, asked)

    def add(self, name: str, way: Way, asked: frozenset[int], **more: Any) -> Step:
        step = Step(name=name, kind=self.kind, way=way, asked=len(asked), state=StepState.NEW, **more)
        self.found.steps = [*self.found.steps, step]
        self.reads[name] = Read(asked, Answer())
        return step

    def answer(self, name: str, valid: set[int], unknown: set[int] = frozenset()) -> "Case":  # type: ignore[assignment]
        self.found.step(name).state = StepState.ANSWERED
        self.reads[name] = Read(self.reads[name].ids, Answer(valid=[*valid], unknown=[*unknown]))
        return self

    def judged(self) -> Verdict:
        return judge(self.found, self.step, lambda step: self.reads[step.name], PERCENT)


@pytest.mark.parametrize(
    ("asked", "missing", "is_doubtful"),
    [(100, 0, False), (100, 20, False), (100, 21, True), (10, 4, False), (10, 5, True), (1, 1, True), (3, 2, False)],
)
def test_doubt(asked: int, missing: int, is_doubtful: bool) -> None:
    assert doubtful(asked, missing, PERCENT) is is_doubtful


def test_a_plausible_answer_is_believed() -> None:
    verdict = Case(Way.BATCH).answer("first", set(ASKED) - {3}).judged()
    assert verdict == Verdict(gone=frozenset({3}), valid=ASKED - {3})


def test_what_failed_says_nothing() -> None:
    case = Case(Way.BATCH)
    case.step.state = StepState.FAILED
    assert case.judged() == Verdict()


def test_an_empty_file_is_asked_again_in_full_and_in_part() -> None:
    case = Case(Way.BATCH).answer("first", set())
    assert case.judged() == Verdict(open=ASKED)
    case.add("first-second", Way.BATCH, ASKED, confirms="first")
    case.add("first-sample", Way.AGAIN, frozenset({1, 2}), confirms="first")
    assert case.judged().open == ASKED
    case.answer("first-second", set()).answer("first-sample", set())
    assert case.judged() == Verdict(gone=ASKED)


def test_a_sample_that_comes_contradicts_the_file() -> None:
    case = Case(Way.BATCH).answer("first", set())
    case.add("first-second", Way.BATCH, ASKED, confirms="first")
    case.add("first-sample", Way.AGAIN, frozenset({1, 2}), confirms="first")
    verdict = case.answer("first-second", set()).answer("first-sample", {2}).judged()
    assert verdict == Verdict(valid=frozenset({2}), held=verdict.held)
    assert "came when they were asked for again" in verdict.held
    case.found.believed = True
    assert case.judged() == Verdict(gone=ASKED - {2}, valid=frozenset({2}))


def test_a_sample_that_could_not_be_asked_confirms_nothing() -> None:
    case = Case(Way.BATCH).answer("first", set())
    case.add("first-second", Way.BATCH, ASKED, confirms="first")
    case.add("first-sample", Way.AGAIN, frozenset({1, 2}), confirms="first")
    verdict = case.answer("first-second", set()).answer("first-sample", set(), {1, 2}).judged()
    assert "could not be asked for again" in verdict.held


def test_a_second_answer_that_never_came_confirms_nothing() -> None:
    case = Case(Way.BATCH).answer("first", set())
    case.add("first-second", Way.BATCH, ASKED, confirms="first").state = StepState.FAILED
    assert "could not be had" in case.judged().held


def test_two_tasks_that_differ_are_not_believed() -> None:
    case = Case(Way.BATCH, kind=Kind.COMMENTS).answer("first", {20})
    case.add("first-second", Way.BATCH, ASKED - {20}, confirms="first")
    verdict = case.answer("first-second", set(range(1, 15))).judged()
    assert "said otherwise of 14" in verdict.held
    assert verdict.valid == {20, *range(1, 15)}


def test_comments_that_two_empty_files_deny_wait_for_a_person() -> None:
    case = Case(Way.BATCH, kind=Kind.COMMENTS).answer("first", set())
    case.add("first-second", Way.BATCH, ASKED, confirms="first")
    assert "two empty files" in case.answer("first-second", set()).judged().held


def test_what_did_not_come_again_is_asked_twice() -> None:
    case = Case(Way.AGAIN).answer("first", set(ASKED) - {3, 4})
    assert case.judged() == Verdict(valid=ASKED - {3, 4}, open=frozenset({3, 4}))
    case.add("first-second", Way.AGAIN, frozenset({3, 4}), confirms="first")
    verdict = case.answer("first-second", {4}).judged()
    assert verdict == Verdict(gone=frozenset({3}), valid=ASKED - {3})


def test_what_was_not_asked_in_full_is_neither_gone_nor_valid() -> None:
    case = Case(Way.AGAIN).answer("first", set(ASKED) - {3, 4}, {4})
    case.add("first-second", Way.AGAIN, frozenset({3}), confirms="first")
    assert case.answer("first-second", set(), {3}).judged() == Verdict(valid=ASKED - {3, 4})


def test_many_that_did_not_come_twice_wait_for_a_person() -> None:
    case = Case(Way.AGAIN).answer("first", set())
    case.add("first-second", Way.AGAIN, ASKED, confirms="first")
    assert "twice" in case.answer("first-second", set()).judged().held


def test_ids_that_nobody_asked_for_are_counted_and_left_out() -> None:
    assert expected(frozenset({1, 2, 3}), [3, 1, 9, 8]) == ([1, 3], 2)


@given(st.data())
def test_nothing_is_gone_that_was_not_asked_for_or_came_anywhere(data: st.DataObject) -> None:
    numbers = st.sets(st.integers(1, 30))
    way = data.draw(st.sampled_from(Way))
    asked = frozenset(data.draw(st.sets(st.integers(1, 20), min_size=1)))
    case = Case(way, asked).answer("first", data.draw(numbers), data.draw(numbers))
    verdict = case.judged()
    if verdict.open:
        case.add("first-second", way, verdict.open, confirms="first")  # type: ignore[arg-type]
        case.answer("first-second", data.draw(numbers), data.draw(numbers))
        case.found.believed = data.draw(st.booleans())
        verdict = case.judged()
    assert verdict.gone <= asked
    assert verdict.valid <= asked
    assert not verdict.gone & verdict.valid
    said = {number for read in case.reads.values() for number in (*read.answer.valid, *read.answer.unknown)}
    assert not verdict.gone & frozenset(case.reads["first"].answer.unknown)
    assert not verdict.gone & frozenset(number for read in case.reads.values() for number in read.answer.valid)
    assert verdict.gone <= asked - frozenset(case.reads["first"].answer.valid), said
