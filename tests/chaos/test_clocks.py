"""What clocks that are wrong cost where the turn of the day is too short for them: the campaign notices."""

from datetime import timedelta

from benchmarks.chaos.case import Size
from benchmarks.chaos.clocks import AHEAD, in_two_times


def test_a_turn_of_the_day_shorter_than_the_clocks_error_counts_requests_on_the_wrong_day() -> None:
    too_short = timedelta(minutes=2)
    assert too_short < AHEAD
    storms = [in_two_times(Size.REDUCED, seed, too_short) for seed in range(4)]
    figures = sum(storms[1:], storms[0])
    assert figures.over_quota > 0
    assert figures.lost == figures.duplicates == figures.false_gaps == figures.untyped == figures.unfinished == 0
