"""A month to be simulated: how large its world and its study are, and its weather."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from sandbox.testing import SandboxServer
from sandbox.world import World
from tests.simulation.study import cohorts, commented_accounts, searches, study_text
from tests.simulation.truth import Studied
from tests.simulation.weather import Weather

SETTINGS: Final = {"token_ttl_seconds": 10**9}
"""One token lasts for the whole month."""
_LATE: Final = 3 * 3_600
_GRACE_DAYS: Final = 2


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """What is played.

    Attributes:
        begin: 00:00 UTC of the first day on which the study asks.
        days: How many days are played.
        back_days: How many days of videos before `begin` are caught up with.
        accounts: How many accounts are followed; as many again are not.
        videos: Of all accounts, from `back_days` before `begin` to the end.
        searches: How many searches there are.
        quota: Research requests a day, on a good day.
        quotas: What the server grants on bad days, by number of the day.
        late_resets: Days on which the server's counters start again three hours late.
        broken: The day of videos that the API fails at, by number of the day.
    """

    begin: datetime
    days: int
    back_days: int
    accounts: int
    videos: int
    searches: int
    quota: int
    quotas: Mapping[int, int] = field(default_factory=dict)
    late_resets: tuple[int, ...] = ()
    broken: int = 1

    @property
    def first_day(self) -> date:
        """The first day of videos."""
        return self.begin.date() - timedelta(days=self.back_days)

    @property
    def broken_day(self) -> date:
        """The day of videos that the API always fails at."""
        return self.begin.date() + timedelta(days=self.broken)

    def world(self) -> World:
        """The world."""
        return World.generate(
            seed=11,
            accounts=2 * self.accounts,
            videos=self.videos * self.back_days // (self.back_days + self.days),
            days=self.back_days,
            future_days=self.days,
            end=self.begin.date(),
            samples=False,
            specs=commented_accounts(self.back_days),
        )

    def studied(self, sandbox: SandboxServer) -> Studied:
        """What the study is about: accounts of the sandbox's world, and the searches."""
        usernames = sandbox.world.usernames()[: self.accounts]
        last = self.begin.date() + timedelta(days=self.days - 1)
        return Studied(
            cohorts=cohorts(usernames),
            searches=searches(self.searches),
            first_day=self.first_day,
            begin=self.begin.date(),
            last_asked=last,
            last_due=last - timedelta(days=_GRACE_DAYS),
        )

    def study_text(self, studied: Studied) -> str:
        """The study file."""
        return study_text(first_day=self.first_day, followed=studied.cohorts, searched=studied.searches)

    def weather(self, studied: Studied) -> Weather:
        """All that can go wrong, at once; one account of the second cohort makes every query fail that names it."""
        return Weather(
            settings={
                "poison_usernames": [self.bad_name(studied)],
                "broken_days": [f"{self.broken_day:%Y%m%d}"],
            },
            faults=[
                {"kind": "internal_error", "probability": 0.05},
                {"kind": "search_lost", "probability": 0.03},
            ],
            quotas=self.quotas,
            late_resets=dict.fromkeys(self.late_resets, _LATE),
            crashes_a_day=2,
        )

    def bad_name(self, studied: Studied) -> str:
        """The account that cannot be asked for."""
        return studied.cohorts["south"][-1]
