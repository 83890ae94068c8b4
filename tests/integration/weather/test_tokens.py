"""Tokens that expire or are revoked while they are used."""

from typing import TYPE_CHECKING

from sandbox.world import AccountSpec, World
from tests.integration.collection.cloud import Cloud
from tests.integration.weather.support import (
    ACCOUNT,
    CALM,
    assert_everything_is_there,
    assert_ledger_is_right,
    event,
    ids,
    received,
    true_videos,
    weathered,
    world,
)

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

PAGES = 3


def grants(cloud: Cloud) -> int:
    return sum(record.endpoint == "token" for record in cloud.sandbox.requests())


def test_a_token_revoked_in_mid_run_costs_one_request_and_one_grant(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world(), settings=CALM, faults=[{"kind": "token_revoked", "after": 1, "times": 1}])
    manifest = weathered(cloud)
    assert_everything_is_there(cloud, manifest)
    assert received(cloud) == PAGES + 1
    assert grants(cloud) == 2
    assert_ledger_is_right(cloud)


def test_a_token_revoked_under_eight_threads_is_granted_again_once(make_cloud: "MakeCloud") -> None:
    threads = 8
    specs = [AccountSpec(f"account{number}", videos=8, days=60, pinned=1) for number in range(threads)]
    cloud = make_cloud(
        World.generate(seed=5, accounts=2, videos=2, days=90, specs=specs),
        settings=CALM,
        faults=[{"kind": "token_revoked", "after": 6, "times": 1}],
        threads=threads,
    )
    names = [spec.username for spec in specs]
    manifest = weathered(cloud, event(username=None, usernames=names, include=["profile", "videos", "pinned"]))
    assert manifest["status"] == "complete"
    assert received(cloud) <= 3 * len(names) + threads
    assert grants(cloud) == 2
    assert_ledger_is_right(cloud)


def test_a_token_that_expires_in_mid_run_is_replaced_before_it_is_refused(make_cloud: "MakeCloud") -> None:
    # Each rejected search id takes five seconds of the shared clock, and rests of minutes between.
    cloud = make_cloud(
        world(videos=1_600),
        settings={**CALM, "token_ttl_seconds": 900},
        faults=[{"kind": "search_id_rejected", "times": 20}],
    )
    manifest = weathered(cloud)
    assert_everything_is_there(cloud, manifest)
    assert not [record for record in cloud.sandbox.requests() if record.status == 401]
    assert grants(cloud) > 1
    assert_ledger_is_right(cloud)


def test_a_token_that_the_server_calls_expired_early_is_renewed(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world(), settings=CALM, faults=[{"kind": "token_expired", "after": 1, "times": 1}])
    manifest = weathered(cloud)
    assert_everything_is_there(cloud, manifest)
    assert received(cloud) == PAGES + 1
    assert_ledger_is_right(cloud)


def test_a_server_that_refuses_every_token_for_hours_costs_a_few_requests(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world(), settings=CALM, faults=[{"kind": "token_expired", "after": 1}])
    report = cloud.extract(event())
    assert report.parked == {"token_rejected": 1}
    for _ in range(18):
        cloud.clock.sleep(600)
        cloud.tick()
    # Two tokens a visit, and the visits grow to an hour apart.
    assert received(cloud) <= 1 + 2 * 6
    assert grants(cloud) <= 1 + 6
    cloud.sandbox.faults.clear()
    cloud.finish()
    assert_everything_is_there(cloud, cloud.manifest("storm"))
    assert_ledger_is_right(cloud)


def test_a_failed_request_before_does_not_keep_a_rejected_token_from_being_renewed(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(
        world(),
        settings=CALM,
        faults=[
            {"kind": "internal_error", "after": 1, "times": 1},
            {"kind": "token_revoked", "after": 2, "times": 1},
        ],
    )
    manifest = weathered(cloud)
    assert_everything_is_there(cloud, manifest)
    assert received(cloud) == PAGES + 2
    assert_ledger_is_right(cloud)


def test_a_token_endpoint_that_fails_costs_no_quota(make_cloud: "MakeCloud") -> None:
    cloud = make_cloud(world(), settings=CALM, faults=[{"kind": "reset_before", "endpoint": "token"}])
    report = cloud.extract(event())
    assert report.parked == {"no_token": 1}
    assert cloud.used() == 0
    for _ in range(6):
        cloud.clock.sleep(600)
        cloud.tick()
    assert cloud.used() == 0
    cloud.sandbox.faults.clear()
    cloud.finish()
    assert ids(cloud.export(ACCOUNT)["videos"]) == true_videos(cloud)
    assert received(cloud) == PAGES
    assert_ledger_is_right(cloud)
