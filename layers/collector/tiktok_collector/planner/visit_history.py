"""When the profile and the lists of an account were last asked for."""

import msgspec

from tiktok_collector.planner.endpoints import ENDPOINT_OF_STREAM
from tiktok_collector.study.record import VisitResult


class VisitHistory(msgspec.Struct):
    """By stream: `done` is the last day on which it was had or was found not to be had; `failed` the tries since.

    A private or vanished account counts as done: asking again tomorrow would show the same.
    """

    done: dict[str, int] = {}
    failed: dict[str, set[int]] = {}

    def note(self, visit: VisitResult, on: int) -> None:
        """Folds in a visit of the day `on`."""
        for stream in _streams(visit):
            if visit.complete or visit.observation is not None:
                self.done[stream] = max(on, self.done.get(stream, 0))
            else:
                self.failed.setdefault(stream, set()).add(on)
            since = {day for day in self.failed.pop(stream, ()) if day > self.done.get(stream, 0)}
            if since:
                self.failed[stream] = since


def _streams(visit: VisitResult) -> tuple[str, ...]:
    """What was asked for. A record that does not say so is taken to mean every stream."""
    return visit.streams or tuple(ENDPOINT_OF_STREAM)
