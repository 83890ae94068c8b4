"""The events of `dataset_import`: EventBridge's word of a new object, or a person's."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from tiktok_collector.events.scheduling import ScheduledTime

_Key = Annotated[str, Field(min_length=1, max_length=1_024, pattern=r"^imports/.")]


class DatasetImportEvent(BaseModel):
    """Asks for an import of one file, or, without a key, of those that were begun and have not ended.

    With `again` its rows are written although the row store has them, such as after a deletion that went too far.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    key: _Key | None = None
    again: bool = False
    scheduled_time: ScheduledTime = None


class _Bucket(BaseModel):
    name: str


class _Object(BaseModel):
    key: Annotated[str, Field(min_length=1, max_length=1_024)]


class _Detail(BaseModel):
    bucket: _Bucket
    object: _Object


class ObjectCreatedEvent(BaseModel):
    """What EventBridge sends when an object was put; of its many fields those that count."""

    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=True)

    source: Literal["aws.s3"]
    detail: _Detail


def import_model(event: object) -> type[DatasetImportEvent | ObjectCreatedEvent]:
    """Which of the two an event is."""
    return ObjectCreatedEvent if isinstance(event, Mapping) and "detail" in event else DatasetImportEvent
