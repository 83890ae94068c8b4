"""A day's whole quota, 1,000 and 20,000 requests of 150 ms each, with 8 threads: how many invocations does it take?

    python -m benchmarks.full_quota [percent]

By default a tenth of it. More is asked for than the quota holds, so that what ends the work is the quota. The collector
has a process to itself, botocore's clients as in Lambda, and 900 seconds an invocation by the clock on the wall; the
sandbox, which counts by the same limits, and the fakes of AWS behind HTTP are processes of their own.
"""

import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection
from typing import Final

from benchmarks.processes import Child, environment, last_day, serve_aws, serve_tiktok

RESEARCH: Final = 1_000
FOLLOWERS: Final = 20_000
THREADS: Final = 8
LATENCY_SECONDS: Final = 0.15
INVOCATION: Final = timedelta(seconds=900)
MOST_INVOCATIONS: Final = 2
TENTH: Final = 10
_DAYS: Final = 90
_ACCOUNTS_A_PERCENT: Final = 2.1
"""Each of them has 100 pages of followers and 10 requests beside: a twentieth more than the limit of followers."""
_STREAMS: Final = ["profile", "videos", "pinned", "liked", "reposted", "followers"]


@dataclass(frozen=True, slots=True)
class Invocation:
    """Seconds by the clock on the wall and of CPU, and the requests that went out."""

    seconds: float
    cpu_seconds: float
    requests: int


@dataclass(frozen=True, slots=True)
class FullQuota:
    """What it took to use so many per cent of both limits."""

    percent: int
    invocations: list[Invocation]
    used: Mapping[str, int]

    @property
    def seconds(self) -> float:
        """Of all invocations together."""
        return sum(each.seconds for each in self.invocations)

    @property
    def projected(self) -> float:
        """Seconds that the whole quota would take at this speed."""
        return self.seconds * 100 / self.percent

    @property
    def ideal(self) -> float:
        """Seconds that the threads would take for these requests if nothing but TikTok's latency took time."""
        return sum(self.used.values()) * LATENCY_SECONDS / THREADS


def measure(percent: int = TENTH) -> FullQuota:
    """Collects until both limits are used up, in a process of its own."""
    limits = RESEARCH * percent // 100, FOLLOWERS * percent // 100
    accounts = [_account(number) for number in range(round(_ACCOUNTS_A_PERCENT * percent))]
    settings = {
        "latency_seconds": {"*": LATENCY_SECONDS},
        "research_quota": limits[0],
        "followers_quota": limits[1],
    }
    with Child(serve_aws) as aws, Child(serve_tiktok, accounts, _DAYS, settings) as tiktok:
        addresses = aws.receive(), tiktok.receive()
        with Child(_collect, *addresses, limits, [account["username"] for account in accounts]) as collector:
            found = collector.receive()
    invocations, used = found
    assert tuple(used.values()) == limits, f"not used up in {MOST_INVOCATIONS} invocations: {used}"
    return FullQuota(percent, invocations, used)


def _account(number: int) -> dict[str, object]:
    return {
        "username": f"account{number}",
        "videos": 240,
        "liked": 300,
        "reposted": 120,
        "pinned": 3,
        "followers": 10_000,
    }


def _collect(connection: Connection, aws: str, tiktok: str, limits: tuple[int, int], usernames: list[str]) -> None:
    os.environ.update(environment(aws, tiktok, limits), THREADS=str(THREADS))
    from benchmarks.collector import Collector, with_token  # noqa: PLC0415 - of this process alone
    from tiktok_collector.clock import utc_day  # noqa: PLC0415
    from tiktok_collector.collection.services import CollectionServices  # noqa: PLC0415
    from tiktok_collector.quota.families import Family  # noqa: PLC0415

    services = with_token(CollectionServices.build(os.environ), tiktok)
    collector, day = Collector(services), utc_day(services.clock.now())

    def used() -> dict[str, int]:
        return {family.value: services.ledger.usage(day, family).used for family in Family}

    event = {
        "usernames": usernames,
        "include": _STREAMS,
        "start_date": f"{last_day() - timedelta(days=_DAYS - 1)}",
        "end_date": f"{last_day()}",
        "playlists": False,
    }
    invocations: list[Invocation] = []
    while tuple(used().values()) != limits and len(invocations) < MOST_INVOCATIONS:
        before, began, cpu = sum(used().values()), time.monotonic(), time.process_time()
        if invocations:
            collector.resume(time_left=INVOCATION)
        else:
            collector.extract(event, "full-quota", time_left=INVOCATION)
        taken = time.monotonic() - began, time.process_time() - cpu
        invocations.append(Invocation(*taken, sum(used().values()) - before))
    connection.send((invocations, used()))


def main() -> None:
    """Print the figures."""
    found = measure(*map(int, sys.argv[1:2]))
    print(f"{found.percent} % of the quota: {dict(found.used)}")
    for number, each in enumerate(found.invocations, start=1):
        print(f"invocation {number}: {each.requests} requests in {each.seconds:.0f} s, {each.cpu_seconds:.0f} s of CPU")
    print(f"latency alone: {found.ideal:.0f} s; all of the quota at this speed: {found.projected:.0f} s")


if __name__ == "__main__":
    main()
