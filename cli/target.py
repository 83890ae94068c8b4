"""Which stack a command is about: one on AWS, or the local cloud's; its outputs, resources and clients."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError

from cli.exit_codes import ExitCode
from cli.failures import Failure, failure
from local_cloud.endpoint import Aws, LocalAws, PersonsAws
from local_cloud.environment import REGION
from local_cloud.layout import Layout, Source, checkout
from local_cloud.ministack import MiniStack
from local_cloud.stack import Stack, name_of, stack_of
from tiktok_collector.aws_errors import error_code
from tiktok_collector.clock import Clock, SystemClock

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

_GOOD: Final = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE"})
_LOOK_AROUND: Final = Config(connect_timeout=2, read_timeout=4, retries={"total_max_attempts": 1})


@dataclass(frozen=True)
class Choice:
    """What was asked for: a stack's name with profile and region, or the local cloud."""

    stack: str | None = None
    profile: str | None = None
    region: str | None = None
    local: bool = False


@dataclass(frozen=True)
class Resource:
    """Something that the stack made."""

    logical_id: str
    kind: str
    name: str


@dataclass(frozen=True)
class Target:
    """A stack that is complete, and the clients to use it with. `layout` is the local cloud's, None on AWS."""

    name: str
    region: str
    aws: Aws
    stack: Stack
    outputs: Mapping[str, str]
    layout: Layout | None = None
    clock: Clock = field(default_factory=SystemClock)

    @cached_property
    def resources(self) -> list[Resource]:
        """Everything that the stack made."""
        pages = self.aws.cloudformation.get_paginator("list_stack_resources").paginate(StackName=self.name)
        return [
            Resource(each["LogicalResourceId"], each["ResourceType"], each.get("PhysicalResourceId", ""))
            for page in pages
            for each in page["StackResourceSummaries"]
        ]

    def of_kind(self, kind: str) -> list[Resource]:
        """The stack's resources of one CloudFormation type, by logical id."""
        return sorted((each for each in self.resources if each.kind == kind), key=lambda each: each.logical_id)

    @property
    def functions(self) -> dict[str, str]:
        """The functions by the names that the documentation uses, such as `user_extraction`."""
        return {
            "token_refresh": self.stack.token_refresh,
            "user_extraction": self.stack.user_extraction,
            "video_search": self.stack.video_search,
            "collection_worker": self.stack.collection_worker,
            "trend_ingestion": self.stack.trend_ingestion,
            "quota_accounting": self.stack.quota_accounting,
            "lake_curation": self.stack.lake_curation,
            "data_refresh": self.stack.data_refresh,
            "dataset_import": self.stack.dataset_import,
        }

    @property
    def flags(self) -> str:
        """The options that name this stack again, for sentences that say what to do next."""
        return "--local" if self.layout else f"--stack {self.name} --region {self.region}"


def resolve(choice: Choice) -> Target:
    """The stack that was asked for.

    Raises:
        Failure: there is none, it is not complete, or it cannot be asked; the code says which.
    """
    if choice.local:
        return _local(choice)
    if not choice.stack:
        raise Failure(
            ExitCode.USAGE,
            "Which stack? Name one with --stack (or TIKTOK_COLLECTOR_STACK), or take the local cloud with --local.",
        )
    try:
        session = boto3.Session(profile_name=choice.profile or None, region_name=choice.region or None)
    except BotoCoreError as error:
        raise failure(error) or error from error
    aws, region = PersonsAws(session), session.region_name or ""
    try:
        outputs = _outputs(aws, choice.stack)
    except (BotoCoreError, ClientError) as error:
        if isinstance(error, EndpointConnectionError) and region not in _regions(session, region):
            raise Failure(ExitCode.WRONG_REGION, f"There is no AWS region {region}: correct --region.") from error
        raise failure(error) or error from error
    if outputs is None:
        raise _not_here(session, choice.stack, region)
    return _target(choice.stack, region, aws, outputs)


