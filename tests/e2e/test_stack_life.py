"""A stack from its first deployment to its successor: its neighbour, an update, failing events, its end."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.e2e import work
from tests.e2e.deployed import FUNCTIONS, SECRETS, TABLES, Deployed
from tests.e2e.https_cloud import HttpsCloud
from tests.e2e.permissions import ALLOWED, calls_about
from tests.e2e.roles import DENIED, answers_to_role

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

NAME = "life"
RUN = "before-everything"
# What is asked for at first, and again wherever it must cost nothing.
EVENT = work.extraction("sandbox_bruno", RUN)


@dataclass(frozen=True)
class Data:
    """Everything that a stack keeps: the objects' entity tags, the tables' items, the secrets."""

    objects: Mapping[str, str]
    items: Mapping[str, Mapping[tuple[str, str], Any]]
    secrets: Mapping[str, tuple[str, str]]


def data_of(stack: Deployed) -> Data:
    return Data(
        stack.objects(), {table: stack.items(table) for table in TABLES}, {name: stack.secret(name) for name in SECRETS}
    )


def used(stack: Deployed) -> int:
    """The requests of today's counters of the Research API."""
    counters = [item for (_, sort), item in stack.items("usage_log").items() if sort == "counter"]
    return sum(int(counter["used"]["N"]) for counter in counters)


@pytest.fixture(scope="module")
def first(cloud: HttpsCloud) -> Deployed:
    """A stack that has collected something."""
    stack = cloud.deploy(NAME)
    assert stack.invoke("user_extraction", EVENT)["state"] == "complete"
    return stack


def test_two_stacks_of_an_account_share_nothing(first: Deployed, stack: Deployed) -> None:
    assert first.resources() & stack.resources() == set()
    # A number of days names nothing.
    named, also_named = ({value for value in each.outputs.values() if not value.isdigit()} for each in (first, stack))
    assert named & also_named == set()
    assert any(RUN in key[0] for key in first.items("tasks"))
    assert not any(RUN in key[0] for key in stack.items("tasks"))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_a_role_may_do_in_its_own_stack_it_may_not_in_another(
    first: Deployed, stack: Deployed, function: str
) -> None:
    there = {name: call for name, call in calls_about(stack).items() if name in ALLOWED[function]}
    answers = answers_to_role(first, function, there)
    assert answers
    assert {name: answer for name, answer in answers.items() if answer not in DENIED} == {}


@dataclass(frozen=True)
class Update:
    """A stack before and after an update of its code and its parameters, a KMS key among them."""

    before: Data
    code: Mapping[str, str]
    stack: Deployed
    key: str


@pytest.fixture(scope="module")
def updated(cloud: HttpsCloud, first: Deployed) -> Update:
    before, code = data_of(first), code_of_functions(first)
    entry = cloud.root / "functions" / "user_extraction" / "app.py"
    entry.write_text(entry.read_text() + "\n# A later version.\n")
    key = cloud.cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
    return Update(before, code, cloud.deploy(NAME, ResearchDailyLimit="900", KmsKeyArn=key), key)


def code_of_functions(stack: Deployed) -> dict[str, str]:
    return {name: stack.configuration(name)["CodeSha256"] for name in FUNCTIONS}


def test_an_update_replaces_code_and_parameters_and_keeps_all_data(updated: Update) -> None:
    assert data_of(updated.stack) == updated.before
    after = code_of_functions(updated.stack)
    assert {name for name in FUNCTIONS if after[name] != updated.code[name]} == {"user_extraction"}
    variables = updated.stack.configuration("collection_worker")["Environment"]["Variables"]
    assert variables["RESEARCH_DAILY_LIMIT"] == "900"


def test_a_key_of_ones_own_is_taken_by_an_update_and_leaves_the_key_of_pseudonyms_as_it_is(updated: Update) -> None:
    stack = updated.stack
    described = stack.secrets.describe_secret(SecretId=stack.outputs[SECRETS["pseudonym_key"]])
    assert described["KmsKeyId"] == updated.key
    assert stack.secret("pseudonym_key") == updated.before.secrets["pseudonym_key"]


def test_after_an_update_runs_go_on_from_where_they_were(cloud: HttpsCloud, updated: Update) -> None:
    assert_goes_on(cloud, updated.stack)
    assert updated.stack.secret("access_token") == updated.before.secrets["access_token"]


def assert_goes_on(cloud: HttpsCloud, stack: Deployed) -> None:
    """What is done costs nothing again, and what is new is counted on top of what was used."""
    spent, charged = used(stack), cloud.sandbox.served().charged
    assert stack.invoke("user_extraction", EVENT)["state"] == "complete"
    assert (used(stack), cloud.sandbox.served().charged) == (spent, charged)
    more = stack.invoke("user_extraction", work.extraction("sandbox_alice", work.run_id("more")))
    assert more["state"] == "complete"
    assert used(stack) - spent == more["requests"] == cloud.sandbox.served().charged - charged > 0


