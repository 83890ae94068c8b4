"""Values as sources send them."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok_collector.trend_lists import lenient

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=4,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (7, 7),
        ("7", 7),
        (" -7 ", -7),
        (5.0, 5),
        ("9007199254740993", 9007199254740993),
        (9007199254740993, 9007199254740993),
        ("9" * 40, int("9" * 40)),
        ("9" * 41, None),
        (5.5, None),
        ("5.0", None),
        ("--5", None),
        ("-", None),
        ("", None),
        ("\u0661", None),
        ("²", None),
        (True, None),
        (float("inf"), None),
        (float("nan"), None),
        (None, None),
        ([7], None),
    ],
)
def test_integers(value: Any, expected: int | None) -> None:
    found = lenient.integer(value)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.5, 0.5),
        ("0.5", 0.5),
        (" 1e3 ", 1000.0),
        (3, 3.0),
        (10**400, None),
        ("inf", None),
        ("nan", None),
        (float("-inf"), None),
        (float("nan"), None),
        (False, None),
        ("much", None),
        (None, None),
        ({}, None),
    ],
)
def test_numbers(value: Any, expected: float | None) -> None:
    assert lenient.number(value) == expected


@given(st.integers())
def test_whole_numbers_are_exact_as_text_or_not(value: int) -> None:
    assert lenient.integer(value) == value
    assert lenient.integer(str(value)) == (value if len(str(value)) <= 40 else None)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9))
def test_numbers_are_the_same_as_text_or_not(value: Decimal) -> None:
    assert lenient.number(str(value)) == lenient.number(float(value)) == float(value)


@given(JSON)
def test_any_value_is_read_or_refused(value: Any) -> None:
    whole, number = lenient.integer(value), lenient.number(value)
    assert whole is None or type(whole) is int
    assert number is None or float("-inf") < number < float("inf")
    assert (whole is None or number is None) or abs(whole - number) <= abs(number) * 1e-9
