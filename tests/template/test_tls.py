"""Nothing that holds or carries data is reached without TLS, except on a local AWS that speaks http."""

from typing import Any

import pytest

from tests.template.statements import Resources, as_list, of_type, resource_text

POLICIES = {
    "AWS::S3::BucketPolicy": ("s3:*", "AWS::S3::Bucket"),
    "AWS::SQS::QueuePolicy": ("sqs:*", "AWS::SQS::Queue"),
    "AWS::SNS::TopicPolicy": ("sns:Publish", "AWS::SNS::Topic"),
}


def refusals(resources: Resources, kind: str) -> list[dict[str, Any]]:
    """The statements of policies of this kind that refuse what comes without TLS."""
    return [
        statement
        for policy in of_type(resources, kind).values()
        for statement in policy["PolicyDocument"]["Statement"]
        if statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}
    ]


@pytest.mark.parametrize("kind", POLICIES)
@pytest.mark.parametrize("name", ["plain", "own-key"])
def test_what_comes_without_tls_is_refused(variants: dict[str, dict[str, Any]], name: str, kind: str) -> None:
    resources = variants[name]["Resources"]
    action, guarded = POLICIES[kind]
    (refusal,) = refusals(resources, kind)
    assert (refusal["Effect"], refusal["Principal"], refusal["Action"]) == ("Deny", "*", action)
    covered = [resource_text(each) for each in as_list(refusal["Resource"])]
    if guarded == "AWS::S3::Bucket":
        assert covered == ["arn:${AWS::Partition}:s3:::${Name}", "arn:${AWS::Partition}:s3:::${Name}/*"]
    else:
        assert {each.partition(".")[0] for each in covered} == set(of_type(resources, guarded))


def test_a_bucket_that_is_taken_over_is_guarded_too(variants: dict[str, dict[str, Any]]) -> None:
    resources = variants["taken-over"]["Resources"]
    assert not of_type(resources, "AWS::S3::Bucket")
    (policy,) = of_type(resources, "AWS::S3::BucketPolicy").values()
    assert policy["Bucket"] == {"Ref": "ExistingBucket"}
    assert len(refusals(resources, "AWS::S3::BucketPolicy")) == 1


@pytest.mark.parametrize("kind", POLICIES)
def test_a_local_aws_that_speaks_http_is_not_shut_out(variants: dict[str, dict[str, Any]], kind: str) -> None:
    assert refusals(variants["local"]["Resources"], kind) == []


def test_every_queue_and_topic_has_a_policy(plain: Resources) -> None:
    queues = [name["Ref"] for policy in of_type(plain, "AWS::SQS::QueuePolicy").values() for name in policy["Queues"]]
    topics = [name["Ref"] for policy in of_type(plain, "AWS::SNS::TopicPolicy").values() for name in policy["Topics"]]
    assert set(queues) == set(of_type(plain, "AWS::SQS::Queue"))
    assert set(topics) == set(of_type(plain, "AWS::SNS::Topic"))
