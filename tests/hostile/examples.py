"""How many examples properties draw here: few in `make test`, many with `HOSTILE=full`."""

import os
from typing import Any, Final

from hypothesis import settings
from hypothesis import strategies as st

few: Final = settings(max_examples=2_000 if os.environ.get("HOSTILE") == "full" else 40)

_ODD: Final = st.sampled_from(
    [
        "",
        "\0",
        "\ufeff",
        "\u202ename\u202c",
        "a\u200bb",
        "e\u0301" * 40,
        "../../etc/passwd",
        "/etc/passwd",
        "C:\\x",
        "CON",
        "nul.json",
        "a.",
        "=1+1",
        "@SUM(A1)",
        "[/red]",
        "[link=http://x]y",
        "\\[bold]",
        "a\\",
        "\x1b]0;x\x07",
        "\u2028{}",
        "a\nb",
        "NaN",
        "true",
        "9" * 5_000,
        "x" * 20_000,
        "\U0010ffff",
    ]
)
TEXTS: Final = _ODD | st.text(max_size=30)
NUMBERS: Final = st.integers() | st.sampled_from(
    [0, -1, 2**31, 2**53 + 1, 2**63 - 1, 2**63, 2**64, -(2**63) - 1, 10**300, 10**4_000, -0.0, 1.5, 1e308, 1e-320]
)
SCALARS: Final = st.none() | st.booleans() | NUMBERS | TEXTS


def _nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


VALUES: Final[st.SearchStrategy[Any]] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
) | st.sampled_from([40, 400]).map(_nested)


@st.composite
def changed(draw: st.DrawFn, good: Any) -> Any:
    """`good` with some of its values, at any depth, replaced by hostile ones; fields come and go."""
    if draw(st.integers(0, 5)) == 0:
        return draw(VALUES)
    if isinstance(good, dict):
        found = {name: draw(changed(value)) for name, value in good.items() if draw(st.integers(0, 9))}
        if draw(st.integers(0, 4)) == 0:
            found[draw(TEXTS)] = draw(VALUES)
        return found
    if isinstance(good, list):
        return [draw(changed(each)) for each in good] + draw(st.lists(VALUES, max_size=1))
    return good
