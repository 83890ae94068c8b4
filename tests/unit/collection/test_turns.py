"""Whose turn it is: the rule by which open runs share the threads of an invocation."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from tiktok_collector.collection.turns import Standing, whose_turn
from tiktok_collector.tasks.run import RunRef

TODAY = date(2026, 11, 20)
YESTERDAY = "2026-11-19T00:15:00.000Z"
THIS_MORNING = "2026-11-20T00:15:00.000Z"


def run(name: str, *, started_at: str = THIS_MORNING, work_class: str = "scheduled") -> RunRef:
    return RunRef(name, work_class, started_at)


TODAYS = st.lists(
    st.builds(RunRef, st.uuids().map(str), st.just("scheduled"), st.just(THIS_MORNING))
    | st.builds(RunRef, st.uuids().map(str), st.just("adhoc"), st.sampled_from([THIS_MORNING, YESTERDAY])),
    min_size=1,
    max_size=5,
)
EARLIER = st.lists(
    st.builds(
        RunRef,
        st.uuids().map(str),
        st.just("scheduled"),
        st.dates(date(2026, 11, 1), date(2026, 11, 19)).map(lambda day: f"{day}T00:15:00.000Z"),
    ),
    min_size=1,
    max_size=5,
)


class Threads:
    """Threads that are filled by the rule, and tasks that end."""

    def __init__(self, number: int, runs: Sequence[RunRef], tasks: int = 10**6) -> None:
        self.number = number
        self.left = dict.fromkeys(runs, tasks)
        self.in_flight: Counter[RunRef] = Counter()
        self.turns: Counter[RunRef] = Counter()

    def fill(self) -> None:
        while self.in_flight.total() < self.number:
            standings = [
                Standing(each, left > 0, self.in_flight[each], self.turns[each]) for each, left in self.left.items()
            ]
            chosen = whose_turn(standings, TODAY)
            if chosen is None:
                return
            assert self.left[chosen] > 0, "only a run with due tasks gets a thread"
            self.left[chosen] -= 1
            self.in_flight[chosen] += 1
            self.turns[chosen] += 1

    def end(self, which: int) -> None:
        busy = sorted(self.in_flight.elements(), key=lambda each: each.run_id)
        self.in_flight[busy[which % len(busy)]] -= 1


def test_without_work_nobody_is_next() -> None:
    assert whose_turn([], TODAY) is None
    assert whose_turn([Standing(run("idle"), has_work=False, in_flight=3)], TODAY) is None


@given(st.integers(1, 16), TODAYS, EARLIER)
def test_each_side_gets_half_of_the_threads_while_both_have_work(
    number: int, todays: list[RunRef], earlier: list[RunRef]
) -> None:
    threads = Threads(number, [*todays, *earlier])
    threads.fill()
    assert threads.in_flight.total() == number
    for side in (todays, earlier):
        assert sum(threads.in_flight[each] for each in side) >= number // 2


@given(st.integers(1, 8), TODAYS, EARLIER, st.lists(st.integers(0, 100), min_size=60, max_size=120))
def test_whichever_tasks_end_today_is_never_pushed_below_half_and_no_run_starves(
    number: int, todays: list[RunRef], earlier: list[RunRef], endings: list[int]
) -> None:
    threads = Threads(number, [*todays, *earlier])
    threads.fill()
    for ending in endings:
        threads.end(ending)
        threads.fill()
        assert sum(threads.in_flight[each] for each in todays) >= number // 2
    begun = {each: threads.turns[each] for each in [*todays, *earlier]}
    if number == 1:
        assert abs(sum(begun[each] for each in todays) - sum(begun[each] for each in earlier)) <= 1
        assert min(begun.values()) > 0


@given(st.integers(1, 8), st.one_of(TODAYS, EARLIER), st.one_of(TODAYS, EARLIER))
def test_what_one_side_leaves_the_other_uses(number: int, busy: list[RunRef], idle: list[RunRef]) -> None:
    threads = Threads(number, busy)
    threads.left.update(dict.fromkeys(idle, 0))
    threads.fill()
    assert sum(threads.in_flight[each] for each in busy) == number


def test_a_side_that_took_everything_gives_back_until_both_have_half() -> None:
    backlog, today = run("backlog", started_at=YESTERDAY), run("today")
    threads = Threads(8, [backlog])
    threads.fill()
    threads.left[today] = 100
    for _ in range(4):
        threads.in_flight[backlog] -= 1
        threads.fill()
    assert threads.in_flight == {backlog: 4, today: 4}


def test_what_a_person_asks_for_comes_first_and_gets_twice_as_much_as_a_schedule_of_the_day() -> None:
    asked, scheduled = run("asked", work_class="adhoc"), run("scheduled")
    threads = Threads(1, [scheduled, asked])
    threads.fill()
    assert threads.in_flight == {asked: 1}
    threads = Threads(6, [scheduled, asked])
    threads.fill()
    assert threads.in_flight == {asked: 4, scheduled: 2}


def test_of_equal_runs_of_earlier_days_the_oldest_is_first_and_all_get_as_much() -> None:
    days = [run(f"{day}", started_at=f"2026-11-{day}T00:15:00.000Z") for day in (19, 17, 18)]
    threads = Threads(1, days)
    threads.fill()
    assert [each.run_id for each in +threads.in_flight] == ["17"]
    threads = Threads(6, days)
    threads.fill()
    assert set(threads.in_flight.values()) == {2}
