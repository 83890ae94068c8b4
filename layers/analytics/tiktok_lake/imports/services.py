"""What `dataset_import` needs, built once per process from its settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from tiktok_collector.aws import dynamodb_client, s3_client
from tiktok_collector.clock import Clock, SystemClock
from tiktok_collector.settings import LakeSettings
from tiktok_lake.engine import EngineLimits
from tiktok_lake.files import LakeFiles
from tiktok_lake.imports.service import DatasetImport


@dataclass(frozen=True, kw_only=True)
class ImportServices:
    """The long-lived parts; each can be replaced by a test."""

    clock: Clock
    datasets: DatasetImport

    @classmethod
    def build(cls, environment: Mapping[str, str], clock: Clock | None = None) -> Self:
        """The services of the deployed function.

        Raises:
            InvalidRequest: a setting is missing or malformed; the message names it.
        """
        settings = LakeSettings.load(environment)
        clock = clock or SystemClock()
        datasets = DatasetImport(
            LakeFiles(s3_client(), settings.bucket),
            dynamodb_client(),
            settings.tasks_table,
            clock,
            engine_limits=EngineLimits.of_function(settings.aws_lambda_function_memory_size),
        )
        return cls(clock=clock, datasets=datasets)