def _local(choice: Choice) -> Target:
    if choice.profile or choice.region:
        raise Failure(ExitCode.USAGE, "The local cloud has no profile and no region: leave --profile and --region out.")
    layouts = [Layout(checkout(), source) for source in Source]
    if choice.stack and choice.stack not in (names := [name_of(each) for each in layouts]):
        raise Failure(ExitCode.NO_STACK, f"The local cloud's stacks are {' and '.join(names)}, not {choice.stack}.")
    for layout in layouts:
        # Asked before anything is read, since reading the state makes its folder.
        if choice.stack in (None, name_of(layout)) and layout.state.is_dir() and (url := MiniStack(layout).url):
            return _running(layout, url)
    raise Failure(ExitCode.LOCAL_DOWN, "The local cloud does not run: start it with `make run`.")


def _running(layout: Layout, url: str) -> Target:
    aws = LocalAws(url)
    try:
        outputs = _outputs(aws, name_of(layout))
    except (BotoCoreError, ClientError) as error:
        raise Failure(
            ExitCode.LOCAL_DOWN, "The local cloud does not answer: `make stop`, then `make run`, starts it anew."
        ) from error
    if outputs is None:
        raise Failure(ExitCode.LOCAL_DOWN, "The local cloud runs and has no stack yet: `make run` deploys it.")
    return _target(name_of(layout), REGION, aws, outputs, layout)


def _target(name: str, region: str, aws: Aws, outputs: Mapping[str, str], layout: Layout | None = None) -> Target:
    try:
        stack = stack_of(outputs)
    except KeyError as error:
        raise Failure(
            ExitCode.STACK_INCOMPLETE,
            f"The stack {name} has no output {error.args[0]}, so it is another one or of an older version: deploy this "
            "version, or name the right stack.",
        ) from error
    return Target(name, region, aws, stack, outputs, layout)


def _outputs(aws: Aws, name: str) -> dict[str, str] | None:
    """The outputs of a stack that can be used; None if there is no stack of that name here."""
    try:
        (stack,) = aws.cloudformation.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if error_code(error) == "ValidationError":  # there is none, or none can be called so
            return None
        raise
    if stack["StackStatus"] not in _GOOD:
        raise Failure(
            ExitCode.STACK_INCOMPLETE,
            f"The stack {name} is not complete ({stack['StackStatus']}): wait until its deployment ends, or deploy it "
            "again.",
        )
    return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}


def _not_here(session: boto3.Session, name: str, region: str) -> Failure:
    """Where the stack is in another region, that is said: a forgotten --region is the usual reason."""
    elsewhere = _regions_with(session, name, (each for each in _regions(session, region) if each != region))
    if elsewhere:
        return Failure(
            ExitCode.WRONG_REGION,
            f"The stack {name} is in {' and '.join(elsewhere)}, not in {region}: add --region {elsewhere[0]}.",
        )
    return Failure(
        ExitCode.NO_STACK,
        f"There is no stack {name} in {region} or in another region of this account: deploy it (docs/deploy.md), or "
        "check --stack and --profile.",
    )


def _regions(session: boto3.Session, region: str) -> list[str]:
    try:
        partition = session.get_partition_for_region(region)
    except BotoCoreError:
        partition = "aws"
    return session.get_available_regions("cloudformation", partition_name=partition)


def _regions_with(session: boto3.Session, name: str, regions: Iterable[str]) -> list[str]:
    # boto3 makes clients safely in one thread only.
    clients = {region: session.client("cloudformation", region_name=region, config=_LOOK_AROUND) for region in regions}

    def has(client: "CloudFormationClient") -> bool:
        try:
            return bool(client.describe_stacks(StackName=name)["Stacks"])
        except (BotoCoreError, ClientError):
            return False  # not there, or a region that this account has not opened

    with ThreadPoolExecutor(16) as pool:
        return [region for region, found in zip(clients, pool.map(has, clients.values()), strict=True) if found]
