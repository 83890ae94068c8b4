"""The mapping file beside a dataset: what its author knows better than its columns say."""

from datetime import UTC, datetime
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from tiktok_collector.errors import InvalidRequest
from tiktok_collector.study_file.problem_sentences import wrong_places
from tiktok_collector.study_file.problems import InvalidStudy, Problem, dotted
from tiktok_collector.study_file.yaml_lines import read_yaml
from tiktok_lake.engine import EngineLimits, engine
from tiktok_lake.imports.families.every import FAMILIES
from tiktok_lake.imports.values.counts import Decimals
from tiktok_lake.imports.values.times import DEFAULT_ZONE, DateOrder
from tiktok_lake.tables import PROVENANCE, TABLES

_FILLED: Final = ("videos", "users", "comments", "relations", "playlists", "trends")
_NOT_BY_HAND: Final = frozenset({*(each.name for each in PROVENANCE), "extra", "created_at"})


class InvalidMapping(InvalidRequest):
    """A mapping file that cannot be used; the message is the first of `problems` and how many more there are."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        more = len(problems) - 1
        rest = f" There {'is' if more == 1 else 'are'} {more} more problem{'s' * (more > 1)}." if more else ""
        super().__init__(f"{problems[0]}{rest}")


def _known_family(name: str) -> str:
    if name not in FAMILIES:
        raise ValueError(f"{name!r} is no family; known are {', '.join(sorted(FAMILIES))}")
    return name


def _known_encoding(name: str) -> str:
    try:
        "".encode(name)  # which base64 and the like refuse: they are no encodings of text
    except (LookupError, ValueError) as error:
        raise ValueError(f"{name!r} is no encoding; write one such as utf-8, cp1252 or utf-16") from error
    return name


def _can_part(sign: str) -> str:
    if sign in '"\r\n\0':
        raise ValueError(f"{sign!r} cannot part cells; write one such as ; or |")
    return sign


def _is_zone(name: str) -> bool:
    # DuckDB reads the times, so its list of zones is the one that counts; this computer may have none.
    with engine(EngineLimits(memory=64 * 1024 * 1024, threads=1)) as connection:
        return connection.execute("SELECT 1 FROM pg_timezone_names() WHERE name = ?", [name]).fetchone() is not None


def _known_zone(name: str) -> str:
    if not _is_zone(name):
        raise ValueError(f"{name!r} is no time zone; write one such as Europe/Copenhagen or Etc/GMT-2")
    return name


def _in_utc(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    return (time if time.tzinfo is not None else time.replace(tzinfo=UTC)).astimezone(UTC)


def _moment(text: str) -> str:
    try:
        _in_utc(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is no time; write one such as 2026-03-22 or 2026-03-22T18:00:00Z") from error
    return text


def _known_columns(tables: dict[str, dict[str, str | None]]) -> dict[str, dict[str, str | None]]:
    for table, columns in tables.items():
        if table not in _FILLED:
            raise ValueError(f"{table!r} is no table that imports fill; known are {', '.join(_FILLED)}")
        known = [each for each in TABLES[table].names if each not in _NOT_BY_HAND]
        for column in columns:
            if column not in known:
                raise ValueError(f"{table} has no column {column!r}; it has {', '.join(known)}")
    return tables


class MappingFile(BaseModel):
    """`<file>.mapping.yaml`. Everything is optional; what is not said is found out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal["1"] = Field(default="1", description="Of this form.")
    family: Annotated[str, AfterValidator(_known_family)] | None = Field(
        default=None, description="The schema family, where the columns do not tell it."
    )
    encoding: Annotated[str, AfterValidator(_known_encoding)] | None = Field(
        default=None, description="The file's encoding, such as cp1252."
    )
    delimiter: Annotated[str, Field(min_length=1, max_length=1), AfterValidator(_can_part)] | None = Field(
        default=None, description="What parts the cells of a CSV file: one character."
    )
    header: list[str] | None = Field(
        default=None,
        min_length=1,
        description="The names of the columns, where the file's first row does not name them.",
    )
    rows: str | None = Field(
        default=None, description="Where the list of rows is in a JSON document, such as data.items."
    )
    tables: Annotated[dict[str, dict[str, str | None]], AfterValidator(_known_columns)] = Field(
        default_factory=dict,
        description="Columns of the row store's tables and the file's column that each is read from; with nothing "
        "behind it, a column stays empty.",
    )
    time_zone: Annotated[str, AfterValidator(_known_zone)] = Field(
        default=DEFAULT_ZONE, description="The zone of times that name none, such as Europe/Copenhagen."
    )
    dates: DateOrder = Field(default=DateOrder.AUTO, description="What comes first in dates such as 03-04-2026.")
    decimals: Decimals = Field(default=Decimals.AUTO, description="What parts a number from its fraction.")
    ids: Literal["tiktok", "any"] = Field(
        default="tiktok", description="Whether ids that cannot be TikTok's are quarantined, or taken as they are."
    )
    fetched_at: str | None = Field(default=None, description="The column that says when each row was collected.")
    collected_at: Annotated[str, AfterValidator(_moment)] | None = Field(
        default=None, description="When the file was collected, where no column says it, such as 2026-03-22; UTC."
    )

    @property
    def collected(self) -> datetime | None:
        """When the file was collected, in UTC; None: nobody says."""
        return None if self.collected_at is None else _in_utc(self.collected_at)

    @property
    def zone_is_said(self) -> bool:
        """Whether the file names the zone of times."""
        return "time_zone" in self.model_fields_set


def read_mapping(content: bytes, name: str = "mapping.yaml") -> MappingFile:
    """The mapping file of that content.

    Raises:
        InvalidMapping: it cannot be used; `problems` has everything that is wrong, each with its line.
    """
    try:
        written = read_yaml(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InvalidMapping((Problem(1, "", "the file is not UTF-8; save it as that", name),)) from error
    except InvalidStudy as error:
        raise InvalidMapping(_named(error.problems, name)) from error
    problems = list(written.problems)
    try:
        mapping = MappingFile.model_validate(written.data)
    except ValidationError as error:
        problems += [
            Problem(written.line_of(path), dotted(path), reason) for path, reason in wrong_places(error, MappingFile)
        ]
        raise InvalidMapping(_named(problems, name)) from error
    if problems:
        raise InvalidMapping(_named(problems, name))
    return mapping


def _named(problems: tuple[Problem, ...] | list[Problem], name: str) -> tuple[Problem, ...]:
    return tuple(sorted(each._replace(file=name) for each in problems))
