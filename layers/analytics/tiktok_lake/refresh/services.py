"""What `data_refresh` needs, built once per process from its settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from tiktok_collector.aws import dynamodb_client, s3_client
from tiktok_collector.clock import Clock, SystemClock
from tiktok_collector.collection.services import CollectionServices
from tiktok_collector.pseudonyms.people import Pseudonyms
from tiktok_collector.settings import DataRefreshSettings
from tiktok_lake.curation.curate import Curation
from tiktok_lake.curation.run_ends import open_in
from tiktok_lake.deletion.deletion import Deletion
from tiktok_lake.deletion.unchanging import UnchangingFiles
from tiktok_lake.engine import EngineLimits
from tiktok_lake.files import LakeFiles
from tiktok_lake.sources import BucketSource

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, kw_only=True)
class RefreshServices:
    """The long-lived parts; each can be replaced by a test."""

    collection: CollectionServices
    files: LakeFiles
    dynamodb: "DynamoDBClient"
    tasks_table: str
    limits: EngineLimits

    @property
    def clock(self) -> Clock:
        """The clock of all parts."""
        return self.collection.clock

    @classmethod
    def build(cls, environment: Mapping[str, str], clock: Clock | None = None) -> Self:
        """The services of the deployed function.

        Raises:
            InvalidRequest: a setting is missing or malformed; the message names it.
        """
        settings = DataRefreshSettings.load(environment)
        return cls(
            collection=CollectionServices.build(environment, clock or SystemClock()),
            files=LakeFiles(s3_client(), settings.bucket),
            dynamodb=dynamodb_client(),
            tasks_table=settings.tasks_table,
            limits=EngineLimits.of_function(settings.aws_lambda_function_memory_size),
        )

    def source(self) -> BucketSource:
        """The row store, to be read range by range."""
        return BucketSource(self.files.s3, self.files.bucket)

    def people(self) -> Pseudonyms:
        """What certificates call people. Raises as `PseudonymKeys.current`."""
        return Pseudonyms(self.collection.pseudonym_keys.current())

    def curation(self) -> Curation:
        """Curation of the row store, for one invocation."""
        is_open = open_in(self.dynamodb, self.tasks_table)
        return Curation(self.files, self.clock, self.limits, is_open)

    def deletion(self, *, unchanging: bool = False) -> Deletion:
        """Deletion from the stack, or one that only looks what would go. Raises as `people`."""
        return Deletion(
            UnchangingFiles(self.files.s3, self.files.bucket) if unchanging else self.files,
            self.people(),
            self.clock,
            self.limits,
            dynamodb=self.dynamodb,
            tasks_table=self.tasks_table,
        )
