"""The bill of a month from the committed counts: within what was aimed at, and what docs/cost.md says of it."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.pricing import PRICES, PRICES_OF, REGION, Counts, monthly_cost, total

ROOT = Path(__file__).resolve().parents[3]
MEASURED = msgspec.json.decode((ROOT / "benchmarks" / "monthly_cost.json").read_bytes(), type=dict[str, Counts])
DOCS = (ROOT / "docs" / "cost.md").read_text(encoding="utf-8")


def quantity(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.1f}"


NOTHING = Counts(**dict.fromkeys(PRICES, 0.0))


def test_every_count_has_a_price() -> None:
    assert tuple(PRICES) == Counts.__struct_fields__


@pytest.mark.parametrize(("scenario", "dollars"), [("research", 3), ("both", 6)])
def test_a_month_of_full_quotas_stays_within_its_aim(scenario: str, dollars: float) -> None:
    """After what is always free; benchmarks/monthly_cost.py counts."""
    assert 0 < total(monthly_cost(MEASURED[scenario]))[0] < dollars


def test_the_docs_have_the_bill_line_by_line() -> None:
    research, both = ({line.item: line for line in monthly_cost(MEASURED[name])} for name in ("research", "both"))
    for item, line in both.items():
        other = research[item]
        four = (line.dollars, line.dollars_without_free, other.dollars, other.dollars_without_free)
        row = f"| {item} | {quantity(line.quantity)} {line.unit} |" + "".join(f" {each:.2f} |" for each in four)
        assert row in DOCS.splitlines()
    sums = [f"{each:.2f}" for name in ("both", "research") for each in total(monthly_cost(MEASURED[name]))]
    assert f"| **together** | | **{sums[0]}** | **{sums[1]}** | **{sums[2]}** | **{sums[3]}** |" in DOCS
    for name, counts in MEASURED.items():
        assert f"{total(monthly_cost(counts))[0]:.2f}" in DOCS, name


def test_the_docs_name_the_largest_items() -> None:
    first, second, *_ = monthly_cost(MEASURED["both"])
    assert f"The largest item is **{first.item}**" in DOCS
    assert f"The largest one that grows with use is **{second.item}**" in DOCS
    without_free = max(monthly_cost(MEASURED["both"]), key=lambda line: line.dollars_without_free)
    assert f"it is **{without_free.item}**" in DOCS


def test_the_docs_have_the_price_list_with_its_day_and_region() -> None:
    assert f"as of {PRICES_OF}" in DOCS
    assert REGION in DOCS
    for price in PRICES.values():
        free = f"{price.always_free:,.0f}" if price.always_free else ""
        assert f"| {price.item} | {price.dollars:.10g} | {price.per:,.0f} {price.unit} | {free} |" in DOCS


def test_nothing_costs_nothing() -> None:
    assert total(monthly_cost(NOTHING)) == (0, 0)


@given(st.sampled_from(list(PRICES)), st.floats(0, 1e9))
def test_what_is_always_free_is_taken_off_once_and_never_more_than_there_is(name: str, used: float) -> None:
    price = PRICES[name]
    (line,) = [
        each for each in monthly_cost(msgspec.structs.replace(NOTHING, **{name: used})) if each.item == price.item
    ]
    rate = price.dollars / price.per
    assert line.dollars_without_free == pytest.approx(used * rate)
    assert 0 <= line.dollars <= line.dollars_without_free
    if used <= price.always_free:
        assert line.dollars == 0
    else:
        assert line.dollars_without_free - line.dollars == pytest.approx(price.always_free * rate)


def test_the_most_expensive_comes_first() -> None:
    dollars = [line.dollars for line in monthly_cost(MEASURED["both"])]
    assert dollars == sorted(dollars, reverse=True)
