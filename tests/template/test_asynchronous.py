"""What is handed on without waiting for an answer: where it goes when that fails, and who hears of it."""

from typing import Any

import pytest

from tests.template.statements import Resources, as_list, of_type, resource_text, statements_of
from tiktok_lake.keys import IMPORTS


def role_statements(resources: Resources, role: str) -> list[dict[str, Any]]:
    """The inline statements of a role that SAM made for a schedule."""
    return [
        statement
        for policy in resources[role]["Properties"]["Policies"]
        for statement in as_list(policy["PolicyDocument"]["Statement"])
    ]


def may_send_to(statements: list[dict[str, Any]], queue: str) -> bool:
    return any(
        as_list(each["Action"]) == ["sqs:SendMessage"]
        and f"{queue}.Arn" in map(resource_text, as_list(each["Resource"]))
        for each in statements
    )


def test_every_role_that_hands_on_may_put_what_failed_into_the_queue(resources: Resources) -> None:
    for config in of_type(resources, "AWS::Lambda::EventInvokeConfig").values():
        queue = config["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0]
        assert may_send_to(statements_of(resources, config["FunctionName"]["Ref"]), queue)
    for name, schedule in of_type(resources, "AWS::Scheduler::Schedule").items():
        target = schedule["Target"]
        queue = target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0]
        assert may_send_to(role_statements(resources, target["RoleArn"]["Fn::GetAtt"][0]), queue), name


def test_there_is_no_other_asynchronous_path(resources: Resources) -> None:
    kinds = {each["Type"] for each in resources.values()}
    assert {kind for kind in kinds if kind.startswith(("AWS::Events::", "AWS::Pipes::", "AWS::StepFunctions::"))} == {
        "AWS::Events::Rule"
    }
    assert not kinds & {"AWS::Lambda::EventSourceMapping", "AWS::Logs::SubscriptionFilter"}
    for bucket in of_type(resources, "AWS::S3::Bucket").values():
        assert bucket["NotificationConfiguration"] == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
    assert all("StreamSpecification" not in each for each in of_type(resources, "AWS::DynamoDB::Table").values())
    assert {each["Protocol"] for each in of_type(resources, "AWS::SNS::Subscription").values()} == {"email"}


def test_a_file_below_imports_is_told_of_and_what_cannot_be_is_kept(plain: Resources) -> None:
    ((name, rule),) = of_type(plain, "AWS::Events::Rule").items()
    assert rule["EventPattern"] == {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {"bucket": {"name": [{"Ref": "Bucket"}]}, "object": {"key": [{"prefix": IMPORTS}]}},
    }
    assert "EventBusName" not in rule
    (target,) = rule["Targets"]
    assert target["Arn"] == {"Fn::GetAtt": ["DatasetImportFunction", "Arn"]}
    assert not {"Input", "InputPath", "InputTransformer"} & set(target)
    assert 0 <= target["RetryPolicy"]["MaximumRetryAttempts"] <= 3
    assert 60 <= target["RetryPolicy"]["MaximumEventAgeInSeconds"] <= 3600
    queue = target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0]
    (allowed,) = [
        statement
        for policy in of_type(plain, "AWS::SQS::QueuePolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if {"Ref": queue} in policy["Queues"] and statement["Effect"] == "Allow"
    ]
    assert (allowed["Principal"], allowed["Action"]) == ({"Service": "events.amazonaws.com"}, "sqs:SendMessage")
    assert allowed["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": [name, "Arn"]}}}


@pytest.mark.parametrize("name", ["plain", "taken-over", "local"])
def test_files_of_a_bucket_that_was_taken_over_are_told_of_too(variants: dict[str, dict[str, Any]], name: str) -> None:
    (rule,) = of_type(variants[name]["Resources"], "AWS::Events::Rule").values()
    (bucket,) = rule["EventPattern"]["detail"]["bucket"]["name"]
    assert bucket == {"Ref": "ExistingBucket" if name == "taken-over" else "Bucket"}


def test_what_failed_stays_for_two_weeks_and_is_heard_of(resources: Resources) -> None:
    ((name, queue),) = of_type(resources, "AWS::SQS::Queue").items()
    assert queue["MessageRetentionPeriod"] == 14 * 86_400
    watched = {"Fn::GetAtt": [name, "QueueName"]}
    assert [
        alarm["AlarmActions"]
        for alarm in of_type(resources, "AWS::CloudWatch::Alarm").values()
        if watched in [each["Value"] for each in alarm.get("Dimensions", [])]
    ] == [[{"Ref": "AlarmTopic"}]]


def test_no_function_is_without_an_alarm(resources: Resources) -> None:
    alarms = of_type(resources, "AWS::CloudWatch::Alarm").values()
    heard = {(str(alarm["Namespace"]), alarm["MetricName"]) for alarm in alarms if alarm["AlarmActions"]}
    filters = of_type(resources, "AWS::Logs::MetricFilter").values()
    for name, function in of_type(resources, "AWS::Lambda::Function").items():
        group = function["LoggingConfig"]["LogGroup"]
        counted = {
            (str(made["MetricNamespace"]), made["MetricName"])
            for each in filters
            if each["LogGroupName"] == group
            for made in each["MetricTransformations"]
        }
        assert counted & heard, name
