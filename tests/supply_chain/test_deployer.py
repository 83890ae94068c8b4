"""docs/deployer: the policies let someone deploy, update and delete this template, and nothing else.

The local AWS checks the calls that a person makes, not those that CloudFormation makes for them, so these are held
against what AWS's schemas of the resource types say that CloudFormation will ask for.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from tests.supply_chain import handlers
from tests.supply_chain.handlers import ACCOUNT, REGION
from tests.supply_chain.identity_policy import FOLDER, allows, listed, statements
from tests.template.translate import translate

POLICIES = ("policy-stack.json", "policy-resources.json")
POLICY = statements(*POLICIES)
WITH_KEY = statements(*POLICIES, "policy-kms.json")
OPERATOR = statements("operator.json")
CURATOR = statements("curator.json")
LIMIT_OF_A_MANAGED_POLICY = 6144  # characters, white space apart
STACK = "tiktok-collector-dev"
UPLOADS = "arn:aws:s3:::aws-sam-cli-managed-default-samclisourcebucket-x1y2"
VIA_CLOUDFORMATION = {"aws:CalledVia": "cloudformation.amazonaws.com"}
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
OF_SAM_CLI = (
    "CreateChangeSet DeleteChangeSet DescribeChangeSet ExecuteChangeSet ListChangeSets DeleteStack DescribeStackEvents "
    "DescribeStacks GetTemplate GetTemplateSummary ListStackResources TagResource UntagResource"
)


class Call(NamedTuple):
    """A call that must be allowed; `context` is what conditions see."""

    action: str
    resource: str
    context: Mapping[str, str]


def name_of(kind: str, logical: str, stack: str) -> str:
    """As CloudFormation makes names: a secret's has no stack in it, a bucket's is in small letters."""
    if kind == "AWS::SecretsManager::Secret":
        return f"{logical}-AbC123"
    return f"{stack}-{logical}-AbC123".lower() if kind.startswith("AWS::S3::") else f"{stack}-{logical}-AbC123"


def arn_of(kind: str, logical: str, stack: str = STACK) -> str:
    name, here = name_of(kind, logical, stack), f"{REGION}:{ACCOUNT}"
    return {
        "AWS::Athena::WorkGroup": f"arn:aws:athena:{here}:workgroup/{stack}",
        "AWS::CloudWatch::Alarm": f"arn:aws:cloudwatch:{here}:alarm:{name}",
        "AWS::CloudWatch::Dashboard": f"arn:aws:cloudwatch::{ACCOUNT}:dashboard/{name}",
        "AWS::DynamoDB::Table": f"arn:aws:dynamodb:{here}:table/{name}",
        "AWS::Events::Rule": f"arn:aws:events:{here}:rule/{name}",
        "AWS::IAM::ManagedPolicy": f"arn:aws:iam::{ACCOUNT}:policy/{name}",
        "AWS::IAM::Role": f"arn:aws:iam::{ACCOUNT}:role/{name}",
        "AWS::Lambda::EventInvokeConfig": f"arn:aws:lambda:{here}:function:{name}",
        "AWS::Lambda::Permission": f"arn:aws:lambda:{here}:function:{name}",
        "AWS::Lambda::Function": f"arn:aws:lambda:{here}:function:{name}",
        "AWS::Lambda::LayerVersion": f"arn:aws:lambda:{here}:layer:{stack}-collector:1",
        "AWS::Logs::LogGroup": f"arn:aws:logs:{here}:log-group:{name}:*",
        "AWS::Logs::MetricFilter": f"arn:aws:logs:{here}:log-group:{stack}-SomeLog-AbC123:*",
        "AWS::S3::Bucket": f"arn:aws:s3:::{name}",
        "AWS::S3::BucketPolicy": f"arn:aws:s3:::{stack}-bucket-abc123",
        "AWS::SNS::Subscription": f"arn:aws:sns:{here}:{stack}-AlarmTopic-AbC123:1234",
        "AWS::SNS::Topic": f"arn:aws:sns:{here}:{name}",
        "AWS::SNS::TopicPolicy": f"arn:aws:sns:{here}:{stack}-AlarmTopic-AbC123",
        "AWS::SQS::Queue": f"arn:aws:sqs:{here}:{name}",
        "AWS::SQS::QueuePolicy": f"arn:aws:sqs:{here}:{stack}-FailedEvents-AbC123",
        "AWS::Scheduler::Schedule": f"arn:aws:scheduler:{here}:schedule/default/{name}",
        "AWS::SecretsManager::Secret": f"arn:aws:secretsmanager:{here}:secret:{name}-x9Y8z7",
    }[kind]


WITHOUT_RESOURCE = {
    "cloudwatch:DescribeAlarms",
    "lakeformation:DescribeLakeFormationIdentityCenterConfiguration",
    "lakeformation:DescribeResource",
    "lakeformation:ListResources",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "secretsmanager:GetRandomPassword",
}
PASSED_TO = {"AWS::Lambda::Function": "lambda.amazonaws.com", "AWS::Scheduler::Schedule": "scheduler.amazonaws.com"}


OF_ALL_STACKS = {"*", f"arn:aws:glue:{REGION}:{ACCOUNT}:catalog"}
"""Resources that have no name."""


def in_glue(kind: str, stack: str) -> list[str]:
    """What Glue checks for a call about a database or a table: everything on the way to it, and what goes with it."""
    here, database = f"arn:aws:glue:{REGION}:{ACCOUNT}", stack.replace("-", "_")
    whole = [f"{here}:catalog", f"{here}:database/{database}", f"{here}:table/{database}/videos"]
    return whole + ([f"{here}:userDefinedFunction/{database}/none"] if kind == "AWS::Glue::Database" else [])


def attached(kind: str, logical: str, properties: Mapping[str, Any]) -> list[str]:
    """The ARNs of policies that CloudFormation attaches for this resource."""
    if kind == "AWS::IAM::ManagedPolicy":
        return [arn_of(kind, logical)]
    return [
        f"arn:aws:iam::aws:{arn.rpartition(':')[2]}" if isinstance(arn, str) else arn_of("AWS::IAM::ManagedPolicy", "X")
        for arn in properties.get("ManagedPolicyArns", ())
    ]


def calls_for(kind: str, logical: str, properties: Mapping[str, Any], stack: str = STACK) -> Iterator[Call]:
    owns = in_glue(kind, stack) if kind.startswith("AWS::Glue::") else [arn_of(kind, logical, stack)]
    role, bucket = arn_of("AWS::IAM::Role", "SomeRole", stack), arn_of("AWS::S3::Bucket", "Bucket", stack)
    for _, action in handlers.needed(kind, properties):
        if action in {"iam:AttachRolePolicy", "iam:DetachRolePolicy"}:
            for policy in attached(kind, logical, properties):
                yield Call(action, role, VIA_CLOUDFORMATION | {"iam:PolicyARN": policy})
        elif action == "iam:PassRole":
            yield Call(action, role, VIA_CLOUDFORMATION | {"iam:PassedToService": PASSED_TO[kind]})
        elif kind == "AWS::Athena::WorkGroup" and action.startswith("s3:"):
            of_objects = action in {"s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"} or "Object" in action
            yield Call(action, f"{bucket}/athena-results/id.csv" if of_objects else bucket, VIA_CLOUDFORMATION)
        elif action in {"s3:GetObject", "s3:GetObjectVersion"}:
            yield Call(action, f"{UPLOADS}/{stack}/abc", VIA_CLOUDFORMATION)
        elif action == "lambda:GetLayerVersion":
            yield Call(action, arn_of("AWS::Lambda::LayerVersion", "CollectorLayer", stack), VIA_CLOUDFORMATION)
        else:
            for own in ["*"] if action in WITHOUT_RESOURCE else owns:
                yield Call(action, own, VIA_CLOUDFORMATION)


@cache
def resources() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = translate(FOLDER.parents[1] / "template.yaml")["Resources"]
    return found


KINDS = sorted({each["Type"] for each in resources().values()})


def calls(kind: str, stack: str = STACK) -> Iterator[Call]:
    for logical, resource in resources().items():
        if resource["Type"] == kind:
            yield from calls_for(kind, logical, resource.get("Properties", {}), stack)


def calls_for_uploads() -> Iterator[Call]:
    """The stack of SAM's own bucket, which the first deployment of an account and region makes."""
    settings = ("BucketEncryption", "PublicAccessBlockConfiguration", "Tags", "VersioningConfiguration")
    for _, action in handlers.needed("AWS::S3::Bucket", dict.fromkeys(settings)):
        yield Call(action, UPLOADS, VIA_CLOUDFORMATION)
    for _, action in handlers.needed("AWS::S3::BucketPolicy", {}):
        yield Call(action, UPLOADS, VIA_CLOUDFORMATION)


