"""The weather of a simulated month: what the API does to those who ask, and what happens to the collector itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Weather:
    """Bad weather, by number of the day from 0.

    Attributes:
        settings: Of the sandbox, on all days.
        faults: Rules of the sandbox, on all days.
        quotas: The server's research quota on some days.
        late_resets: Seconds by which the server's counters start again too late on some days.
        crashes_a_day: How many processes are killed on each day.
    """

    settings: Mapping[str, Any] = field(default_factory=dict)
    faults: Sequence[Mapping[str, Any]] = ()
    quotas: Mapping[int, int] = field(default_factory=dict)
    late_resets: Mapping[int, int] = field(default_factory=dict)
    crashes_a_day: int = 0

    def of_day(self, number: int, quota: int) -> dict[str, Any]:
        """The sandbox's settings on a day on which the quota should be `quota`."""
        return {
            **self.settings,
            "research_quota": self.quotas.get(number, quota),
            "quota_reset_lag_seconds": self.late_resets.get(number, 0),
        }
