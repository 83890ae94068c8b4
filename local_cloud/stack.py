"""The deployed stack: its outputs, and a redeployment that reuses the data that a crash left behind."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from botocore.exceptions import ClientError

from local_cloud import statefile
from local_cloud.endpoint import Aws, LocalAws
from local_cloud.environment import architecture
from local_cloud.errors import LocalCloudError
from local_cloud.layout import Layout
from local_cloud.sam import Sam

_CLEARING_SECONDS = 60.0
_NEVER_MADE = "REVIEW_IN_PROGRESS"
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
    video_search: str
    collection_worker: str
    quota_accounting: str
    trend_ingestion: str
    trend_credentials_secret: str
    lake_curation: str
    data_refresh: str
    dataset_import: str


def sandbox_parameters(url: str) -> dict[str, str]:
    """The template's parameters with which everything is asked of the sandbox at `url`, which needs no politeness."""
    addresses = ("ResearchApiUrl", "CreativeCenterUrl", "CreativeCenterUsUrl", "CreativeCenterEuUrl", "BusinessApiUrl")
    return dict.fromkeys(addresses, url) | {"TrendSpacingSeconds": "0", "TrendThreads": "4"}


def endpoint_parameters(aws: LocalAws) -> dict[str, str]:
    """The template's parameters that make it a stack of the local AWS, on this machine."""
    return {
        "Architecture": architecture(),
        "EndpointUrl": aws.url,
        "EndpointTls": "true" if aws.certificate else "false",
    }


def name_of(layout: Layout) -> str:
    """The stack's name: one for the sandbox, another for TikTok."""
    return f"tiktok-collector-{layout.source}"


def ensure(
    layout: Layout, sam: Sam, aws: LocalAws, built_from: str, whom_to_ask: Mapping[str, str]
) -> tuple[Stack, bool]:
    """The stack with the given code and addresses, and whether it had to be deployed.

    Args:
        layout: Whose stack.
        sam: The SAM CLI.
        aws: The local AWS.
        built_from: Fingerprint of the build.
        whom_to_ask: Parameters for addresses and politeness; without them the template's defaults, TikTok.

    Raises:
        LocalCloudError: the deployment failed.
    """
    name, record_file = name_of(layout), layout.file("stack.json")
    record = statefile.read(record_file)
    parameters = {**endpoint_parameters(aws), **whom_to_ask}
    wanted = {"built_from": built_from, "parameters": parameters}
    outputs = outputs_of(aws, name)
    whole = bool(outputs) and _whole(aws, outputs)
    if whole and {key: record.get(key) for key in wanted} == wanted:
        return stack_of(outputs), False
    # A parameter once given must stay: without it the next update would create an empty bucket or table instead.
    reused = record.get("reused", {})
    if not whole:
        reused = _leftovers(aws, record.get("outputs", {}) | outputs)
        _remove(aws, name)
    statefile.write(record_file, {"reused": reused, "outputs": record.get("outputs", {}) | outputs})
    sam.deploy(name, aws, parameters | reused)
    outputs = outputs_of(aws, name)
    if not outputs:
        raise LocalCloudError(f"sam deploy ended, but the stack {name} is not complete: see {layout.state}/sam.log.")
    statefile.write(record_file, wanted | {"reused": reused, "outputs": outputs})
    return stack_of(outputs), True


def outputs_of(aws: Aws, name: str) -> dict[str, str]:
    """The outputs of the stack `name` by their names; none if there is no such stack, or its deployment failed."""
    try:
        stack = aws.cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError:
        return {}
    if stack["StackStatus"] not in _GOOD:
        return {}
    return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}


def _whole(aws: LocalAws, outputs: Mapping[str, str]) -> bool:
    """Whether everything that the stack names is there: a crash of the emulator may have torn it apart."""
    probes = _data_probes(aws) | {
        output: (lambda name: aws.lambda_.get_function_configuration(FunctionName=name))
        for output in outputs
        if output.endswith("FunctionName")
    }
    probes |= {
        output: (lambda name: aws.secrets.describe_secret(SecretId=name))
        for output in outputs
        if output.endswith("SecretArn")
    }
    return all(_is_there(probe, outputs[output]) for output, probe in probes.items())


def _leftovers(aws: LocalAws, outputs: Mapping[str, str]) -> dict[str, str]:
    """Parameters that reuse the bucket and tables of a stack that is gone, where they are still there."""
    parameters = {
        "BucketName": "ExistingBucket",
        "UsageLogTable": "ExistingUsageLogTable",
        "TasksTable": "ExistingTasksTable",
    }
    return {
        parameters[output]: outputs[output]
        for output, probe in _data_probes(aws).items()
        if outputs.get(output) and _is_there(probe, outputs[output])
    }


def _data_probes(aws: LocalAws) -> dict[str, Callable[[str], object]]:
    return {
        "BucketName": lambda name: aws.s3.head_bucket(Bucket=name),
        "UsageLogTable": lambda name: aws.dynamodb.describe_table(TableName=name),
        "TasksTable": lambda name: aws.dynamodb.describe_table(TableName=name),
    }


def _is_there(probe: Callable[[str], object], name: str) -> bool:
    try:
        probe(name)
    except ClientError:
        return False
    return True


def _remove(aws: LocalAws, name: str) -> None:
    """Deletes a stack that cannot be updated, be it torn or stuck; bucket and tables are kept."""
    deadline = time.monotonic() + _CLEARING_SECONDS
    while (status := _status(aws, name)).endswith("_IN_PROGRESS") and status != _NEVER_MADE:
        if time.monotonic() > deadline - _CLEARING_SECONDS / 2:
            break  # nobody works on it any more
        time.sleep(0.5)
    if status in {"", _NEVER_MADE}:
        return
    aws.cloudformation.delete_stack(StackName=name)
    while _status(aws, name):
        if time.monotonic() > deadline:
            raise LocalCloudError(
                f"The stack {name} is broken and cannot be deleted: `make clean` starts from nothing."
            )
        time.sleep(0.5)


def _status(aws: LocalAws, name: str) -> str:
    try:
        status: str = aws.cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
    except ClientError:
        return ""
    return "" if status == "DELETE_COMPLETE" else status


def stack_of(outputs: Mapping[str, str]) -> Stack:
    """The names that a stack's outputs give.

    Raises:
        KeyError: an output is missing; its name is the error's.
    """
    return Stack(
        bucket=outputs["BucketName"],
        usage_log_table=outputs["UsageLogTable"],
        tasks_table=outputs["TasksTable"],
        client_credentials_secret=outputs["ClientCredentialsSecretArn"],
        access_token_secret=outputs["AccessTokenSecretArn"],
        token_refresh=outputs["TokenRefreshFunctionName"],
        user_extraction=outputs["UserExtractionFunctionName"],
        video_search=outputs["VideoSearchFunctionName"],
        collection_worker=outputs["CollectionWorkerFunctionName"],
        quota_accounting=outputs["QuotaAccountingFunctionName"],
        trend_ingestion=outputs["TrendIngestionFunctionName"],
        trend_credentials_secret=outputs["TrendCredentialsSecretArn"],
        lake_curation=outputs["LakeCurationFunctionName"],
        data_refresh=outputs["DataRefreshFunctionName"],
        dataset_import=outputs["DatasetImportFunctionName"],
    )
