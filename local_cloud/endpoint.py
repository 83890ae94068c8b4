"""Clients of one AWS: the local one, which knows its address and no other credentials than `test`, or a person's."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import boto3
import botocore.session
from botocore.config import Config

from local_cloud.environment import REGION

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient

# Longer than the longest function, and never a second invocation by itself.
_ONCE: Final = Config(connect_timeout=5, read_timeout=930, retries={"total_max_attempts": 1}, max_pool_connections=16)
_PATIENT: Final = Config(
    connect_timeout=5, read_timeout=60, retries={"mode": "standard", "total_max_attempts": 4}, max_pool_connections=16
)


class Aws:
    """One client a service; `name` is what messages call it."""

    name: str = "AWS"

    @cached_property
    def cloudformation(self) -> "CloudFormationClient":
        """CloudFormation."""
        return self._session.client("cloudformation", endpoint_url=self._endpoint, config=self._config)

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        """DynamoDB."""
        return self._session.client("dynamodb", endpoint_url=self._endpoint, config=self._config)

    @cached_property
    def lambda_(self) -> "LambdaClient":
        """Lambda."""
        return self._session.client("lambda", endpoint_url=self._endpoint, config=_ONCE)

    @cached_property
    def logs(self) -> "CloudWatchLogsClient":
        """CloudWatch Logs."""
        return self._session.client("logs", endpoint_url=self._endpoint, config=self._config)

    @cached_property
    def s3(self) -> "S3Client":
        """S3."""
        return self._session.client("s3", endpoint_url=self._endpoint, config=self._config)

    @cached_property
    def scheduler(self) -> "EventBridgeSchedulerClient":
        """EventBridge Scheduler."""
        return self._session.client("scheduler", endpoint_url=self._endpoint, config=self._config)

    @cached_property
    def secrets(self) -> "SecretsManagerClient":
        """Secrets Manager."""
        return self._session.client("secretsmanager", endpoint_url=self._endpoint, config=self._config)

    @cached_property
    def sqs(self) -> "SQSClient":
        """SQS."""
        return self._session.client("sqs", endpoint_url=self._endpoint, config=self._config)

    @property
    def _endpoint(self) -> str | None:
        """Where to ask; None is AWS itself."""
        return None

    @property
    def _config(self) -> Config:
        """How patient all clients are but Lambda's."""
        return _PATIENT

    @cached_property
    def _session(self) -> boto3.Session:
        return boto3.Session()


@dataclass(frozen=True)
class LocalAws(Aws):
    """The local AWS at `url`; where that is https, with the certificate that it shows."""

    url: str
    certificate: Path | None = None

    name = "the local AWS"

    @property
    def _endpoint(self) -> str | None:
        return self.url

    @property
    def _config(self) -> Config:
        return _ONCE

    @cached_property
    def _session(self) -> boto3.Session:
        trusting = botocore.session.Session()
        if self.certificate:
            trusting.set_config_variable("ca_bundle", str(self.certificate))
        return boto3.Session("test", "test", region_name=REGION, botocore_session=trusting)  # the emulator's


class PersonsAws(Aws):
    """AWS with a person's own credentials.

    Args:
        session: Of the profile and region that were asked for.
    """

    def __init__(self, session: boto3.Session) -> None:
        self._given: Final = session

    @cached_property
    def _session(self) -> boto3.Session:
        return self._given
