"""What is handed on without waiting for an answer: where it goes when that fails, and who hears of it."""

from typing import Any

from tests.template.statements import Resources, as_list, of_type, resource_text, statements_of


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
    assert not {kind for kind in kinds if kind.startswith(("AWS::Events::", "AWS::Pipes::", "AWS::StepFunctions::"))}
    assert not kinds & {"AWS::Lambda::EventSourceMapping", "AWS::Logs::SubscriptionFilter"}
    assert all("NotificationConfiguration" not in each for each in of_type(resources, "AWS::S3::Bucket").values())
    assert all("StreamSpecification" not in each for each in of_type(resources, "AWS::DynamoDB::Table").values())
    assert {each["Protocol"] for each in of_type(resources, "AWS::SNS::Subscription").values()} == {"email"}


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
