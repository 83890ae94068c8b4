"""What people's commands show of the checks: `lake/status.json`, numbers and sentences without ids or names."""

from typing import Final

import msgspec

from tiktok_collector.documents import well_read
from tiktok_collector.lake.objects import ObjectStore
from tiktok_lake.deletion.certificate import Certificate
from tiktok_lake.keys import STATUS
from tiktok_lake.refresh.rounds import Round

_VERSION: Final = 1
_MOST_DELETIONS: Final = 50


class RoundStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A round that is under way.

    Attributes:
        run_id: Its name.
        began_at: UTC.
        phase: `checking`, `deleting` or `held`.
        asked: How many it asks for, by kind.
        answered: Of how many steps the answer is there, and how many there are.
        held: Why answers are not believed, a sentence each.
        held_until: Until when a person may say that they are to be.
    """

    run_id: str
    began_at: str
    phase: str
    asked: dict[str, int]
    answered: tuple[int, int]
    held: list[str] = []
    held_until: str = ""


class DeletionStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A deletion that has ended.

    Attributes:
        run_id: Of the round, or of the purge.
        rule: `refresh`, `purge` or `retention`.
        ended_at: UTC.
        checked: How many were checked, by kind.
        ids: How many videos, comments and accounts are gone.
        rows: How much is gone, by place and kind.
        certificate: Its key.
    """

    run_id: str
    rule: str
    ended_at: str
    checked: dict[str, int]
    ids: dict[str, int]
    rows: dict[str, dict[str, int]]
    certificate: str


class LakeStatus(msgspec.Struct, kw_only=True):
    """How far the duty to check is kept.

    Attributes:
        version: Of this form.
        at: When this was found, UTC.
        interval_days: So often everything is checked.
        due: What should be checked now, by kind.
        late: What of it is over the interval.
        next_due: When the next falls due, UTC; empty where nothing is kept.
        way: `batch_compliance`, or `asked_again` where the client has no access to it.
        no_access_since: Since when, UTC.
        no_access_why: What TikTok says.
        requests_today: What checks have taken of the quota today, and the most that they may.
        rounds: What is under way.
        deletions: The last ones, the newest first.
        notes: What else a person should know.
    """

    version: int = _VERSION
    at: str = ""
    interval_days: int = 15
    due: dict[str, int] = {}
    late: dict[str, int] = {}
    next_due: str = ""
    way: str = "batch_compliance"
    no_access_since: str = ""
    no_access_why: str = ""
    requests_today: tuple[int, int] = (0, 0)
    rounds: list[RoundStatus] = []
    deletions: list[DeletionStatus] = []
    notes: list[str] = []


_STATUS: Final = msgspec.json.Decoder(LakeStatus)


def read_status(objects: ObjectStore) -> LakeStatus:
    """What was stored last; an empty status where there is none, or none that can be read."""
    data = objects.get_bytes(STATUS)
    try:
        return LakeStatus() if data is None else well_read(_STATUS.decode, data)
    except msgspec.DecodeError:
        return LakeStatus()


def write_status(objects: ObjectStore, status: LakeStatus) -> None:
    """Stores it."""
    objects.put_json(STATUS, status)


def round_status(found: Round) -> RoundStatus:
    """What is told of a round."""
    first = [each for each in found.steps if not each.confirms]
    asked: dict[str, int] = {}
    for step in first:
        asked[step.kind] = asked.get(step.kind, 0) + step.asked
    return RoundStatus(
        run_id=found.run_id,
        began_at=found.began_at,
        phase=found.phase,
        asked=asked,
        answered=(sum(each.state.ended for each in found.steps), len(found.steps)),
        held=list(found.held.values()),
        held_until=found.held_until,
    )


def with_deletion(status: LakeStatus, key: str, certificate: Certificate) -> None:
    """Adds a deletion, once."""
    ids = certificate.ids
    new = DeletionStatus(
        run_id=certificate.run_id,
        rule=certificate.rule,
        ended_at=certificate.ended_at,
        checked=certificate.checked,
        ids={
            name: number
            for name, number in (
                ("videos", len(ids.videos)),
                ("comments", len(ids.comments)),
                ("accounts", len(ids.accounts)),
            )
            if number
        },
        rows=certificate.deleted,
        certificate=key,
    )
    others = [each for each in status.deletions if each.certificate != key]
    status.deletions = [new, *others][:_MOST_DELETIONS]
