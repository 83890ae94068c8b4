"""Whether a reservation may be granted, and if not, why and until when: pure, the mirror of the table's condition."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tiktok_collector.clock import iso
from tiktok_collector.errors import QuotaExhausted
from tiktok_collector.quota.budget import Budget, carried_opens_at, next_midnight, shares_open_at
from tiktok_collector.quota.day_usage import DayUsage
from tiktok_collector.quota.families import Family, WorkClass
from tiktok_collector.quota.turn_of_day import day_opens_at

# After a daily 429 the server's reset may come late or others may share the quota, so it is tried ever more rarely.
PROBE_STEPS: Final = tuple(timedelta(minutes=minutes) for minutes in (15, 30, 60, 120, 240))


@dataclass(frozen=True, slots=True)
class Grant:
    """What to ask the table for: `count` requests, or one probe of a day that closed until `probe_of`."""

    count: int
    probe_of: datetime | None = None


def admit(
    usage: DayUsage,
    budget: Budget,
    work_class: WorkClass,
    *,
    count: int,
    now: datetime,
    turn_of_day: timedelta,
    carried: bool = False,
) -> Grant:
    """The grant to try, given what is known of the day: as many of `count` as fit, one if the day must be probed.

    Raises:
        QuotaExhausted: nothing can be granted; `resume_at` is when the last of the reasons ends.
    """
    share = budget.share(work_class, now)
    room = min(budget.limit - usage.used, share - usage.used_by_class[work_class])
    left_to_carried = budget.carried_share(now) - usage.used_carried if carried else room
    reasons: list[tuple[datetime, str]] = []
    if usage.used >= budget.limit:
        reasons.append((day_opens_at(now, turn_of_day), f"the limit of {budget.limit} requests is used up"))
    elif room <= 0:
        reasons.append((shares_open_at(now), f"{work_class} work has used its share of {share} requests"))
    elif left_to_carried <= 0:
        reasons.append((carried_opens_at(now), "runs of earlier days have used their half of the schedules' share"))
    if usage.paused_until and usage.paused_until > now:
        reasons.append((usage.paused_until, "the server asked for a pause (429 rate_limit_exceeded)"))
    if usage.closed_until and usage.closed_until > now:
        reasons.append((usage.closed_until, "the server refuses the day (429 daily_quota_limit_exceeded)"))
    if reasons:
        resume_at, reason = max(reasons)
        raise refusal(usage, reason, resume_at)
    return Grant(1, usage.closed_until) if usage.closed_until else Grant(min(count, room, left_to_carried))


def refusal(usage: DayUsage, reason: str, resume_at: datetime) -> QuotaExhausted:
    """The error that says why nothing is granted and when to come back."""
    return QuotaExhausted(
        f"No {usage.family} request on {usage.day}: {reason}; work resumes at {iso(resume_at)}.", resume_at=resume_at
    )


def used_up(family: Family, day: str, resume_at: datetime) -> QuotaExhausted:
    """The error that says that the server refused the day, and when it is tried again."""
    return QuotaExhausted(
        f"TikTok says that the {family} quota of {day} is used up; it is tried again at {iso(resume_at)}.",
        resume_at=resume_at,
    )


def next_probe(probes: int, now: datetime, turn_of_day: timedelta) -> datetime:
    """When a closed day is tried next after `probes` refused probes; never later than the next day's opening."""
    step = PROBE_STEPS[min(probes, len(PROBE_STEPS) - 1)]
    return min(now + step, next_midnight(now) + turn_of_day)
