"""With the policies of docs/deployer a stack is deployed, updated and deleted, or used, and nothing else can be done.

The emulator checks what the SAM CLI asks for, not what CloudFormation asks for in its turn; tests/supply_chain holds
the policies against AWS's own lists of that.
"""

import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_cloud.environment import architecture
from local_cloud.layout import checkout
from local_cloud.stack import sandbox_parameters
from tests.e2e import work
from tests.e2e.deployed import Deployed
from tests.e2e.deploying_person import DeployingPerson
from tests.e2e.https_cloud import HttpsCloud
from tests.e2e.operating_person import OperatingPerson

pytestmark = pytest.mark.e2e

STACK = "tiktok-collector-guided"


@pytest.fixture(scope="module")
def person(cloud: HttpsCloud, tmp_path_factory: pytest.TempPathFactory) -> DeployingPerson:
    return DeployingPerson(cloud, tmp_path_factory.mktemp("person"))


@pytest.fixture(scope="module")
def parameters(cloud: HttpsCloud) -> dict[str, str]:
    """What makes it a stack of the emulator."""
    here = {"Architecture": architecture(), "EndpointUrl": str(cloud.cloud.url), "EndpointTls": "true"}
    return here | sandbox_parameters(cloud.sandbox.url)


@pytest.fixture(scope="module")
def deployed(cloud: HttpsCloud, person: DeployingPerson, parameters: dict[str, str]) -> Deployed:
    done = person.sam("deploy", "--guided", answers=[STACK], parameters=parameters)
    assert done.returncode == 0, done.stdout + done.stderr
    return Deployed(cloud.cloud, STACK)


def status(cloud: HttpsCloud) -> str:
    found: str = cloud.cloud.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"]
    return found


@pytest.mark.usefixtures("deployed")
def test_the_guided_deployment_is_repeated_by_the_next_one_with_all_its_answers(
    cloud: HttpsCloud, person: DeployingPerson, parameters: dict[str, str]
) -> None:
    assert status(cloud) == "CREATE_COMPLETE"
    saved = tomllib.loads(person.config.read_text())["default"]["deploy"]["parameters"]
    assert saved["stack_name"] == STACK
    assert all(f'{name}="{value}"' in saved["parameter_overrides"] for name, value in parameters.items())
    again = person.sam("deploy")
    assert again.returncode == 0, again.stdout + again.stderr
    assert f"Stack {STACK} is up to date" in again.stdout


@pytest.mark.usefixtures("deployed")
def test_a_stack_is_updated(cloud: HttpsCloud, person: DeployingPerson, parameters: dict[str, str]) -> None:
    done = person.sam("deploy", parameters={**parameters, "LogRetentionDays": "7"})
    assert done.returncode == 0, done.stdout + done.stderr
    assert status(cloud) == "UPDATE_COMPLETE"


def test_the_data_cannot_be_touched_by_hand(person: DeployingPerson, deployed: Deployed) -> None:
    names = deployed.outputs
    study = {"Bucket": names["BucketName"], "Key": "config/study.yaml"}
    attempts: list[tuple[str, str, dict[str, Any]]] = [
        ("secretsmanager", "get_secret_value", {"SecretId": names["PseudonymKeySecretArn"]}),
        ("secretsmanager", "put_secret_value", {"SecretId": names["ClientCredentialsSecretArn"], "SecretString": "x"}),
        ("dynamodb", "scan", {"TableName": names["TasksTable"]}),
        ("dynamodb", "delete_table", {"TableName": names["TasksTable"]}),
        ("s3", "get_object", study),
        ("s3", "put_object", {**study, "Body": b""}),
        ("s3", "delete_bucket_policy", {"Bucket": names["BucketName"]}),
        ("lambda", "invoke", {"FunctionName": names["TokenRefreshFunctionName"]}),
        ("iam", "create_role", {"RoleName": f"{STACK}-mine", "AssumeRolePolicyDocument": "{}"}),
    ]
    for service, operation, arguments in attempts:
        with pytest.raises(ClientError) as refused:
            getattr(deployed.cloud.client(service, user=person.session), operation)(**arguments)
        assert refused.value.response["Error"]["Code"].startswith("AccessDenied"), operation


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize("action", ["cloudformation:ExecuteChangeSet", "s3:PutObject"])
def test_without_a_piece_nothing_is_deployed(
    cloud: HttpsCloud, person: DeployingPerson, parameters: dict[str, str], action: str
) -> None:
    before = status(cloud)
    person.may(but_not=action)
    try:
        # Another prefix, so that there is something to upload.
        done = person.sam("deploy", "--s3-prefix", action[:2], parameters={**parameters, "LogRetentionDays": "30"})
    finally:
        person.may()
    assert done.returncode != 0
    assert "AccessDenied" in done.stdout + done.stderr, done.stdout + done.stderr
    assert status(cloud) == before


def test_a_stack_of_another_name_is_not_theirs(person: DeployingPerson, parameters: dict[str, str]) -> None:
    done = person.sam("deploy", "--stack-name", "payroll", parameters=parameters)
    assert done.returncode != 0
    assert "AccessDenied" in done.stdout + done.stderr, done.stdout + done.stderr


@pytest.mark.usefixtures("deployed")
def test_whoever_uses_the_stack_needs_no_more_than_the_operators_policy(cloud: HttpsCloud, tmp_path: Path) -> None:
    operator = OperatingPerson(cloud.cloud, STACK, tmp_path)
    study = str(checkout() / "examples" / "study.yaml")
    dataset = tmp_path / "dataset.csv"
    dataset.write_text(work.DATASET)
    client = f"{cloud.sandbox.client_key}\n{cloud.sandbox.client_secret}\n"
    for command, typed in (
        ("credentials set", client),
        ("credentials test", ""),
        ("extract sandbox_alice --max-videos 5 --wait", ""),
        (f"study push {study}", ""),
        ("status", ""),
        ("pause", ""),
        ("resume", ""),
        ("download --only exports", ""),
        (f"import {dataset}", ""),
        ('query --format csv "SELECT count(*) AS n FROM videos"', ""),
        ("export --table videos --format csv --output rows.csv", ""),
        ("purge --account someone --dry-run", ""),
    ):
        done = operator.runs(*shlex.split(command), typed=typed)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
    assert list(tmp_path.rglob("u_*FULL_DATA*.json"))


def test_a_stack_is_deleted_and_the_data_stay(cloud: HttpsCloud, person: DeployingPerson, deployed: Deployed) -> None:
    bucket, table = deployed.outputs["BucketName"], deployed.outputs["TasksTable"]
    done = person.sam("delete", "--no-prompts", "--stack-name", STACK, "--region", "us-east-1")
    assert done.returncode == 0, done.stdout + done.stderr
    with pytest.raises(ClientError, match="does not exist"):
        status(cloud)
    cloud.cloud.client("s3").head_bucket(Bucket=bucket)
    assert cloud.cloud.client("dynamodb").describe_table(TableName=table)["Table"]["TableStatus"] == "ACTIVE"
