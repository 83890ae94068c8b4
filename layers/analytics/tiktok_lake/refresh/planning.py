"""What a round asks: files for Batch Compliance, or videos and profiles asked for again."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import batched
from typing import Final

from tiktok_collector.clock import iso
from tiktok_collector.research_api.compliance import MOST_IDS
from tiktok_lake.refresh.asking_again import sample
from tiktok_lake.refresh.kinds import Kind
from tiktok_lake.refresh.rounds import Round, RoundStore, Step, Way
from tiktok_lake.refresh.terms import Terms

SECOND_TASK_AFTER: Final = timedelta(minutes=30)
_SAMPLE_REQUESTS: Final = 3


def planned(found: Round, rounds: RoundStore, chosen: Mapping[Kind, Sequence[int | str]], *, batches: bool) -> Round:
    """Stores what the steps of a new round ask for, and then the round; may be done again after a kill.

    Args:
        found: The round, without steps.
        rounds: Where rounds are.
        chosen: What is to be asked, the most urgent first.
        batches: Whether videos and comments go to Batch Compliance.
    """
    for kind, ids in chosen.items():
        if kind is Kind.ACCOUNTS or not batches:
            _add(found, rounds, Step(name=kind, kind=kind, way=Way.AGAIN, asked=len(ids)), ids)
            continue
        for number, some in enumerate(batched(ids, MOST_IDS, strict=False), start=1):
            _add(found, rounds, Step(name=f"{kind}-{number:03d}", kind=kind, way=Way.BATCH, asked=len(some)), some)
    if found.steps:
        rounds.save(found)
    return found


def _add(found: Round, rounds: RoundStore, step: Step, ids: Sequence[int | str]) -> None:
    if ids:
        rounds.put_ids(found, step.name, ids)
        found.steps.append(step)


def seconds(
    found: Round, step: Step, ids: list[int | str], rounds: RoundStore, *, now: datetime, terms: Terms
) -> list[Step]:
    """Stores what is asked to confirm the answer of `step` about `ids`; returns the steps."""
    after = SECOND_TASK_AFTER if step.way is Way.BATCH else terms.second_after
    second = Step(
        name=f"{step.name}-second",
        kind=step.kind,
        way=step.way,
        asked=len(ids),
        not_before=iso(now + after),
        confirms=step.name,
    )
    rounds.put_ids(found, second.name, ids)
    if step.way is not Way.BATCH or step.kind is not Kind.VIDEOS:
        return [second]
    some = sample([each for each in ids if isinstance(each, int)], _SAMPLE_REQUESTS, now.date())
    asked = Step(name=f"{step.name}-sample", kind=step.kind, way=Way.AGAIN, asked=len(some), confirms=step.name)
    rounds.put_ids(found, asked.name, some)
    return [second, asked]
