"""Missing or wrong infrastructure: one sentence in the error and in the log, and after its repair the run completes."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from sandbox.world import AccountSpec, World
from tests.integration.collection.cloud import BUCKET, REGION, TASKS, USAGE_LOG, Cloud
from tests.integration.collection.deployed import Deployed, Outcome
from tests.support.tables import create_table

if TYPE_CHECKING:
    from tests.integration.collection.conftest import MakeCloud

SMALL = AccountSpec("small", videos=5, days=60, followers=3, following=2, liked=2, pinned=1)
EVENT = {"username": "small", "include": ["profile", "videos", "followers"], "run_id": "one"}
FORM = '{"client_key": "...", "client_secret": "..."}'


@pytest.fixture
def deployed(make_cloud: "MakeCloud", monkeypatch: pytest.MonkeyPatch) -> Deployed:
    world = World.generate(seed=3, accounts=2, videos=10, days=90, specs=[SMALL])
    return Deployed(make_cloud(world), monkeypatch)


def assert_one_sentence(outcome: Outcome, part: str) -> None:
    assert part in outcome.sentence
    assert "\n" not in outcome.sentence
    assert outcome.sentence in outcome.logged_errors
    assert "Traceback" not in outcome.sentence


def assert_complete(cloud: Cloud) -> None:
    manifest, export = cloud.manifest("one"), cloud.export("small")
    assert manifest["status"] == "complete"
    assert len(export["videos"]) == 5
    assert len(export["followers"]) == 3
    assert export["profile"]["follower_count"] == 3
    assert cloud.used() == cloud.sandbox.served(family="research").received


def lose_table(cloud: Cloud, name: str) -> None:
    cloud.dynamodb.delete_table(TableName=name)


def lose_bucket(cloud: Cloud) -> None:
    stored = cloud.keys()
    for key in stored:
        cloud.s3.delete_object(Bucket=BUCKET, Key=key)
    cloud.s3.delete_bucket(Bucket=BUCKET)


def make_bucket(cloud: Cloud) -> None:
    cloud.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})


def store(cloud: Cloud, text: str) -> None:
    cloud.secrets.put_secret_value(SecretId=cloud.client_secret, SecretString=text)


def spoil(cloud: Cloud, text: str) -> None:
    """Twice, so that there is no version before that could be fallen back on."""
    for _ in range(2):
        store(cloud, text)


def store_good(cloud: Cloud) -> None:
    store(cloud, json.dumps({"client_key": cloud.sandbox.client_key, "client_secret": cloud.sandbox.client_secret}))


@dataclass(frozen=True)
class Case:
    """What is broken, what is said about it, and how it is repaired."""

    name: str
    harm: Callable[[Cloud], object]
    sentence: str
    repair: Callable[[Cloud], object]


AT_THE_START = [
    Case(
        "no tasks table",
        lambda cloud: lose_table(cloud, TASKS),
        f"There is no table {TASKS}: deploy the stack (again), or correct the name in its settings.",
        lambda cloud: create_table(cloud.dynamodb, TASKS, "Tasks"),
    ),
    Case(
        "no usage log",
        lambda cloud: lose_table(cloud, USAGE_LOG),
        f"There is no table {USAGE_LOG}: deploy the stack (again), or correct the name in its settings.",
        lambda cloud: create_table(cloud.dynamodb, USAGE_LOG, "UsageLog"),
    ),
    Case(
        "no bucket",
        lose_bucket,
        f"There is no bucket {BUCKET}: deploy the stack (again), or correct the name in its settings.",
        make_bucket,
    ),
    Case("secret without its fields", lambda cloud: spoil(cloud, "{}"), f"store {FORM} in it.", store_good),
    Case("secret that is no JSON", lambda cloud: spoil(cloud, '{"client_key": '), f"store {FORM} in it.", store_good),
    Case(
        "empty credentials",
        lambda cloud: spoil(cloud, '{"client_key": "", "client_secret": ""}'),
        f"store {FORM} in it.",
        store_good,
    ),
    Case(
        "wrong credentials",
        lambda cloud: spoil(cloud, '{"client_key": "someone", "client_secret": "something"}'),
        "TikTok refuses the client credentials (invalid_client",
        store_good,
    ),
    Case(
        "no approval",
        lambda cloud: cloud.sandbox.faults.add("scope_missing"),
        "ask TikTok for the scope research.data.basic",
        lambda cloud: cloud.sandbox.faults.clear(),
    ),
]


@pytest.mark.parametrize("case", AT_THE_START, ids=lambda case: case.name)
def test_what_is_wrong_at_the_start_is_said_and_after_its_repair_the_run_completes(
    deployed: Deployed, case: Case
) -> None:
    cloud = deployed.cloud
    case.harm(cloud)
    assert_one_sentence(deployed.send("user_extraction", EVENT), case.sentence)
    case.repair(cloud)
    # Lambda delivers an asynchronous event again after a failure.
    again = deployed.send("user_extraction", EVENT)
    assert again.error is None
    deployed.finish()
    assert_complete(cloud)


UNDER_WAY = [case for case in AT_THE_START if case.name in {"no usage log", "no bucket", "no approval"}]


@pytest.mark.parametrize("case", UNDER_WAY, ids=lambda case: case.name)
def test_what_goes_wrong_under_way_is_said_by_the_worker_and_nothing_is_lost(deployed: Deployed, case: Case) -> None:
    cloud = deployed.cloud
    planned = deployed.send("user_extraction", EVENT, seconds=1)
    assert planned.error is None
    assert planned.report["requests"] == 0
    case.harm(cloud)
    cloud.clock.sleep(600)
    assert_one_sentence(deployed.send("collection_worker", {}), case.sentence)
    case.repair(cloud)
    deployed.finish()
    assert_complete(cloud)


def test_a_bucket_lost_after_pages_were_stored_is_a_recorded_failure_not_silence(deployed: Deployed) -> None:
    cloud = deployed.cloud
    assert deployed.send("user_extraction", EVENT).error is None
    assert_complete(cloud)
    lose_bucket(cloud)
    assert_one_sentence(deployed.send("user_extraction", {**EVENT, "run_id": "two"}), f"There is no bucket {BUCKET}")


def test_a_secret_without_a_value_is_said_to_be_empty(deployed: Deployed) -> None:
    cloud = deployed.cloud
    cloud.secrets.delete_secret(SecretId=cloud.client_secret, ForceDeleteWithoutRecovery=True)
    cloud.secrets.create_secret(Name="client")
    outcome = deployed.send("token_refresh", {})
    assert_one_sentence(outcome, f"is empty or does not exist: store {FORM} in it.")


def test_token_refresh_says_itself_what_is_wrong_with_its_surroundings(deployed: Deployed) -> None:
    cloud = deployed.cloud
    spoil(cloud, "not JSON")
    assert_one_sentence(deployed.send("token_refresh", {}), "does not hold the client's credentials")
    store_good(cloud)
    lose_table(cloud, TASKS)
    assert_one_sentence(deployed.send("token_refresh", {}), f"There is no table {TASKS}")
    create_table(cloud.dynamodb, TASKS, "Tasks")
    assert deployed.send("token_refresh", {}).report["refreshed"] is True


def test_a_corrupted_access_token_is_replaced_without_anybody_acting(deployed: Deployed) -> None:
    cloud = deployed.cloud
    cloud.secrets.put_secret_value(SecretId=cloud.token_secret, SecretString='{"access_token": "half')
    assert deployed.send("user_extraction", EVENT).report["state"] == "complete"
    assert_complete(cloud)


def test_a_list_without_its_scope_is_a_gap_that_the_report_explains(deployed: Deployed) -> None:
    cloud = deployed.cloud
    cloud.sandbox.faults.add("scope_missing", endpoint=["user/followers"])
    outcome = deployed.send("user_extraction", {**EVENT, "usernames": ["small", "sandbox_bruno"], "username": None})
    assert outcome.report["state"] == "complete_with_gaps"
    (problem,) = outcome.report["problems"]
    assert problem.startswith("followers refused: ")
    assert "ask TikTok for the scope research.data.basic, or leave this endpoint out" in problem
    # The first refusal is taken for all accounts.
    assert cloud.sandbox.served(endpoint="user/followers").received == 1
    small = next(account for account in cloud.manifest("one")["accounts"] if account["username"] == "small")
    assert not small["complete"]
    assert small["rows"]["videos"] == 5


def test_a_stuck_scope_costs_one_request_an_hour(deployed: Deployed) -> None:
    cloud = deployed.cloud
    cloud.sandbox.faults.add("scope_missing")
    deployed.send("user_extraction", EVENT)
    for _ in range(12):
        cloud.clock.sleep(600)
        deployed.send("collection_worker", {})
    assert cloud.sandbox.served(family="research").received == 3


@pytest.mark.parametrize("variable", ["TASKS_TABLE", "BUCKET", "RESEARCH_API_URL"])
def test_a_missing_setting_is_named(deployed: Deployed, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.delenv(variable)
    outcome = deployed.send("user_extraction", EVENT)
    assert_one_sentence(outcome, f"The environment variable {variable} is not usable: Field required. Set it in ")
