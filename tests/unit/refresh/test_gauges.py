"""The line by which the alarm knows that checks wait."""

from typing import Any

import pytest

from tests.integration.collection.cloud import Lines
from tiktok_lake.refresh.gauges import tell
from tiktok_lake.refresh.status import LakeStatus, RoundStatus


def waiting(status: LakeStatus) -> list[dict[str, Any]]:
    lines = Lines()
    tell(status, lines)
    return [extra for _, extra in lines.lines]


def held() -> RoundStatus:
    return RoundStatus(run_id="r", began_at="", phase="held", asked={}, answered=(2, 2), held=["one", "two"])


@pytest.mark.parametrize("due", [{}, {"videos": 7}])
def test_nothing_is_said_while_all_is_in_time(due: dict[str, int]) -> None:
    assert waiting(LakeStatus(due=due, late={"videos": 0})) == []


def test_what_is_late_or_held_is_said_in_numbers() -> None:
    assert waiting(LakeStatus(late={"videos": 3})) == [{"waits": True, "late": {"videos": 3}, "held": 0}]
    assert waiting(LakeStatus(rounds=[held()])) == [{"waits": True, "late": {}, "held": 2}]
