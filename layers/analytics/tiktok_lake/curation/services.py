"""What `lake_curation` needs, built once per process from its settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from tiktok_collector.aws import dynamodb_client, s3_client
from tiktok_collector.clock import Clock, SystemClock
from tiktok_collector.settings import LakeSettings
from tiktok_lake.curation.curate import Curation
from tiktok_lake.curation.run_ends import open_in
from tiktok_lake.engine import EngineLimits
from tiktok_lake.files import LakeFiles

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, kw_only=True)
class CurationServices:
    """The long-lived parts; each can be replaced by a test."""

    files: LakeFiles
    dynamodb: "DynamoDBClient"
    tasks_table: str
    clock: Clock
    limits: EngineLimits

    @classmethod
    def build(cls, environment: Mapping[str, str], clock: Clock | None = None) -> Self:
        """The services of the deployed function.

        Raises:
            InvalidRequest: a setting is missing or malformed; the message names it.
        """
        settings = LakeSettings.load(environment)
        s3, clock = s3_client(), clock or SystemClock()
        return cls(
            files=LakeFiles(s3, settings.bucket),
            dynamodb=dynamodb_client(),
            tasks_table=settings.tasks_table,
            clock=clock,
            limits=EngineLimits.of_function(settings.aws_lambda_function_memory_size),
        )

    def curation(self) -> Curation:
        """The use case, for one invocation."""
        is_open = open_in(self.dynamodb, self.tasks_table)
        return Curation(self.files, self.clock, self.limits, is_open)
