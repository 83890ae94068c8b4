"""A file is searched in pieces: where it is cut, and how it is written, hides no name."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tiktok_lake.deletion.mentions import Mentions
from tiktok_lake.deletion.overlapping import texts

ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
HERS = st.sampled_from(["ann", "\uff0c@ann\uff0c"])
"""All that a cell says, and a mention between wide commas."""
ANN = Mentions(["ann"])


@given(
    encoding=ENCODINGS,
    row=HERS,
    rows_before=st.sampled_from([0, 600]),
    cuts=st.lists(st.integers(0, 12), max_size=3),
)
def test_a_name_is_found_wherever_it_stands_and_the_file_is_cut(
    encoding: str, row: str, rows_before: int, cuts: list[int]
) -> None:
    before, rest = "é,1\n" * rows_before, "\n" + "é,1\n" * 20
    at = len(before.encode(encoding))
    data = (before + row + rest).encode(encoding)
    places = [0, *sorted(at + cut for cut in cuts), len(data)]
    pieces = [data[start:end] for start, end in pairwise(places)]
    assert any(map(ANN.in_cells, texts(pieces)))
    assert not any(map(ANN.in_cells, texts([each.replace(b"n", b"m") for each in pieces])))
