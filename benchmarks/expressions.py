"""Just enough of DynamoDB's expression language for the fake table: conditions and updates become functions."""

import operator
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

type Item = dict[str, Any]
type Value = Mapping[str, str]
type Operand = Callable[[Item, Mapping[str, Value]], Value | None]
type Condition = Callable[[Item, Mapping[str, Value]], bool]
type Update = Callable[[Item, Mapping[str, Value]], None]

_TOKEN: Final = re.compile(r"\s*(<>|<=|>=|[=<>(),+]|[:#]?\w+)")
_COMPARISONS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_CLAUSES: Final = frozenset({"SET", "ADD", "REMOVE"})


def condition(text: str, names: Mapping[str, str] | None) -> Condition:
    """The function of a condition expression, with `#names` resolved."""
    return _condition(_resolved(text, names))


def update(text: str, names: Mapping[str, str] | None) -> Update:
    """The function of an update expression, with `#names` resolved; it changes the item that it is given."""
    return _update(_resolved(text, names))


def _resolved(text: str, names: Mapping[str, str] | None) -> str:
    for alias, name in (names or {}).items():
        text = text.replace(alias, name)
    return text


@lru_cache
def _condition(text: str) -> Condition:
    return _Parser(text).disjunction()


@lru_cache
def _update(text: str) -> Update:
    return _Parser(text).update()


def number(value: int) -> Value:
    """A number attribute."""
    return {"N": str(value)}


def plain(value: Value) -> int | str:
    """What an attribute compares by."""
    return int(value["N"]) if "N" in value else value["S"]


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = _TOKEN.findall(text)
        self._at = 0

    def disjunction(self) -> Condition:
        parts = [self._conjunction()]
        while self._accept("OR"):
            parts.append(self._conjunction())
        return parts[0] if len(parts) == 1 else lambda item, values: any(part(item, values) for part in parts)

    def update(self) -> Update:
        steps: list[Update] = []
        while self._at < len(self._tokens):
            clause = self._take()
            while True:
                steps.append(self._step(clause))
                if not self._accept(","):
                    break

        def run(item: Item, values: Mapping[str, Value]) -> None:
            for step in steps:
                step(item, values)

        return run

    def _conjunction(self) -> Condition:
        parts = [self._primary()]
        while self._accept("AND"):
            parts.append(self._primary())
        return parts[0] if len(parts) == 1 else lambda item, values: all(part(item, values) for part in parts)

    def _primary(self) -> Condition:
        if self._accept("("):
            inner = self.disjunction()
            self._expect(")")
            return inner
        if self._accept("NOT"):
            negated = self._primary()
            return lambda item, values: not negated(item, values)
        word = self._take()
        if word in {"attribute_exists", "attribute_not_exists"}:
            self._expect("(")
            name, wanted = self._take(), word == "attribute_exists"
            self._expect(")")
            return lambda item, _: (name in item) is wanted
        left, sign = _operand(word), self._take()
        if sign == "IN":
            return self._member(left)
        return _compared(left, _COMPARISONS[sign], _operand(self._take()), absent=sign == "<>")

    def _member(self, left: Operand) -> Condition:
        self._expect("(")
        choices = [_operand(self._take())]
        while self._accept(","):
            choices.append(_operand(self._take()))
        self._expect(")")
        return lambda item, values: left(item, values) in [choice(item, values) for choice in choices]

    def _step(self, clause: str) -> Update:
        name = self._take()
        if clause == "REMOVE":
            return lambda item, _: item.pop(name, None)
        if clause == "ADD":
            return _added(name, lambda item, _: item.get(name), _operand(self._take()))
        self._expect("=")
        value = _operand(self._take())
        return _added(name, value, _operand(self._take())) if self._accept("+") else _set(name, value)

    def _accept(self, token: str) -> bool:
        found = self._at < len(self._tokens) and self._tokens[self._at] == token
        self._at += found
        return found

    def _take(self) -> str:
        token: str = self._tokens[self._at]
        self._at += 1
        return token

    def _expect(self, token: str) -> None:
        if self._take() != token:
            raise ValueError(f"{token!r} expected in {' '.join(self._tokens)!r}")


def _operand(word: str) -> Operand:
    if word.startswith(":"):
        return lambda _, values: values[word]
    return lambda item, _: item.get(word)


def _compared(left: Operand, compare: Callable[[Any, Any], bool], right: Operand, *, absent: bool) -> Condition:
    def holds(item: Item, values: Mapping[str, Value]) -> bool:
        one, other = left(item, values), right(item, values)
        return absent if one is None or other is None else compare(plain(one), plain(other))

    return holds


def _set(name: str, value: Operand) -> Update:
    def step(item: Item, values: Mapping[str, Value]) -> None:
        item[name] = value(item, values)

    return step


def _added(name: str, one: Operand, other: Operand) -> Update:
    def step(item: Item, values: Mapping[str, Value]) -> None:
        terms = (one(item, values), other(item, values))
        item[name] = number(sum(int(term["N"]) for term in terms if term))

    return step