@pytest.fixture(scope="module")
def failures(updated: Update) -> dict[str, list[dict[str, Any]]]:
    """The messages in the queue of failed events by function, after each was sent an event that it refuses."""
    stack, queue = updated.stack, updated.stack.outputs["FailedEventsQueueUrl"]
    names = {stack.configuration(name)["FunctionArn"]: name for name in FUNCTIONS}
    for name in FUNCTIONS:
        event = json.dumps({"refused_by": name})
        stack.lambda_.invoke(
            FunctionName=stack.outputs[FUNCTIONS[name]], InvocationType="Event", Payload=event.encode()
        )
    found: dict[str, list[dict[str, Any]]] = {}
    deadline = time.monotonic() + 60
    sqs: Any = stack.cloud.client("sqs")
    while set(found) != set(FUNCTIONS):
        assert time.monotonic() < deadline, found
        received = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=2)
        for message in received.get("Messages", []):
            body = json.loads(message["Body"])
            found.setdefault(names[body["requestContext"]["functionArn"]], []).append(body)
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return found


@pytest.mark.parametrize("function", FUNCTIONS)
def test_an_event_that_fails_is_tried_again_as_configured_and_then_kept(
    updated: Update, failures: dict[str, list[dict[str, Any]]], function: str
) -> None:
    (message,) = failures[function]
    assert message["requestPayload"] == {"refused_by": function}
    assert message["requestContext"]["condition"] == "RetriesExhausted"
    assert message["responseContext"]["functionError"]
    sentence = message["responsePayload"]["errorMessage"]
    assert sentence.startswith("The event")
    logs: Any = updated.stack.cloud.client("logs")
    group = updated.stack.configuration(function)["LoggingConfig"]["LogGroup"]
    lines = [event["message"] for event in logs.filter_log_events(logGroupName=group)["events"]]
    tried = [line for line in lines if sentence in line and '"level":"ERROR"' in line]
    assert len(tried) == 1 + (0 if function == "collection_worker" else 1)


@dataclass(frozen=True)
class Legacy:
    """What a deleted stack was and had."""

    outputs: Mapping[str, str]
    data: Data
    used: int


@pytest.fixture(scope="module")
def deleted(cloud: HttpsCloud, updated: Update, failures: object) -> Legacy:
    assert failures
    stack = updated.stack
    legacy = Legacy(stack.outputs, data_of(stack), used(stack))
    cloud.delete(NAME)
    return legacy


def test_what_is_left_of_a_deleted_stack_is_its_bucket_and_its_tables(cloud: HttpsCloud, deleted: Legacy) -> None:
    left = Deployed(cloud.cloud, NAME)
    left.__dict__["outputs"] = deleted.outputs
    assert left.objects() == deleted.data.objects
    assert {table: left.items(table) for table in TABLES} == deleted.data.items
    for function in FUNCTIONS:
        assert code_of(lambda function=function: left.configuration(function)) == "ResourceNotFoundException"
    for secret in SECRETS:
        assert code_of(lambda secret=secret: left.secret(secret)) == "ResourceNotFoundException"
    assert code_of(lambda: left.s3.get_bucket_policy(Bucket=deleted.outputs["BucketName"])) == "NoSuchBucketPolicy"
    targets = [each["Target"]["Arn"] for each in cloud.cloud.client("scheduler").list_schedules()["Schedules"]]
    assert not [arn for arn in targets if arn.rpartition(":")[2].startswith(f"{NAME}-")]


@pytest.fixture(scope="module")
def successor(cloud: HttpsCloud, deleted: Legacy) -> Deployed:
    """A stack that takes over what was left, with the key that its user has put aside (docs/deploy.md)."""
    existing = {
        "ExistingBucket": deleted.outputs["BucketName"],
        "ExistingUsageLogTable": deleted.outputs["UsageLogTable"],
        "ExistingTasksTable": deleted.outputs["TasksTable"],
    }
    stack = cloud.deploy(NAME, **existing)
    _, key = deleted.data.secrets["pseudonym_key"]
    assert stack.secret("pseudonym_key")[1] != key
    # From a file, which ends with the line's end.
    stack.secrets.put_secret_value(SecretId=stack.outputs[SECRETS["pseudonym_key"]], SecretString=f"{key}\n")
    return stack


def test_a_new_stack_takes_over_what_was_left(deleted: Legacy, successor: Deployed) -> None:
    kept = ("BucketName", "UsageLogTable", "TasksTable")
    assert {name: successor.outputs[name] for name in kept} == {name: deleted.outputs[name] for name in kept}
    assert successor.objects() == deleted.data.objects
    assert {table: successor.items(table) for table in TABLES} == deleted.data.items
    assert used(successor) == deleted.used


def test_the_successor_goes_on_with_runs_counters_and_pseudonyms(cloud: HttpsCloud, successor: Deployed) -> None:
    assert_goes_on(cloud, successor)
    # An export is named after the pseudonym of its account.
    names = [key.split("_FULL_DATA_")[0] for key in successor.objects("exports/") if "_FULL_DATA_" in key]
    assert len(set(names)) < len(names)


def test_the_bucket_that_was_taken_over_is_guarded_again(cloud: HttpsCloud, successor: Deployed) -> None:
    bucket = {"Bucket": successor.outputs["BucketName"]}
    page = next(iter(successor.objects("raw/")))
    assert code_of(lambda: successor.s3.delete_object(**bucket, Key=page)) == "AccessDenied"
    plain = cloud.cloud.client("s3", url=cloud.plain_url)
    assert code_of(lambda: plain.get_object(**bucket, Key=page)) == "AccessDenied"


def code_of(call: Any) -> str:
    try:
        call()
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "ok"
