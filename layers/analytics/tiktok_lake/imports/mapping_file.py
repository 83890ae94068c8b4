"""The mapping file beside a dataset: what its author knows better than its columns say."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class MappingFile(BaseModel):
    """`<file>.mapping.yaml`. Everything is optional; what is not said is found out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal["1"] = "1"
    family: str | None = None
    encoding: str | None = None
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    header: list[str] | None = None
    rows: str | None = None
