"""Objects in groups: whatever their sizes, none is lost, and no group is larger or smaller than it must be."""

from dataclasses import dataclass
from itertools import chain, pairwise

from hypothesis import given
from hypothesis import strategies as st

from tiktok_lake.groups import in_groups

MOST_BYTES = 10


@dataclass(frozen=True)
class Piece:
    size: int


PIECES = st.lists(st.integers(0, 2 * MOST_BYTES).map(Piece))


def bytes_of(group: list[Piece]) -> int:
    return sum(each.size for each in group)


@given(PIECES, st.none() | st.integers(1, 4))
def test_groups_are_as_large_as_they_may_be(pieces: list[Piece], most: int | None) -> None:
    groups = list(in_groups(pieces, most_bytes=MOST_BYTES, most=most))
    assert list(chain.from_iterable(groups)) == pieces
    for group in groups:
        assert len(group) == 1 or bytes_of(group) <= MOST_BYTES
        assert most is None or len(group) <= most
    for group, after in pairwise(groups):
        assert len(group) == most or bytes_of([*group, after[0]]) > MOST_BYTES
    assert all(groups)
