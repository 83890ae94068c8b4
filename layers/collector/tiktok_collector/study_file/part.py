"""What all parts of a study file have in common."""

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A part of the study file: unknown keys are refused, since a typo would lose data silently."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)