def calls_of_sam() -> Iterator[Call]:
    """What `sam deploy`, `sam list` and `sam delete` ask for themselves."""
    for name in (STACK, "aws-sam-cli-managed-default"):
        for action in OF_SAM_CLI.split():
            yield Call(f"cloudformation:{action}", f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{name}/uuid", {})
    transform = f"arn:aws:cloudformation:{REGION}:aws:transform/Serverless-2016-10-31"
    yield Call("cloudformation:CreateChangeSet", transform, {})
    for action in ("GetTemplateSummary", "ValidateTemplate"):
        yield Call(f"cloudformation:{action}", "*", {})
    yield Call("s3:ListBucket", UPLOADS, {})
    for action in ("GetObject", "PutObject", "DeleteObject"):
        yield Call(f"s3:{action}", f"{UPLOADS}/{STACK}/abc", {})


def everything() -> list[Call]:
    return [*calls_of_sam(), *calls_for_uploads(), *(call for kind in KINDS for call in calls(kind))]


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_cloudformation_may_ask_for_a_resource_of_the_template_is_allowed(kind: str) -> None:
    asked = list(calls(kind))
    assert asked
    assert {call.action for call in asked if not allows(POLICY, *call)} == set()


def test_sam_s_own_calls_and_bucket_are_allowed() -> None:
    assert [call for call in (*calls_of_sam(), *calls_for_uploads()) if not allows(POLICY, *call)] == []


def test_every_action_of_every_statement_is_asked_for() -> None:
    asked = everything()
    for statement in POLICY:
        for action in listed(statement["Action"]):
            alone = [{**statement, "Action": action}]
            assert any(allows(alone, *call) for call in asked), (statement["Sid"], action)


@pytest.mark.parametrize("name", [*POLICIES, "policy-kms.json", "operator.json", "curator.json"])
def test_each_policy_fits_into_a_managed_policy(name: str) -> None:
    assert len("".join((FOLDER / name).read_text().split())) <= LIMIT_OF_A_MANAGED_POLICY


def test_no_action_is_a_wildcard_and_no_resource_that_has_a_name_is_all_of_them() -> None:
    for statement in (*WITH_KEY, *OPERATOR, *CURATOR):
        actions = listed(statement["Action"])
        assert not [action for action in actions if "*" in action]
        if "*" in listed(statement["Resource"]):
            assert set(actions) <= WITHOUT_RESOURCE | {
                "cloudformation:GetTemplateSummary",
                "cloudformation:ValidateTemplate",
                "kms:ListAliases",
            }


def test_resources_are_changed_through_cloudformation_only() -> None:
    for call in everything():
        if call.context:
            bare = {key: value for key, value in call.context.items() if key != "aws:CalledVia"}
            by_sam = call.resource.startswith(UPLOADS)
            assert by_sam or not allows(POLICY, call.action, call.resource, bare), call


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "AWS::SecretsManager::Secret"])
def test_other_stacks_are_out_of_reach(kind: str) -> None:
    theirs = [
        call
        for call in calls(kind, "payroll")
        if call.resource not in OF_ALL_STACKS and not call.resource.startswith(UPLOADS)
    ]
    assert theirs
    assert [call for call in theirs if allows(POLICY, *call)] == []


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("dynamodb:GetItem", arn_of("AWS::DynamoDB::Table", "Tasks")),
        ("dynamodb:Scan", arn_of("AWS::DynamoDB::Table", "UsageLog")),
        ("s3:GetObject", f"{arn_of('AWS::S3::Bucket', 'Bucket')}/raw/page"),
        ("s3:DeleteObject", f"{arn_of('AWS::S3::Bucket', 'Bucket')}/raw/page"),
        ("sqs:ReceiveMessage", arn_of("AWS::SQS::Queue", "FailedEvents")),
        ("logs:GetLogEvents", arn_of("AWS::Logs::LogGroup", "TokenRefreshLog")),
        ("lambda:InvokeFunction", arn_of("AWS::Lambda::Function", "TokenRefreshFunction")),
        ("secretsmanager:PutSecretValue", arn_of("AWS::SecretsManager::Secret", "ClientCredentialsSecret")),
        ("iam:CreateUser", f"arn:aws:iam::{ACCOUNT}:user/{STACK}"),
        ("sts:AssumeRole", arn_of("AWS::IAM::Role", "TokenRefreshFunctionRole")),
    ],
)
@pytest.mark.parametrize("context", [{}, VIA_CLOUDFORMATION], ids=["directly", "through cloudformation"])
def test_the_data_are_out_of_reach(action: str, resource: str, context: dict[str, str]) -> None:
    assert not allows(WITH_KEY, action, resource, context)


