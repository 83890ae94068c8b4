"""The event of `data_refresh` that asks for a deletion: of an account, of a study, or of all before a day."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from tiktok_collector.events.scheduling import RunId
from tiktok_collector.study.handles import normalise_handle
from tiktok_collector.study.names import Name


def asks_for_purge(event: object) -> bool:
    """Whether an event asks for a purge, right or wrong."""
    return isinstance(event, Mapping) and "purge" in event


class PurgeScope(BaseModel):
    """What is to be deleted: one of the three."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    account: str | None = None
    study: Name | None = None
    before: date | None = None

    @field_validator("account", mode="before")
    @classmethod
    def _handle(cls, value: Any) -> Any:
        return normalise_handle(value) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(each is not None for each in (self.account, self.study, self.before)) != 1:
            raise ValueError("name one of account, study and before")
        return self


class PurgeEvent(BaseModel):
    """Asks for a purge. Unless `dry_run` is false, nothing is deleted and the answer says what would be."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    purge: PurgeScope
    dry_run: bool = True
    run_id: RunId | None = None
