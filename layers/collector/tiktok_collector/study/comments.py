"""How deep to go into comments, in events and in study files."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class CommentSettings(BaseModel):
    """How deep to go into the comments of each video."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    max_per_video: Annotated[int, Field(ge=1, le=100_000)] | None = Field(
        default=None, description="So many comments of each video, in TikTok's order; without it all that TikTok gives."
    )
    replies: bool = Field(default=False, description="Whether the replies to the comments are collected too.")
