"""What a month on AWS would be billed for, with the quotas used in full every day: counted, and scaled to 30 days.

    python -m benchmarks.monthly_cost [percent [file]]

The real collector works a day's quota against the sandbox, over fakes of AWS that count as AWS bills (`metered.py`);
then one tick of the worker that finds nothing to do and one hour's accounting are measured, with the tables and the
bucket as full as days of such work make them. By default a tenth of the quota; the file takes the counts as JSON.
`monthly_cost.json` beside this module is of 100 per cent; `cli/pricing.py` turns it into dollars.
"""

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from math import ceil
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from benchmarks.collector import Collector, over_fakes, sandbox_token
from benchmarks.metered import Meter, MeteredDynamoDB, MeteredS3
from benchmarks.processes import Child, last_day, serve_tiktok
from cli.pricing import PRICES, Counts, monthly_cost, total
from tiktok_collector.accounting.forecasting import Forecasting
from tiktok_collector.accounting.gauge_values import GaugeReader
from tiktok_collector.accounting.quota_accounting import QuotaAccounting
from tiktok_collector.accounting.stored_pages import StoredPages
from tiktok_collector.clock import SystemClock, utc_day
from tiktok_collector.collection.services import CollectionServices
from tiktok_collector.quota.budget import Budget
from tiktok_collector.quota.families import RESEARCH_API, Family
from tiktok_collector.quota.ledger import QuotaLedger
from tiktok_collector.research_api.client import ResearchApiClient
from tiktok_collector.research_api.endpoints import ENDPOINTS
from tiktok_collector.tokens.lease import TokenLease

FIGURES: Final = Path(__file__).with_name("monthly_cost.json")
RESEARCH: Final = 1_000
FOLLOWERS: Final = 20_000
DAYS: Final = 30
THREADS: Final = 8
TICKS_A_DAY: Final = 144
HOURLY: Final = 24
"""Of accounting, of the token's refresh and of trends."""
SECONDS_A_REQUEST: Final = 1.0
"""Assumed of TikTok, whose latency decides how long a function waits; with the calls to AWS."""
SECONDS_A_TICK: Final = 2.0
SECONDS_AN_ACCOUNT: Final = 8.0
SECONDS_OF_OTHERS: Final = 2.0
_GB: Final = 1_000_000_000
_FUNCTION_GB: Final = 0.5
_HISTORY_DAYS: Final = 90
_ENTRIES_KEPT: Final = 400
_TASKS_KEPT: Final = 35
_EXPORTS_KEPT: Final = 30
_YEAR: Final = 365
_PARTITIONS_LISTED: Final = 12
_LINE_BYTES: Final = 450
"""Of a log line, beside what it says: time, level, function, its memory and request id."""
_INVOCATION_LINES: Final = 1_500
"""Bytes of Lambda's own lines of an invocation."""
_SECRET_CALLS_A_DAY: Final = TICKS_A_DAY * 2 + HOURLY * 4
_LEASE_WRITES_A_DAY: Final = HOURLY * 4
_METRICS: Final = 10


class Scenario(NamedTuple):
    """What is collected: of how many accounts a per cent of the quota, what, and how long their lists are."""

    accounts_a_percent: float
    include: list[str]
    followers: int
    limits: tuple[int, int]


_RESEARCH_STREAMS: Final = ["profile", "videos", "pinned", "liked", "reposted"]
SCENARIOS: Final = {
    "research": Scenario(1.05, _RESEARCH_STREAMS, 0, (RESEARCH, 0)),
    "both": Scenario(2.1, [*_RESEARCH_STREAMS, "followers"], 10_000, (RESEARCH, FOLLOWERS)),
    "followers, lists of ten pages": Scenario(20, ["followers"], 990, (0, FOLLOWERS)),
    "followers, lists of one page": Scenario(200, ["followers"], 90, (0, FOLLOWERS)),
}


