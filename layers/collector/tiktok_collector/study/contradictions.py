"""Queries that no video can meet, found before a request is spent on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from tiktok_collector.study.query_fields import EXACT, RULES, FieldName, Operation, Scale


class Constraint(NamedTuple):
    """One condition: where it stands in the query (such as `and.0`), and what it asks."""

    path: str
    field: FieldName
    operation: Operation
    values: Sequence[str]


_NEGATED: Final[Mapping[Operation, Operation]] = {
    Operation.GT: Operation.LTE,
    Operation.GTE: Operation.LT,
    Operation.LT: Operation.GTE,
    Operation.LTE: Operation.GT,
}


def contradiction(
    all_of: Sequence[Constraint], any_of: Sequence[Constraint], none_of: Sequence[Constraint]
) -> str | None:
    """Why no video can meet the query, in words, or None if some video might."""
    if clash := _clash(all_of, none_of):
        return _sentence(clash)
    if any_of and all(_clash([*all_of, each], none_of) for each in any_of):
        return "none of the conditions in or can be met together with those in and and not, so no video can be found"
    return None


def _sentence(clash: Sequence[Constraint]) -> str:
    name = clash[0].field
    if len(clash) == 1:
        return f"the condition {clash[0].path} on {name} is one that no video can meet"
    *paths, last = (each.path for each in clash)
    return f"the conditions {', '.join(paths)} and {last} on {name} exclude each other, so no video can be found"


def _clash(all_of: Sequence[Constraint], none_of: Sequence[Constraint]) -> list[Constraint] | None:
    for name in dict.fromkeys(each.field for each in (*all_of, *none_of)):
        wanted = [each for each in all_of if each.field is name]
        unwanted = [each for each in none_of if each.field is name]
        clash = _several(wanted, unwanted) if RULES[name].several else _single(name, wanted, unwanted)
        if clash:
            return clash
    return None


def _several(wanted: Sequence[Constraint], unwanted: Sequence[Constraint]) -> list[Constraint] | None:
    """Where a video has many values, only what is asked for and excluded at once cannot be."""
    for one in wanted:
        for other in unwanted:
            if set(one.values) <= set(other.values):
                return [one, other]
    return None


def _single(name: FieldName, wanted: Sequence[Constraint], unwanted: Sequence[Constraint]) -> list[Constraint] | None:
    """Where a video has one value, there must be one that all conditions allow."""
    rule = RULES[name]
    values = _Ordered(rule.scale) if rule.scale else _Named(rule.choices)
    for each in wanted:
        values.keep(each.operation, each.values)
    for each in unwanted:
        values.drop(each.operation, each.values)
    return [*wanted, *unwanted] if values.empty else None


class _Named:
    """The values that are left of a field without an order; None where they cannot be listed."""

    def __init__(self, choices: frozenset[str] | None) -> None:
        self._left = choices
        self._dropped: set[str] = set()

    def keep(self, _: Operation, values: Sequence[str]) -> None:
        self._left = frozenset(values) if self._left is None else self._left & set(values)

    def drop(self, _: Operation, values: Sequence[str]) -> None:
        self._dropped |= set(values)

    @property
    def empty(self) -> bool:
        return self._left is not None and self._left <= self._dropped


@dataclass
class _Ordered:
    """The values that are left of a field with an order: a range, perhaps only some of it, without a few."""

    scale: Scale
    low: int = field(init=False)
    high: int = field(init=False)
    only: set[int] | None = None
    dropped: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.low, self.high = self.scale.lowest, self.scale.highest

    def keep(self, operation: Operation, values: Sequence[str]) -> None:
        numbers = {self.scale.number(value) for value in values}
        if operation in EXACT:
            self.only = numbers if self.only is None else self.only & numbers
            return
        (bound,) = numbers
        match operation:
            case Operation.GT | Operation.GTE:
                self.low = max(self.low, bound + (operation is Operation.GT))
            case _:
                self.high = min(self.high, bound - (operation is Operation.LT))

    def drop(self, operation: Operation, values: Sequence[str]) -> None:
        if operation in EXACT:
            self.dropped |= {self.scale.number(value) for value in values}
        else:
            self.keep(_NEGATED[operation], values)

    @property
    def empty(self) -> bool:
        if self.only is not None:
            return not any(self.low <= number <= self.high for number in self.only - self.dropped)
        within = sum(self.low <= number <= self.high for number in self.dropped)
        return self.high - self.low + 1 - within <= 0
