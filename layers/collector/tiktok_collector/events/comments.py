"""The part of an event that says how deep to go into comments."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class CommentSettings(BaseModel):
    """How deep to go into the comments of each video."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    max_per_video: Annotated[int, Field(ge=1, le=100_000)] | None = None
    replies: bool = False
