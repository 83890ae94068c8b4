"""An engine without any trouble of its own: answers what a plan asks for from a made-up world."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import ceil

from tiktok_collector.planner.day import plan_day
from tiktok_collector.planner.endpoints import ENDPOINT_OF_STREAM
from tiktok_collector.planner.state import StudyState
from tiktok_collector.study.collections import Study
from tiktok_collector.study.day_plan import AccountVisit, DayPlan, Purpose, VideoWork
from tiktok_collector.study.record import DayFound, Missing, RunRecord, VideoResult, VisitResult
from tiktok_collector.study.windows import Window

PLENTY = {"research": 10**9, "followers": 10**9}
type Videos = Callable[[str, date], int]
"""How many videos an account or a search has on a day."""


def days_of(window: Window) -> list[date]:
    return [window.start + timedelta(days=number) for number in range(window.days)]


def nothing_fails(_unit: str, _day: date, _on: date) -> bool:
    return False


@dataclass
class Engine:
    videos: Videos
    fails: Callable[[str, date, date], bool] = nothing_fails
    reason: str = "failed"
    bad: Callable[[str, date], bool] = lambda _name, _on: False
    silent: Callable[[date], bool] = lambda _on: False
    visit_fails: Callable[[str, date], bool] = lambda _name, _on: False
    state: StudyState = field(default_factory=StudyState.empty)
    requests: int = 0

    def plan(self, study: Study, day: date, capacity: Mapping[str, int] = PLENTY) -> DayPlan:
        return plan_day(study, self.state, day, capacity=capacity, study_digest="digest")

    def run(self, plan: DayPlan) -> RunRecord:
        record = RunRecord(
            study=plan.study,
            run_id=f"{plan.day}",
            day=plan.day,
            part="accounts",
            videos=tuple(self.answer(work, plan.day) for work in plan.videos),
            visits=tuple(self.visit(visit, plan.day) for visit in plan.visits),
        )
        self.requests += sum(result.requests for result in record.videos)
        return record

    def day(self, study: Study, day: date, capacity: Mapping[str, int] = PLENTY) -> DayPlan:
        """Plans a day, works it off, and remembers what became of it."""
        plan = self.plan(study, day, capacity)
        self.state.absorb(self.run(plan))
        return plan

    def days(self, study: Study, first: date, count: int, capacity: Mapping[str, int] = PLENTY) -> list[DayPlan]:
        return [self.day(study, first + timedelta(days=number), capacity) for number in range(count)]

    def answer(self, work: VideoWork, on: date) -> VideoResult:
        units = (work.search,) if work.search else work.usernames
        bad = tuple(name for name in work.usernames if self.bad(name, on))
        failed = [
            (unit, day) for unit in units for day in days_of(work.window) if unit in bad or self.fails(unit, day, on)
        ]
        found = {} if self.silent(on) else self._found(units, work.window, set(failed))
        rows = sum(each.rows for each in found.values())
        return VideoResult(
            collections=work.collections,
            purpose=work.purpose,
            window=work.window,
            query=work.query,
            usernames=work.usernames,
            search=work.search,
            missing=tuple(
                Missing(
                    Window(day, day),
                    "bad_username" if unit in bad else self.reason,
                    usernames=() if work.search else (unit,),
                )
                for unit, day in failed
            ),
            bad_usernames=bad,
            found=found,
            candidates=rows,
            requests=max(1, ceil(rows / 100)),
            comment_requests=rows if work.depth.comments else 0,
            videos_with_comments=rows if work.depth.comments else 0,
            silent=work.purpose is Purpose.CONTROL and rows == 0,
        )

    def _found(self, units: Iterable[str], window: Window, failed: set[tuple[str, date]]) -> dict[date, DayFound]:
        found = {}
        for day in days_of(window):
            counts = {unit: self.videos(unit, day) for unit in units if (unit, day) not in failed}
            counts = {unit: count for unit, count in counts.items() if count}
            if counts:
                found[day] = DayFound(sum(counts.values()), by_username=counts)
        return found

    def visit(self, visit: AccountVisit, on: date) -> VisitResult:
        return VisitResult(
            collections=visit.collections,
            username=visit.username,
            complete=not self.visit_fails(visit.username, on),
            requests={ENDPOINT_OF_STREAM[stream]: 1 for stream in visit.streams},
            streams=visit.streams,
        )


def a_day(requests: float) -> Videos:
    """So many videos a day, each unit the same, evenly: of 0.3, three in ten days."""

    def videos(_unit: str, day: date) -> int:
        number = day.toordinal()
        return int((number + 1) * requests + 1e-9) - int(number * requests + 1e-9)

    return videos
