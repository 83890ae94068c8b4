"""What a round asks: files for Batch Compliance, or videos and profiles asked for again."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import batched

from tiktok_collector.research_api.compliance import MOST_IDS
from tiktok_lake.refresh.asking_again import affordable
from tiktok_lake.refresh.kinds import Kind
from tiktok_lake.refresh.rounds import Round, RoundStore, Step, Way


def planned(
    found: Round,
    rounds: RoundStore,
    due: Mapping[Kind, Sequence[int | str]],
    *,
    batches: bool,
    requests: int,
    today: date,
) -> Round:
    """Stores what the steps of a new round ask for, and then the round; may be done again after a kill.

    Args:
        found: The round, without steps.
        rounds: Where rounds are.
        due: What is due, the most urgent first.
        batches: Whether Batch Compliance can be used; if not, comments go with their videos.
        requests: How many may be sent today; of what they cannot ask, nothing is in the round.
        today: UTC.
    """
    for step, ids in _steps(due, batches=batches, requests=requests, today=today):
        rounds.put_ids(found, step.name, ids)
        found.steps.append(step)
    rounds.save(found)
    return found


def _steps(
    due: Mapping[Kind, Sequence[int | str]], *, batches: bool, requests: int, today: date
) -> Iterator[tuple[Step, list[int | str]]]:
    left = requests
    accounts = list(due.get(Kind.ACCOUNTS, ()))[: max(0, left)]
    if accounts:
        left -= len(accounts)
        yield Step(name=Kind.ACCOUNTS, kind=Kind.ACCOUNTS, way=Way.AGAIN, asked=len(accounts)), accounts
    if batches:
        for kind in (Kind.VIDEOS, Kind.COMMENTS):
            for number, ids in enumerate(batched(due.get(kind, ()), MOST_IDS, strict=False), start=1):
                yield Step(name=f"{kind}-{number:03d}", kind=kind, way=Way.BATCH, asked=len(ids)), list(ids)
        return
    numbers = [each for each in due.get(Kind.VIDEOS, ()) if isinstance(each, int)]
    if videos := affordable(numbers, left, today):
        yield Step(name=Kind.VIDEOS, kind=Kind.VIDEOS, way=Way.AGAIN, asked=len(videos)), list(videos)