def test_whoever_uses_the_stack_reads_and_asks_and_changes_only_studies_credentials_and_schedules() -> None:
    changing = {
        action
        for statement in OPERATOR
        for action in listed(statement["Action"])
        if not re.match(r"\w+:(Get|List|Describe|Query|Filter)", action)
    }
    assert changing == {
        "iam:PassRole",
        "lambda:InvokeFunction",
        "s3:PutObject",
        "scheduler:UpdateSchedule",
        "secretsmanager:PutSecretValue",
    }
    bucket = arn_of("AWS::S3::Bucket", "Bucket")
    assert allows(OPERATOR, "s3:PutObject", f"{bucket}/config/study.yaml", {})
    assert not allows(OPERATOR, "s3:PutObject", f"{bucket}/raw/page", {})
    for secret in ("PseudonymKeySecret", "AccessTokenSecret"):
        arn = arn_of("AWS::SecretsManager::Secret", secret)
        assert not allows(OPERATOR, "secretsmanager:GetSecretValue", arn, {})


def test_who_curates_changes_the_row_store_and_no_page_study_certificate_or_page_of_the_ledger() -> None:
    bucket = arn_of("AWS::S3::Bucket", "Bucket")
    for action in ("s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"):
        for prefix in ("curated", "lake"):
            assert allows(CURATOR, action, f"{bucket}/{prefix}/key", {})
        for prefix in ("raw", "manifests", "exports", "studies", "config", "reports", "usage"):
            assert not allows(CURATOR, action, f"{bucket}/{prefix}/key", {})
    assert allows(CURATOR, "s3:PutObject", f"{bucket}/imports/data.csv", {})
    assert not allows(CURATOR, "s3:DeleteObject", f"{bucket}/imports/data.csv", {})
    changing = {
        action
        for statement in CURATOR
        for action in listed(statement["Action"])
        if not action.startswith("s3:") and not re.match(r"\w+:(Get|List)", action)
    }
    assert changing == {"athena:StartQueryExecution", "athena:StopQueryExecution", "dynamodb:UpdateItem"}
    for secret in ("ClientCredentialsSecret", "TrendCredentialsSecret", "AccessTokenSecret"):
        arn = arn_of("AWS::SecretsManager::Secret", secret)
        assert not allows(CURATOR, "secretsmanager:GetSecretValue", arn, {})


