"""A deletion killed after calls that change something, and then gone on with: the end is the same."""

from collections.abc import Iterator
from typing import Any

import boto3
import msgspec
import pytest
from moto import mock_aws

from tests.integration.deletion.small import ANN, BEN, HERS, HIS, PEOPLE, SmallStore
from tests.support.kills import some
from tiktok_lake.deletion.certificate import Certificate, Rule
from tiktok_lake.deletion.doomed import Doomed
from tiktok_lake.deletion.orders import Order

PURGE = Order(run_id="order", rule=Rule.PURGE, scope="account", doomed=Doomed(accounts=frozenset([ANN])))
REFRESH = Order(
    run_id="order",
    rule=Rule.REFRESH,
    doomed=Doomed(videos=frozenset([HERS[0], HIS[1]]), comments=frozenset([HIS[0] + 100])),
    checked={"videos": 8},
    still_valid={"videos": 6},
)


@pytest.fixture(scope="module")
def small() -> Iterator[SmallStore]:
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        yield SmallStore(boto3.client("s3", region_name="us-east-1"), boto3.client("dynamodb", region_name="us-east-1"))


def killed_at(small: SmallStore, order: Order, *calls: int) -> list[Certificate]:
    """Begins an order and kills each invocation after so many calls; then one is left in peace. Its certificates."""
    small.restore()
    for fatal in calls:
        with small.saboteur.watching(fatal):
            small.deletion().begin(order)
            small.finish()
        # The lease of whoever was killed has run out.
        small.store.clock.advance(minutes=17)
    small.deletion().begin(order)
    assert small.finish().left == 0
    return small.certificates()


def told(certificates: list[Certificate]) -> list[dict[str, Any]]:
    """What the certificates say but for the times."""
    return [msgspec.to_builtins(msgspec.structs.replace(each, began_at="", ended_at="")) for each in certificates]


def state_of(small: SmallStore) -> dict[str, str]:
    """What is stored, by place, but for certificates and orders, which tell times."""
    return {place: each for place, each in small.digests() if not place.startswith(("reports/", "lake"))}


def undisturbed(small: SmallStore, order: Order) -> tuple[list[dict[str, Any]], dict[str, str], int]:
    """The certificates, what is stored, and how many calls it took."""
    small.restore()
    with small.saboteur.watching(None):
        small.deletion().begin(order)
        small.finish()
    return told(small.certificates()), state_of(small), len(small.saboteur.calls)


EVERY = 14


@pytest.mark.parametrize(("order", "every"), [(PURGE, EVERY), (REFRESH, 2 * EVERY)], ids=["purge", "refresh"])
def test_killed_anywhere_once_or_twice_it_ends_the_same(small: SmallStore, order: Order, every: int) -> None:
    certificates, stored, calls = undisturbed(small, order)
    assert calls > 10
    for fatal in some(range(1, calls + 1), every):
        # Now and then the one that goes on is killed, too.
        kills = (fatal,) if fatal % 2 else (fatal, 1 + (7 * fatal) % calls)
        assert told(killed_at(small, order, *kills)) == certificates, kills
        assert state_of(small) == stored, kills


def test_a_purge_takes_all_and_leaves_what_an_open_run_still_reads(small: SmallStore) -> None:
    (certificate,) = killed_at(small, PURGE)
    pseudonym = PEOPLE.of_name(ANN)
    open_page = {place for place in small.places_of(ANN) if place.startswith("raw/") and "run=open" in place}
    assert len(open_page) == 1
    assert small.places_of(ANN, *HERS) - open_page == {"lake/deletions/order-rest1.json.gz"}
    assert small.places_of(pseudonym) == {"reports/deletions/dt=2026-11-20/order.json"}
    assert certificate.deleted == {
        "documents": {"manifests": 2, "studies": 1, "trends": 2},
        "exports": {"files": 1, "of another form": 1, "rows": 1},
        "other files": {"answers to queries": 1, "files of imports": 1},
        "raw pages": {"objects": 4},
        "row store": {"comments": 1, "quarantine": 1, "video_stats": 4, "videos": 4},
        "table of tasks": {"items": 1},
    }
    assert certificate.changed["table of tasks"] == {"items": 1}
    assert certificate.changed["row store"] == {"comments": 1, "videos": 1}
    assert "runs that have not ended" in certificate.left_over[0]
    assert "open" in certificate.left_over[0]
    # What others wrote stays, without her name.
    assert small.places_of("[deleted] look")
    assert small.places_of(BEN, *HIS)


def test_what_had_to_wait_goes_when_the_run_has_ended_with_a_certificate_of_its_own(small: SmallStore) -> None:
    killed_at(small, PURGE)
    assert small.finish().waiting == 1
    small.store.end("open")
    deleted = small.finish()
    assert (deleted.left, deleted.waiting) == (0, 0)
    (rest,) = deleted.certificates.values()
    assert rest.run_id == "order-rest1"
    assert rest.deleted == {"raw pages": {"objects": 1}}
    assert small.places_of(ANN, *HERS) == set()


def test_only_files_with_doomed_rows_are_written(small: SmallStore) -> None:
    small.restore()
    before = {each["Key"]: each["ETag"] for each in small.s3.list_objects_v2(Bucket="lake")["Contents"]}
    (certificate,) = killed_at(small, Order(run_id="order", rule=Rule.REFRESH, doomed=Doomed(comments=frozenset([1]))))
    after = {each["Key"]: each["ETag"] for each in small.s3.list_objects_v2(Bucket="lake")["Contents"]}
    assert {key for key in after if before.get(key) != after[key]} == {"reports/deletions/dt=2026-11-20/order.json"}
    assert certificate.deleted == {}


@pytest.mark.parametrize("data", [b"{", b"[" * 100_000], ids=["broken off", "nested too deeply"])
def test_a_document_that_cannot_be_read_is_left_and_named(small: SmallStore, data: bytes) -> None:
    small.restore()
    key = "manifests/run=damaged.json"
    small.store.files.objects.put_bytes(key, data + f'"{ANN}"'.encode())
    small.deletion().begin(PURGE)
    assert small.finish().left == 0
    (certificate,) = small.certificates()
    assert f"{key} cannot be read, and may name what was deleted; look at it and remove it." in certificate.left_over
    assert key in small.places_of(ANN)


def test_a_certificate_says_what_was_checked_and_names_nobody(small: SmallStore) -> None:
    (certificate,) = killed_at(small, REFRESH)
    assert (certificate.checked, certificate.still_valid) == ({"videos": 8}, {"videos": 6})
    assert certificate.ids.videos == sorted(PEOPLE.of_id(each) for each in (HERS[0], HIS[1]))
    text = msgspec.json.encode(certificate).decode()
    assert not [each for each in (ANN, BEN, *HERS, *HIS, HIS[0] + 100) if str(each) in text]
    assert certificate.deleted["row store"] == {"comments": 2, "video_stats": 2, "videos": 2}


def test_an_invocation_that_runs_out_of_time_leaves_the_rest_to_the_next(small: SmallStore) -> None:
    certificates, stored, _ = undisturbed(small, PURGE)
    small.restore()
    small.deletion().begin(PURGE)
    assert small.finish(seconds=5).left == 1
    assert small.finish().left == 0
    assert told(small.certificates()) == certificates
    assert state_of(small) == stored
