"""Pure: how far a work or a visit of a run is that has not ended."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import msgspec

from tiktok_collector.study.collections import Depth
from tiktok_collector.study.day_plan import VideoWork
from tiktok_collector.tasks.task import Task


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether all of it has ended, whether its searches have, and how many candidates they have had."""

    ended: bool = False
    searched: bool = False
    candidates: int = 0

    @classmethod
    def of(cls, tasks: Iterable[Task]) -> Self:
        """The standing of a subject with these tasks."""
        every = list(tasks)
        searches = [task for task in every if task.spec.stream == "videos"]
        return cls(
            ended=all(task.state.terminal for task in every),
            searched=bool(searches) and all(task.state.terminal for task in searches),
            candidates=sum(task.progress.counts.requested for task in searches),
        )

    def left_of(self, work: VideoWork) -> VideoWork:
        """The work as large as what is still to be asked for; comments that are under way are not counted."""
        if self.searched:
            return msgspec.structs.replace(work, expected=0, depth=Depth())
        return msgspec.structs.replace(work, expected=max(0, work.expected - self.candidates))
