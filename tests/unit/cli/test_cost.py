import json

import pytest
from typer.testing import CliRunner

from cli.app import app


def cost(*options: str) -> str:
    result = CliRunner().invoke(app, ["cost", *options])
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize(("use", "most"), [("research", 3), ("both", 6)])
def test_a_month_of_a_quota_used_in_full_stays_under_its_aim(use: str, most: float) -> None:
    found = json.loads(cost("--use", use, "--json"))
    assert found["dollars"] == pytest.approx(sum(line["dollars"] for line in found["lines"]), abs=0.01)
    assert 0 < found["dollars"] < most < found["dollars_without_free"]


def test_the_largest_item_is_first_and_the_sum_last() -> None:
    lines = [line.split() for line in cost().splitlines() if line.strip()]
    prices = [float(line[-2]) for line in lines if line[-1].replace(".", "").isdigit()]
    assert prices[:-1] == sorted(prices[:-1], reverse=True)
    assert prices[-1] == pytest.approx(sum(prices[:-1]), abs=0.05)


def test_an_unknown_use_is_refused() -> None:
    assert CliRunner().invoke(app, ["cost", "--use", "little"]).exit_code == 2
