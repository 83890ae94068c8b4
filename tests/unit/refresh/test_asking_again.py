"""Which known videos a number of requests can ask for."""

from datetime import UTC, date, datetime

from tiktok_lake.refresh.asking_again import affordable, sample

TODAY = date(2026, 11, 20)


def made(day: date, number: int = 0) -> int:
    """An id of a video of that day."""
    return (int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp()) << 32) + number


def test_what_matters_most_decides_which_windows_are_asked() -> None:
    old, new = made(date(2026, 1, 5)), made(date(2026, 11, 5))
    assert affordable([new, old], 1, TODAY) == ([new], 1)
    assert affordable([old, new], 1, TODAY) == ([old], 1)
    assert affordable([old, new], 5, TODAY) == ([old, new], 2)
    assert affordable([old, new], 0, TODAY) == ([], 0)


def test_a_request_takes_a_hundred_of_a_month() -> None:
    ids = [made(date(2026, 11, 1), number) for number in range(250)]
    chosen, requests = affordable(ids, 2, TODAY)
    assert (len(chosen), requests) == (200, 2)


def test_ids_that_no_video_can_have_are_left_out() -> None:
    fine = made(date(2026, 11, 5))
    assert affordable([17, fine, made(date(2031, 1, 1))], 9, TODAY) == ([fine], 1)


def test_a_sample_takes_the_fullest_requests() -> None:
    crowd = [made(date(2026, 11, 1), number) for number in range(5)]
    assert sorted(sample([made(date(2026, 1, 5)), *crowd], 1, TODAY)) == crowd