def test_no_policy_of_aws_itself_is_attached_so_that_none_may_be() -> None:
    foreign = [
        arn
        for each in resources().values()
        for arn in attached(each["Type"], "", each["Properties"])
        if "::aws:" in arn
    ]
    (statement,) = [each for each in POLICY if each["Sid"] == "PoliciesOfRoles"]
    patterns = listed(statement["Condition"]["ArnLike"]["iam:PolicyARN"])
    assert {pattern for pattern in patterns if "::aws:" in pattern} == set(foreign)


def test_no_policy_of_an_administrator_can_be_attached_and_no_role_given_to_another_service() -> None:
    role = arn_of("AWS::IAM::Role", "SomeRole")
    administrator = {"iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess"}
    assert not allows(POLICY, "iam:AttachRolePolicy", role, VIA_CLOUDFORMATION | administrator)
    other = {"iam:PassedToService": "ec2.amazonaws.com"}
    assert not allows(POLICY, "iam:PassRole", role, VIA_CLOUDFORMATION | other)


def test_a_key_of_one_s_own_may_be_used_for_whatever_its_types_ask() -> None:
    for kind in handlers.WITH_A_KEY:
        for _, action in handlers.listed_by_aws(kind):
            if action.startswith("kms:"):
                resource = "*" if action == "kms:ListAliases" else KEY
                assert allows(WITH_KEY, action, resource, VIA_CLOUDFORMATION), action
                assert not allows(POLICY, action, resource, VIA_CLOUDFORMATION)


def test_what_is_left_out_is_in_aws_s_lists_and_names_properties_that_exist() -> None:
    for kind, by_property in handlers.BY_PROPERTY.items():
        known = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema["properties"]
        asked = {action for _, action in handlers.listed_by_aws(kind)}
        for name, groups in by_property.items():
            assert name == handlers.NO_PROPERTY or name in known, (kind, name)
            assert handlers.actions_of(groups) <= asked, (kind, name)


def test_the_role_of_the_workflow_is_for_one_environment_of_one_repository() -> None:
    (statement,) = json.loads((FOLDER / "trust-policy.json").read_text())["Statement"]
    issuer = "token.actions.githubusercontent.com"
    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert statement["Principal"]["Federated"].endswith(f":oidc-provider/{issuer}")
    assert statement["Condition"] == {
        "StringEquals": {
            f"{issuer}:aud": "sts.amazonaws.com",
            f"{issuer}:sub": "repo:OWNER/REPOSITORY:environment:dev",
        }
    }
