"""The mapping file beside a dataset: what its author knows better than its columns say."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tiktok_collector.study_file.problems import InvalidStudy
from tiktok_collector.study_file.yaml_lines import read_yaml
from tiktok_lake.imports.reading.problems import UnusableFile


class MappingFile(BaseModel):
    """`<file>.mapping.yaml`. Everything is optional; what is not said is found out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal["1"] = "1"
    family: str | None = None
    encoding: str | None = None
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    header: list[str] | None = None
    rows: str | None = None


def read_mapping(data: bytes) -> MappingFile:
    """The mapping in `data`.

    Raises:
        UnusableFile: it cannot be used; the message says what is wrong with it.
    """
    try:
        written = read_yaml(data.decode())
        return MappingFile.model_validate(written.data)
    except (UnicodeDecodeError, InvalidStudy, ValidationError) as error:
        raise UnusableFile(f"The mapping file cannot be used: {error}") from error
