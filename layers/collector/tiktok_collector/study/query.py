"""The query language of the video search: `and`, `or` and `not` lists of conditions (API page "Query videos").

A video is found if it meets every condition in `and`, at least one in `or` (if there are any) and none in `not`.
Whatever is wrong with a query is said before anything is sent: each refused request would count against the quota.
"""

import json
from typing import Annotated, Any, Final, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_serializer,
    model_validator,
)

from tiktok_collector.study.contradictions import Constraint, contradiction
from tiktok_collector.study.query_fields import RULES, FieldName, Operation
from tiktok_collector.study.wrong_parts import read_each

MAX_BYTES: Final = 100_000
"""Each window's task holds the query, in a DynamoDB item of at most 400 KB. TikTok states no limit of its own."""


def _as_text(value: Any) -> Any:
    """Numbers are sent as text. Fractions are refused: an id that was a float has lost its last digits."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is neither text nor a whole number")  # noqa: TRY004 - pydantic reports ValueError
    return value


class Condition(BaseModel):
    """One condition, such as `{"field_name": "region_code", "operation": "IN", "field_values": ["US", "GB"]}`."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    field_name: FieldName
    operation: Operation
    field_values: list[Annotated[str, BeforeValidator(_as_text, json_schema_input_type=str | int)]]

    @field_validator("operation")
    @classmethod
    def _allowed(cls, operation: Operation, info: ValidationInfo) -> Operation:
        name: FieldName | None = info.data.get("field_name")
        if name and operation not in RULES[name].operations:
            allowed = " or ".join(RULES[name].operations)
            raise ValueError(f"{operation} does not go with {name}; use {allowed}")
        return operation

    @field_validator("field_values")
    @classmethod
    def _values(cls, values: list[str], info: ValidationInfo) -> list[str]:
        name, operation = info.data.get("field_name"), info.data.get("operation")
        if not values:
            raise ValueError("the list is empty; name at least one value")
        if operation and operation is not Operation.IN and len(values) != 1:
            hint = "; use IN for several" if operation is Operation.EQ else ""
            raise ValueError(f"{operation} takes exactly one value, not {len(values)}{hint}")
        return read_each(RULES[name].read, values) if name else values

    def body(self) -> dict[str, Any]:
        """The condition as the API takes it."""
        return {
            "operation": self.operation.value,
            "field_name": self.field_name.value,
            "field_values": self.field_values,
        }


class VideoQuery(BaseModel):
    """A query that the API accepts and that some video may meet."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    all_of: list[Condition] = Field(default=[], alias="and")
    any_of: list[Condition] = Field(default=[], alias="or")
    none_of: list[Condition] = Field(default=[], alias="not")

    @field_validator("all_of", "any_of", "none_of", mode="before")
    @classmethod
    def _not_empty(cls, conditions: Any) -> Any:
        if conditions == []:
            # TikTok answers such a query with a 500, which counts.
            raise ValueError("the list is empty; leave it out or put a condition into it")
        return conditions

    @model_validator(mode="after")
    def _can_be_met(self) -> Self:
        if not any(conditions for _, conditions in self._lists()):
            raise ValueError("the query has no condition; put at least one into and, or, not")
        size = len(json.dumps(self.body()))
        if size > MAX_BYTES:
            raise ValueError(
                f"the query is {size} bytes long, and a task has room for {MAX_BYTES}; split it into several"
            )
        why_not = contradiction(
            *(
                [_constraint(f"{name}.{n}", each) for n, each in enumerate(conditions)]
                for name, conditions in self._lists()
            )
        )
        if why_not:
            raise ValueError(why_not)
        return self

    @model_serializer
    def _as_sent(self) -> dict[str, Any]:
        """Manifests show the query as it was sent, and it can be read again from there."""
        return self.body()

    def body(self) -> dict[str, Any]:
        """The query as the API takes it: lists without a condition are left out."""
        return {name: [each.body() for each in conditions] for name, conditions in self._lists() if conditions}

    def _lists(self) -> tuple[tuple[str, list[Condition]], ...]:
        return ("and", self.all_of), ("or", self.any_of), ("not", self.none_of)


def _constraint(path: str, condition: Condition) -> Constraint:
    return Constraint(path, condition.field_name, condition.operation, condition.field_values)
