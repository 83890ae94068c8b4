"""Reads what `status` shows: logs, schedules, tables, manifests, polls, checks and the queue of failed events."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cli import schedules
from cli.function_logs import FunctionHealth, health
from cli.run_states import RunSummary, ended_runs, open_runs
from cli.schedules import Schedule
from cli.target import Target
from cli.trend_gaps import TrendGaps, alike, missing, recent_polls
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.tokens.lease import TokenLease
from tiktok_lake.refresh.status import read_status

_LOOKED_BACK: Final = timedelta(hours=24)
_ENDED_RUNS: Final = 6
_QUEUE: Final = "FailedEventsQueueUrl"
_MESSAGES: Final = "ApproximateNumberOfMessages"


@dataclass(frozen=True)
class StackStatus:
    """How a stack is. `token_expires_at` and `dead_letters` are None where the stack does not tell them.

    `credentials_problem` is why TikTok refuses the client's current credentials; empty where nothing is known of that.
    `checks_late` is what the terms ask to be checked and is over the interval, by kind; `checks_held` are the rounds of
    checks whose answers are not believed.
    """

    stack: str
    region: str
    local: bool
    at: datetime
    functions: list[FunctionHealth]
    schedules: list[Schedule]
    open_runs: list[RunSummary]
    ended_runs: list[RunSummary]
    token_expires_at: datetime | None
    credentials_problem: str
    dead_letters: int | None
    trend_gaps: list[TrendGaps]
    checks_late: dict[str, int]
    checks_held: list[str]

    @property
    def paused(self) -> bool:
        """Whether no schedule of the stack is enabled."""
        return bool(self.schedules) and not any(each.enabled for each in self.schedules)

    @property
    def token_minutes(self) -> int | None:
        """Minutes until the access token ends, 0 where it has; None where that is not known."""
        if self.token_expires_at is None:
            return None
        return max(0, int((self.token_expires_at - self.at).total_seconds() // 60))

    @property
    def parked_tasks(self) -> int:
        """Tasks that wait for a time, in all open runs."""
        return sum(sum(each.parked.values()) for each in self.open_runs)


def status_of(target: Target) -> StackStatus:
    """How the stack is now; the questions are asked at once."""
    at = target.clock.now()
    objects = ObjectStore(target.aws.s3, target.stack.bucket)
    token = noted_token(target)
    _ = target.resources  # read once, before the threads would do so each
    with ThreadPoolExecutor(7) as pool:
        functions = pool.submit(health, target, at - _LOOKED_BACK)
        plans = pool.submit(schedules.read, target)
        running = pool.submit(open_runs, target)
        ended = pool.submit(ended_runs, objects, _ENDED_RUNS)
        letters = pool.submit(dead_letters, target)
        polls = pool.submit(recent_polls, objects, at)
        checks = pool.submit(read_status, objects)
        return StackStatus(
            stack=target.name,
            region=target.region,
            local=target.layout is not None,
            at=at,
            functions=functions.result(),
            schedules=plans.result(),
            open_runs=running.result(),
            ended_runs=ended.result(),
            token_expires_at=token.token_expires_at(),
            credentials_problem=trial.problem if (trial := token.trial()) else "",
            dead_letters=letters.result(),
            trend_gaps=alike(missing(polls.result().polls)),
            checks_late={kind: number for kind, number in checks.result().late.items() if number},
            checks_held=[each.run_id for each in checks.result().rounds if each.held],
        )


def noted_token(target: Target) -> TokenLease:
    """Where token_refresh notes when the access token ends, and what became of the credentials; no secret is read."""
    return TokenLease(target.aws.dynamodb, target.stack.tasks_table, target.clock)


def dead_letters(target: Target) -> int | None:
    """Events that could not be delivered or whose function failed, about; None without a queue."""
    if _QUEUE not in target.outputs:
        return None
    answer = target.aws.sqs.get_queue_attributes(QueueUrl=target.outputs[_QUEUE], AttributeNames=[_MESSAGES])
    return int(answer["Attributes"][_MESSAGES])
