"""What is encrypted with which key, without a key of one's own and with one; and who may use that."""

import json
import re
from typing import Any

import pytest

from tests.support.docs import DOCS
from tests.template.statements import Resources, as_list, of_type, role_of, statements_of
from tests.template.variants import KEY, VARIANTS

KEY_OF_THE_STACK = {"Ref": "KmsKeyArn"}


def bucket_rule(resources: Resources) -> dict[str, Any]:
    (bucket,) = of_type(resources, "AWS::S3::Bucket").values()
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    return dict(rule)


def key_statements(resources: Resources) -> dict[str, dict[str, Any]]:
    """The statements about KMS by the role that they end up with."""
    found = {
        role["Ref"]: statement
        for policy in of_type(resources, "AWS::IAM::ManagedPolicy").values()
        for role in policy.get("Roles", [])
        for statement in policy["PolicyDocument"]["Statement"]
    }
    assert all(action.startswith("kms:") for each in found.values() for action in as_list(each["Action"]))
    return found


def services(statement: dict[str, Any]) -> set[str]:
    """The services through which alone a statement lets the key be used."""
    via = as_list(statement["Condition"]["StringEquals"]["kms:ViaService"])
    assert all(each["Fn::Sub"].endswith(".${AWS::Region}.${AWS::URLSuffix}") for each in via)
    return {each["Fn::Sub"].partition(".")[0] for each in via}


def test_everything_is_encrypted_without_a_key_of_ones_own(plain: Resources) -> None:
    for table in of_type(plain, "AWS::DynamoDB::Table").values():
        assert table["SSESpecification"] == {"SSEEnabled": True, "SSEType": "KMS"}
    assert bucket_rule(plain) == {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    (queue,) = of_type(plain, "AWS::SQS::Queue").values()
    assert queue["SqsManagedSseEnabled"] is True


def test_without_a_key_of_ones_own_none_is_named_and_nobody_may_use_any(plain: Resources) -> None:
    assert "kms:" not in str(plain)
    assert "KmsKeyArn" not in str(plain)


def test_a_key_of_ones_own_encrypts_data_secrets_logs_events_and_alarms(own_key: Resources) -> None:
    tables = of_type(own_key, "AWS::DynamoDB::Table").values()
    assert len(tables) == 2
    for table in tables:
        assert table["SSESpecification"] == {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": KEY_OF_THE_STACK}
    assert bucket_rule(own_key) == {
        "BucketKeyEnabled": True,
        "ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY_OF_THE_STACK},
    }
    (queue,) = of_type(own_key, "AWS::SQS::Queue").values()
    assert (queue["SqsManagedSseEnabled"], queue["KmsMasterKeyId"]) == (False, KEY_OF_THE_STACK)
    (topic,) = of_type(own_key, "AWS::SNS::Topic").values()
    assert topic["KmsMasterKeyId"] == KEY_OF_THE_STACK
    for kind in ("AWS::SecretsManager::Secret", "AWS::Logs::LogGroup"):
        assert of_type(own_key, kind)
        assert {str(each["KmsKeyId"]) for each in of_type(own_key, kind).values()} == {str(KEY_OF_THE_STACK)}


def test_a_key_of_ones_own_leaves_the_key_of_pseudonyms_as_it_is(plain: Resources, own_key: Resources) -> None:
    assert (
        own_key["PseudonymKeySecret"]["Properties"]["GenerateSecretString"]
        == plain["PseudonymKeySecret"]["Properties"]["GenerateSecretString"]
    )


def test_functions_and_schedules_may_use_that_key_alone_and_only_through_services(own_key: Resources) -> None:
    statements = key_statements(own_key)
    for statement in statements.values():
        assert sorted(as_list(statement["Action"])) == ["kms:Decrypt", "kms:GenerateDataKey"]
        assert statement["Resource"] == KEY_OF_THE_STACK
    functions = of_type(own_key, "AWS::Lambda::Function")
    of_functions = {each["Role"]["Fn::GetAtt"][0] for each in functions.values()}
    of_schedules = {
        each["Target"]["RoleArn"]["Fn::GetAtt"][0] for each in of_type(own_key, "AWS::Scheduler::Schedule").values()
    }
    assert set(statements) == of_functions | of_schedules
    for role in of_functions:
        assert services(statements[role]) == {"dynamodb", "s3", "secretsmanager", "sqs"}
    for role in of_schedules:
        assert services(statements[role]) == {"sqs"}


@pytest.mark.parametrize("name", VARIANTS)
def test_no_function_may_use_a_key_but_the_stacks_own(variants: dict[str, dict[str, Any]], name: str) -> None:
    resources = variants[name]["Resources"]
    for function in of_type(resources, "AWS::Lambda::Function"):
        assert role_of(resources, function)
        about_keys = [
            each
            for each in statements_of(resources, function)
            if any(action.startswith("kms:") for action in as_list(each["Action"]))
        ]
        assert [each["Resource"] for each in about_keys] == ([KEY_OF_THE_STACK] if name == "own-key" else [])


def test_the_parameter_takes_the_arn_of_a_key_or_nothing(template: dict[str, Any]) -> None:
    pattern = template["Parameters"]["KmsKeyArn"]["AllowedPattern"]
    for good in ("", KEY, KEY.replace("arn:aws:", "arn:aws-us-gov:"), KEY.replace("key/1111", "key/mrk-1111")):
        assert re.fullmatch(pattern, good)
    for bad in ("alias/aws/s3", KEY.replace("key/", "alias/"), KEY.partition("/")[2], f"{KEY} "):
        assert not re.fullmatch(pattern, bad)


def test_the_docs_say_what_the_keys_policy_must_allow_the_services_that_use_it_in_their_own_name() -> None:
    section = (DOCS / "deploy.md").read_text().partition("## A KMS key of your own")[2]
    statements = json.loads(f"[{section.partition('```json')[2].partition('```')[0]}]")
    assert {each["Principal"]["Service"] for each in statements} == {
        "logs.REGION.amazonaws.com",
        "cloudwatch.amazonaws.com",
        "events.amazonaws.com",
    }
    for each in statements:
        assert {"kms:GenerateDataKey*"} < set(each["Action"])
        assert [action for action in each["Action"] if action.startswith("kms:Decrypt")]
