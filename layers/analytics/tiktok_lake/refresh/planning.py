"""What a round asks: files for Batch Compliance, or videos and profiles asked for again."""

from collections.abc import Mapping, Sequence
from itertools import batched

from tiktok_collector.research_api.compliance import MOST_IDS
from tiktok_lake.refresh.kinds import Kind
from tiktok_lake.refresh.rounds import Round, RoundStore, Step, Way


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
