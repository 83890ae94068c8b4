"""The certificate of a deletion: what was checked, what is gone, by which rule; no name and no id of anybody.

docs/deletion.md describes it, docs/deletion_certificate.schema.json is its schema.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import msgspec

from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.pseudonyms.people import METHOD, Pseudonyms
from tiktok_lake.deletion.doomed import Doomed
from tiktok_lake.keys import certificate_key

CERTIFICATE_VERSION: Final = 1


class Rule(StrEnum):
    """Why something was deleted."""

    REFRESH = "refresh"
    """TikTok does not return it any more."""
    PURGE = "purge"
    """A person asked for it."""
    RETENTION = "retention"
    """The study's `delete_after` is over."""


class HashedIds(msgspec.Struct, frozen=True, kw_only=True):
    """What was deleted, as keyed hashes: whoever has the key and an id can tell whether it is among them."""

    method: str
    key: str
    """Which key, as exports name it."""
    videos: list[str] = []
    comments: list[str] = []
    accounts: list[str] = []
    """The pseudonyms that exports have of them."""
    account_ids: list[str] = []


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """What one deletion did.

    Attributes:
        version: Of this form.
        run_id: The run that found it, or the purge.
        rule: Why.
        scope: What a purge was asked for: `account`, `study`, `before` with the day; empty for a refresh.
        began_at: UTC.
        ended_at: UTC.
        checked: How many were checked, by kind; of a refresh.
        still_valid: How many of these are still there.
        deleted: How much is gone, by place and kind.
        changed: What was kept without what is gone in it, by place and kind.
        ids: Keyed hashes of what is gone.
        left_over: What is still there, each with the reason, in sentences.
        notes: What else is to be said, such as the way in which it was checked.
    """

    version: int = CERTIFICATE_VERSION
    run_id: str
    rule: Rule
    scope: str = ""
    began_at: str
    ended_at: str
    checked: dict[str, int] = {}
    still_valid: dict[str, int] = {}
    deleted: dict[str, dict[str, int]] = {}
    changed: dict[str, dict[str, int]] = {}
    ids: HashedIds
    left_over: list[str] = []
    notes: list[str] = []


def hashed(doomed: Doomed, people: Pseudonyms) -> HashedIds:
    """The ids and names in `doomed` as keyed hashes, sorted."""
    return HashedIds(
        method=METHOD,
        key=people.key_id,
        videos=sorted(people.of_id(each) for each in doomed.videos),
        comments=sorted(people.of_id(each) for each in doomed.comments),
        accounts=sorted(people.of_name(each) for each in doomed.accounts | doomed.profiles),
        account_ids=sorted(people.of_id(each) for each in doomed.account_ids),
    )


def write_certificate(objects: ObjectStore, certificate: Certificate) -> str:
    """Stores the certificate; returns its key. The same one may be stored again."""
    key = certificate_key(certificate.began_at[:10], certificate.run_id)
    objects.put_json(key, certificate)
    return key


def in_order(counts: Iterable[tuple[str, str, int]]) -> dict[str, dict[str, int]]:
    """Numbers by place and kind, sorted, without zeros."""
    found: dict[str, dict[str, int]] = {}
    for place, kind, number in sorted(counts):
        if number:
            kinds = found.setdefault(place, {})
            kinds[kind] = kinds.get(kind, 0) + number
    return found