class CountingLog:
    """A log that counts the bytes of its lines."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter

    def info(self, msg: object, /, *, extra: Mapping[str, object]) -> None:
        """Counts a line."""
        self._meter.add("log_bytes", len(json.dumps({"message": msg, **extra}, default=str)) + _LINE_BYTES)

    warning = info


def measure(scenario: Scenario, percent: int) -> Counts:
    """The counts of a month in which every day is like the one that is played."""
    accounts = [_account(number, scenario) for number in range(ceil(scenario.accounts_a_percent * percent))]
    with Child(serve_tiktok, accounts, _HISTORY_DAYS, {}) as tiktok:
        return _played(scenario, percent, tiktok.receive(), [str(account["username"]) for account in accounts])


def _played(scenario: Scenario, percent: int, url: str, usernames: list[str]) -> Counts:
    meter, clock = Meter(), SystemClock()
    dynamodb, s3 = MeteredDynamoDB(meter), MeteredS3(meter)
    client = ResearchApiClient(url, clock)
    services = _limited(
        over_fakes(client, threads=THREADS, token=sandbox_token(url), dynamodb=dynamodb, s3=s3),
        dynamodb,
        [max(1, limit * percent // 100) for limit in scenario.limits],
    )
    collector, log = Collector(services, CountingLog(meter)), meter.sums
    _an_hour(services, dynamodb, meter)  # the first one ever, which looks for a history
    empty = _an_hour(services, dynamodb, meter)
    event = {
        "usernames": usernames,
        "include": scenario.include,
        "start_date": f"{last_day() - timedelta(days=_HISTORY_DAYS - 1)}",
        "end_date": f"{last_day()}",
        "playlists": False,
    }
    day = utc_day(clock.now())
    before = dict(log)
    collector.extract(event, "day")
    worked = _difference(log, before)
    used = {family: services.ledger.usage(day, family).used for family in (Family.RESEARCH, Family.FOLLOWERS)}
    before = dict(log)
    collector.resume(time_left=timedelta(minutes=15))
    tick = _difference(log, before)
    stored = {
        "usage": dynamodb.stored_bytes("usage-log"),
        "tasks": dynamodb.stored_bytes("tasks"),
        "raw": s3.stored_bytes("raw/"),
        "exports": s3.stored_bytes("exports/") + s3.stored_bytes("manifests/"),
    }
    _fill_the_past(dynamodb, s3, day)
    loaded = _an_hour(services, dynamodb, meter)
    scale = 100 / percent
    daily = {
        name: scale * worked.get(name, 0)
        + TICKS_A_DAY * tick.get(name, 0)
        + HOURLY * (empty.get(name, 0) + scale * (loaded.get(name, 0) - empty.get(name, 0)))
        for name in ("s3_writes", "s3_reads", "table_writes", "table_reads", "log_bytes")
    }
    print({"used": used, "worked": worked, "tick": tick, "hour": loaded, "empty hour": empty, "stored": stored})
    return _month(daily, {name: scale * size for name, size in stored.items()}, scale * sum(used.values()))


def _limited(services: CollectionServices, dynamodb: Any, limits: list[int]) -> CollectionServices:
    budgets = {family: Budget(limit, 0) for family, limit in zip(RESEARCH_API, limits, strict=True)}
    ledger = QuotaLedger(dynamodb, "usage-log", budgets, services.clock, turn_of_day=timedelta())
    return replace(services, ledger=ledger, budgets=budgets)


def _an_hour(services: CollectionServices, dynamodb: Any, meter: Meter) -> dict[str, float]:
    """What one invocation of `quota_accounting` uses."""
    families = {endpoint.entity: endpoint.family for endpoint in ENDPOINTS.values()}
    forecasting = Forecasting(services.runs, services.tasks, services.objects)
    accounting = QuotaAccounting(
        services.ledger, StoredPages(services.pages, families), services.objects, forecasting, services.clock
    )
    token = TokenLease(dynamodb, "tasks", services.clock)
    before = dict(meter.sums)
    report = GaugeReader(objects=services.objects, runs=services.runs, token=token).read(accounting.run())
    meter.add("log_bytes", len(msgspec.json.encode(report)))
    return _difference(meter.sums, before)


def _fill_the_past(dynamodb: MeteredDynamoDB, s3: MeteredS3, day: str) -> None:
    """Makes the days before look like this one: two of the ledger, and as many of the bucket as are listed."""
    for ago in range(1, _PARTITIONS_LISTED + 1):
        earlier = (date.fromisoformat(day) - timedelta(days=ago)).isoformat()
        s3.copy_objects("raw/", f"dt={day}", f"dt={earlier}")
        if ago <= 2:
            dynamodb.copy_partitions("usage-log", day, earlier)


def _month(daily: dict[str, float], stored: dict[str, float], requests: float) -> Counts:
    invocations = 2 + TICKS_A_DAY + 3 * HOURLY
    seconds = (
        requests * SECONDS_A_REQUEST / THREADS
        + TICKS_A_DAY * SECONDS_A_TICK
        + HOURLY * (SECONDS_AN_ACCOUNT + 2 * SECONDS_OF_OTHERS)
    )
    tables = stored["usage"] * _ENTRIES_KEPT + stored["tasks"] * _TASKS_KEPT
    template = Path("template.yaml").read_text(encoding="utf-8")
    return Counts(
        s3_writes=daily["s3_writes"] * DAYS,
        s3_reads=daily["s3_reads"] * DAYS,
        s3_gb=round((stored["raw"] * _YEAR + stored["exports"] * _EXPORTS_KEPT) / _GB, 3),
        table_writes=(daily["table_writes"] + _LEASE_WRITES_A_DAY) * DAYS,
        table_reads=daily["table_reads"] * DAYS,
        table_gb=round(tables / _GB, 3),
        table_backup_gb=round(tables / _GB, 3),
        lambda_gb_seconds=round(seconds * _FUNCTION_GB * DAYS),
        invocations=invocations * DAYS,
        schedules=invocations * DAYS,
        secrets=_resources(template, "AWS::SecretsManager::Secret"),
        secret_calls=_SECRET_CALLS_A_DAY * DAYS,
        metrics=_METRICS,
        alarms=_resources(template, "AWS::CloudWatch::Alarm"),
        dashboards=_resources(template, "AWS::CloudWatch::Dashboard"),
        logs_gb=round((daily["log_bytes"] + invocations * _INVOCATION_LINES) * DAYS / _GB, 3),
    )


def _resources(template: str, kind: str) -> int:
    return len(re.findall(rf"^    Type: {kind}$", template, re.MULTILINE))


def _difference(after: Mapping[str, float], before: Mapping[str, float]) -> dict[str, float]:
    return {name: value - before.get(name, 0) for name, value in after.items()}


def _account(number: int, scenario: Scenario) -> dict[str, object]:
    lists: dict[str, object] = {"videos": 240, "liked": 300, "reposted": 120, "pinned": 3}
    if scenario.include == ["followers"]:
        lists = {"videos": 1}
    return {"username": f"account{number}", **lists, "followers": scenario.followers}


def main() -> None:
    """Measure all scenarios, print them, and write the counts if a file is named."""
    percent = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    found = {}
    for name, scenario in SCENARIOS.items():
        # Short lists are many accounts: a tenth of them says the same.
        found[name] = measure(scenario, percent if scenario.include != ["followers"] else max(1, percent // 10))
        lines = monthly_cost(found[name])
        print(f"{name}: {total(lines)[0]:.2f} dollars, {total(lines)[1]:.2f} without what is always free")
        for line in lines:
            print(f"  {line.item:40} {line.quantity:14,.1f} {line.dollars:8.2f} {line.dollars_without_free:8.2f}")
    assert set(PRICES) == set(Counts.__struct_fields__)
    if len(sys.argv) > 2:
        Path(sys.argv[2]).write_bytes(msgspec.json.format(msgspec.json.encode(found)) + b"\n")


if __name__ == "__main__":
    main()
