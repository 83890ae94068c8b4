"""Today's quota: what the ledger says, what it has settled, and what the sandbox counted."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from local_cloud.endpoint import Aws
from local_cloud.sandbox_process import Sandbox
from local_cloud.stack import Stack
from tiktok_collector.clock import SystemClock, utc_day
from tiktok_collector.quota.budget import Budget
from tiktok_collector.quota.families import RESEARCH_API, Family
from tiktok_collector.quota.ledger import QuotaLedger

_LIMITS = {Family.RESEARCH: "RESEARCH_DAILY_LIMIT", Family.FOLLOWERS: "FOLLOWERS_DAILY_LIMIT"}


@dataclass(frozen=True, slots=True)
class FamilyUsage:
    """One family's requests of one UTC day; `served` is None where the server does not tell."""

    day: str
    family: str
    used: int
    limit: int
    unknown: int
    served: int | None


def usage_today(aws: Aws, stack: Stack, sandbox: Sandbox | None) -> list[FamilyUsage]:
    """Today's use of the Research API's families, and of those of trends that were used.

    `unknown` counts reservations whose request has no known fate. The limit of a family of trends is the one that its
    last request was made under.
    """
    budgets = {family: Budget(limit) for family, limit in deployed_limits(aws, stack).items()}
    clock = SystemClock()
    ledger = QuotaLedger(aws.dynamodb, stack.usage_log_table, budgets, clock, turn_of_day=timedelta())
    day = utc_day(datetime.now(UTC))
    found = []
    for family in Family:
        usage = ledger.usage(day, family)
        if family not in RESEARCH_API and not usage.used:
            continue
        settled = [entry.outcome for entry in ledger.entries(day, family)]
        unknown = usage.used - sum(outcome != "unknown" for outcome in settled)
        served = sandbox.served(day, family).charged if sandbox else None
        found.append(FamilyUsage(day, family, usage.used, usage.limit, max(0, unknown), served))
    return found


def deployed_limits(aws: Aws, stack: Stack) -> dict[Family, int]:
    """Requests a UTC day by family, as the deployed worker has them in its environment."""
    configuration = aws.lambda_.get_function_configuration(FunctionName=stack.collection_worker)
    variables = configuration["Environment"]["Variables"]
    return {family: int(variables[name]) for family, name in _LIMITS.items()}
