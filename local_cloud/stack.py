"""The deployed stack: its outputs, and a redeployment that reuses the data that a crash left behind."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from local_cloud import statefile
from local_cloud.endpoint import LocalAws
from local_cloud.environment import architecture
from local_cloud.errors import LocalCloudError
from local_cloud.layout import Layout
from local_cloud.sam import Sam

_GOOD = {"CREATE_COMPLETE", "UPDATE_COMPLETE"}


@dataclass(frozen=True, slots=True)
class Stack:
    """The names of what was deployed."""

    bucket: str
    usage_log_table: str
    tasks_table: str
    client_credentials_secret: str
    access_token_secret: str
    token_refresh: str
    user_extraction: str
    collection_worker: str
    quota_accounting: str


def name_of(layout: Layout) -> str:
    """The stack's name: one for the sandbox, another for TikTok."""
    return f"tiktok-collector-{layout.source}"


def ensure(
    layout: Layout, sam: Sam, aws: LocalAws, built_from: str, research_api_url: str | None
) -> tuple[Stack, bool]:
    """The stack with the given code and addresses, and whether it had to be deployed.

    Args:
        layout: Whose stack.
        sam: The SAM CLI.
        aws: The local AWS.
        built_from: Fingerprint of the build.
        research_api_url: The sandbox's address, or None for the template's default, TikTok.

    Raises:
        LocalCloudError: the deployment failed.
    """
    record_file = layout.file("stack.json")
    record = statefile.read(record_file)
    parameters = {"Architecture": architecture(), "EndpointUrl": aws.url}
    if research_api_url:
        parameters["ResearchApiUrl"] = research_api_url
    outputs = _outputs(aws, name_of(layout))
    wanted = {"built_from": built_from, "parameters": parameters}
    if outputs and {name: record.get(name) for name in wanted} == wanted:
        return _stack(outputs), False
    # A parameter once given must stay: without it the next update would create an empty bucket or table instead.
    reused = record.get("reused", {}) if outputs else _leftovers(aws, record.get("outputs", {}))
    sam.deploy(name_of(layout), aws.url, parameters | reused)
    outputs = _outputs(aws, name_of(layout))
    if not outputs:
        raise LocalCloudError(
            f"sam deploy ended, but the stack {name_of(layout)} is not complete: see {layout.state}/sam.log."
        )
    statefile.write(record_file, wanted | {"reused": reused, "outputs": outputs})
    return _stack(outputs), True


def current(layout: Layout, aws: LocalAws) -> Stack | None:
    """The stack as it is deployed, or None."""
    outputs = _outputs(aws, name_of(layout))
    return _stack(outputs) if outputs else None


def _outputs(aws: LocalAws, name: str) -> dict[str, str]:
    try:
        stack = aws.cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError:
        return {}
    if stack["StackStatus"] not in _GOOD:
        return {}
    return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}


def _leftovers(aws: LocalAws, outputs: Mapping[str, str]) -> dict[str, str]:
    """Parameters that reuse the bucket and tables of a stack that is gone, where they are still there."""
    probes: dict[str, tuple[str, Any]] = {
        "ExistingBucket": ("BucketName", lambda name: aws.s3.head_bucket(Bucket=name)),
        "ExistingUsageLogTable": ("UsageLogTable", lambda name: aws.dynamodb.describe_table(TableName=name)),
        "ExistingTasksTable": ("TasksTable", lambda name: aws.dynamodb.describe_table(TableName=name)),
    }
    found = {}
    for parameter, (output, probe) in probes.items():
        if name := outputs.get(output):
            try:
                probe(name)
            except ClientError:
                continue
            found[parameter] = name
    return found


def _stack(outputs: Mapping[str, str]) -> Stack:
    return Stack(
        bucket=outputs["BucketName"],
        usage_log_table=outputs["UsageLogTable"],
        tasks_table=outputs["TasksTable"],
        client_credentials_secret=outputs["ClientCredentialsSecretArn"],
        access_token_secret=outputs["AccessTokenSecretArn"],
        token_refresh=outputs["TokenRefreshFunctionName"],
        user_extraction=outputs["UserExtractionFunctionName"],
        collection_worker=outputs["CollectionWorkerFunctionName"],
        quota_accounting=outputs["QuotaAccountingFunctionName"],
    )
