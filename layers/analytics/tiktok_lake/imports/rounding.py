"""Columns of ids that went through a float: their last digits are lost, and nothing in one id alone shows it."""

from collections.abc import Mapping, Sequence
from typing import Final

_LONG: Final = 16
"""Digits; shorter numbers fit into a float."""
_FEWEST: Final = 3
_SHARE: Final = 10
"""One in so many: of exact ids, one in some 300 looks like this."""
_DECIMAL: Final = 1_000
_BINARY: Final = 512


def rounded_columns(sample: Sequence[Mapping[str, str | None]]) -> frozenset[str]:
    """The columns of which too many long numbers end as rounded ones do."""
    if not sample:
        return frozenset()
    return frozenset(name for name in sample[0] if _is_rounded([row.get(name) for row in sample]))


def _is_rounded(texts: Sequence[str | None]) -> bool:
    numbers = [int(each) for each in texts if each and len(each) >= _LONG and each.isascii() and each.isdigit()]
    round_ones = sum(1 for each in numbers if each % _DECIMAL == 0 or each % _BINARY == 0)
    return round_ones >= _FEWEST and round_ones * _SHARE >= len(numbers)
