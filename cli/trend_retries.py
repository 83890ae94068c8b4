"""Whether the study's poll of this hour can still bring what polls of trends lack, and the event that makes it try."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cli.secret_versions import current_version
from cli.target import Target
from cli.trend_gaps import RecentPolls, TrendGap, missing
from cli.unwritten import Unwritten
from tiktok_collector.errors import InvalidRequest
from tiktok_collector.studies.study_files import StudyFiles
from tiktok_collector.study.trends import TrendSettings
from tiktok_collector.trend_lists.asking import lists_of
from tiktok_collector.trend_lists.kinds import TrendList
from tiktok_collector.trends.poll import OF_CREDENTIALS, TRIED_AGAIN, UNLIMITED, ListOutcome, poll_of, study_run_id

FUNCTION: Final = "trend_ingestion"
EVENT: Final[Mapping[str, Any]] = {"study": True}


@dataclass(frozen=True)
class PollOfTheHour:
    """The study's poll that an event sent now would work; it may not have begun.

    `credentials` is the secret's version, None where no gap needs it.
    """

    run_id: str
    asked: Collection[TrendList]
    credentials: str | None = None


@dataclass(frozen=True)
class TrendLack:
    """A gap, and why asking again now does not help; `why_not` is empty where it may."""

    gap: TrendGap
    why_not: str


@dataclass(frozen=True)
class TrendLacks:
    """What the polls lack, and the run that may still bring some of it, None where none can."""

    lacks: Sequence[TrendLack] = ()
    run_id: str | None = None
    unread: Sequence[str] = ()

    @property
    def retries(self) -> bool:
        """Whether an event would help."""
        return any(not each.why_not for each in self.lacks)


def trend_lacks(target: Target, recent: RecentPolls, run: str | None) -> TrendLacks:
    """What the last polls lack, or all that the poll of one run has recorded as missing."""
    left = missing(recent.polls)
    own = recent.of_run(run) if run else None
    shown = left if run is None else missing([own]) if own else []
    hour = poll_of_the_hour(target, shown)
    still = {(gap.poll.run_id, gap.asked) for gap in left}
    lacks = [TrendLack(gap, why_not(gap, hour, later=(gap.poll.run_id, gap.asked) not in still)) for gap in shown]
    return TrendLacks(lacks, hour.run_id if hour else None, recent.unread)


def poll_of_the_hour(target: Target, gaps: Sequence[TrendGap]) -> PollOfTheHour | None:
    """The study's poll that is due now, None if the study asks for no trends; nothing is read where no gap needs it."""
    of_study = [gap for gap in gaps if gap.of_study]
    settings = _settings(target) if of_study else None
    if settings is None:
        return None
    refused = any(gap.gap.reason in OF_CREDENTIALS for gap in of_study)
    return PollOfTheHour(
        run_id=study_run_id(*poll_of(target.clock.now(), settings.polls_per_day)),
        asked=frozenset(lists_of(settings).lists),
        credentials=current_version(target, target.stack.trend_credentials_secret) if refused else None,
    )


def why_not(gap: TrendGap, hour: PollOfTheHour | None, *, later: bool) -> str:
    """Why sending the study's event does not help, in words; empty where it may.

    Args:
        gap: What is missing.
        hour: The poll that the event would work.
        later: Whether a later poll has asked for the list, too.
    """
    if later:
        return "a later poll has asked for it"
    if not gap.of_study or gap.outcome is None:
        return gap.to_do
    if hour is None:
        return "the study asks for no trends now"
    if gap.asked not in hour.asked:
        return "the study does not ask for it any more"
    return _why_not_by_asking(gap, gap.outcome, hour)


def _why_not_by_asking(gap: TrendGap, outcome: ListOutcome, hour: PollOfTheHour) -> str:
    reason, changed = gap.gap.reason, gap.poll.credentials != hour.credentials
    of_the_hour = gap.poll.run_id == hour.run_id
    # Where its poll is over, the event begins the next one, which asks for everything anew.
    tried_anew = reason in UNLIMITED | TRIED_AGAIN or (changed and reason in OF_CREDENTIALS)
    if outcome.is_open(new_credentials=changed) if of_the_hour else tried_anew:
        return ""
    return "three ticks have tried it; the next poll asks anew" if reason in TRIED_AGAIN else gap.to_do


def _settings(target: Target) -> TrendSettings | None:
    try:
        current = StudyFiles(Unwritten(target.aws.s3, target.stack.bucket)).current()
    except InvalidRequest:  # no study file has ever been valid: nothing is asked for
        return None
    return current.read.study.trends if current else None
