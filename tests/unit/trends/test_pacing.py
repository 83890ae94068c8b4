from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import pairwise
from threading import Lock

from tests.support.clock import HandClock
from tiktok_collector.deadline import Deadline
from tiktok_collector.quota.families import Family
from tiktok_collector.trends.pacing import Pace

CENTER, BUSINESS = Family.CREATIVE_CENTER, Family.BUSINESS_API


class StillClock(HandClock):
    """Time stands still; what sleepers would have woken at is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.woken: list[datetime] = []
        self._lock = Lock()

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.woken.append(self.time + timedelta(seconds=max(0.0, seconds)))


def pace_of(clock: HandClock, spacing: float, seconds: float = 900) -> Pace:
    return Pace(clock, Deadline(clock, clock.now() + timedelta(seconds=seconds)), timedelta(seconds=spacing))


def test_turns_of_many_threads_are_spaced() -> None:
    clock = StillClock()
    pace = pace_of(clock, 3)
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda _: pace.wait(CENTER), range(50)))
    turns = sorted(clock.woken)
    assert [after - before for before, after in pairwise(turns)] == [timedelta(seconds=3)] * 49


def test_families_do_not_wait_for_each_other() -> None:
    clock = HandClock()
    pace = pace_of(clock, 30)
    start = clock.now()
    assert pace.wait(CENTER)
    assert pace.wait(BUSINESS)
    assert clock.now() == start
    assert pace.wait(CENTER)
    assert clock.now() == start + timedelta(seconds=30)


def test_a_pause_holds_everybody_of_the_family() -> None:
    clock = HandClock()
    pace = pace_of(clock, 1)
    start = clock.now()
    pace.hold(CENTER, timedelta(seconds=20))
    pace.hold(CENTER, timedelta(seconds=5))
    assert pace.wait(BUSINESS)
    assert clock.now() == start
    assert pace.wait(CENTER)
    assert clock.now() == start + timedelta(seconds=20)


def test_what_is_left_of_a_pause_does_not_count_turns() -> None:
    clock = HandClock()
    pace = pace_of(clock, 40)
    assert pace.wait(CENTER)
    assert pace.pause_left(CENTER) == timedelta()
    pace.hold(CENTER, timedelta(seconds=20))
    clock.advance(seconds=5)
    assert pace.pause_left(CENTER) == timedelta(seconds=15)
    assert pace.pause_left(BUSINESS) == timedelta()


def test_a_turn_that_comes_too_late_is_refused_without_waiting() -> None:
    clock = HandClock()
    pace = pace_of(clock, 1, seconds=60)
    pace.hold(CENTER, timedelta(seconds=55))
    start = clock.now()
    assert not pace.wait(CENTER)
    assert clock.now() == start
