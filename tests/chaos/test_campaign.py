"""Every case of the fault campaign, reduced: the promises hold, and the fault really happened."""

import pytest

from benchmarks.chaos.campaign import CASES, played
from benchmarks.chaos.case import Case, Size

SEED = 1


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_promises_hold(case: Case) -> None:
    figures = played(case, Size.REDUCED, SEED)
    assert not figures.broken(), figures


def test_each_case_has_a_name_of_its_own() -> None:
    assert len({case.name for case in CASES}) == len(CASES)
