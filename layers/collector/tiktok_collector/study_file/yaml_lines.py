"""YAML as plain data and a map of its lines.

Every scalar stays the text that it is, so that `NO` is a region and an id keeps its digits; only an empty value and
`null` are None. Built from the parser's events: composing nodes recurses as deep as the text does.
"""

import re
from dataclasses import dataclass, field
from typing import Any, Final

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from tiktok_collector.study.wrong_parts import Path
from tiktok_collector.study_file.problems import InvalidStudy, Problem, dotted, shortened

MAX_BYTES: Final = 1_000_000
MAX_VALUES: Final = 60_000
"""Three times as many as there can be accounts; each wrong one costs a kilobyte to report."""
_LONGEST_KEY: Final = 200
"""Every problem below a key holds it."""
_MAX_DEPTH: Final = 20
_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
_UNPRINTABLE: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BRACKET: Final = "a list or mapping that was opened with [ or { is not closed before this; close it"
_INDENTED: Final = "the line is indented differently from those that it belongs to; align it with them"
_KEY_WITHIN: Final = "a key stands inside a value; indent the line like its neighbours, or put text with ': ' in quotes"
_UNCLOSED: Final = "unexpected end of stream"
_HINTS: Final = (
    ("mapping values are not allowed", _KEY_WITHIN),
    ("did not find expected ',' or", _BRACKET),
    ("expected ',' or", _BRACKET),
    ("expected key", _INDENTED),
    ("<block end>", _INDENTED),
    ("'-' indicator", _INDENTED),
    ("could not find expected ':'", "there is no ': ' after the key; write `key: value`"),
    ("cannot start any token", "a value begins with a character that has a meaning in YAML; put it in quotes"),
    ("another document", "there is a second document after ---; keep one"),
)


@dataclass(frozen=True)
class YamlFile:
    """`data` of mappings, lists, text and None; `lines` of every key and item; `problems` that leave it readable."""

    data: Any
    lines: dict[Path, int]
    problems: tuple[Problem, ...]

    def line_of(self, path: Path) -> int:
        """The line of what stands at `path`, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_yaml(text: str) -> YamlFile:
    """The one mapping that is in the text.

    Raises:
        InvalidStudy: it is too long, not YAML, not a mapping, or uses what a study file has no need of.
    """
    _check_characters(text)
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.YAMLError as error:
        raise InvalidStudy([_syntax(error, text)]) from error
    if not isinstance(builder.root, dict):
        found = "is empty" if builder.root is None else "is not a mapping of keys to values"
        raise InvalidStudy([Problem(1, "", f"the file {found}; begin with `version: 1`")])
    return YamlFile(builder.root, builder.lines, tuple(builder.problems))


def _check_characters(text: str) -> None:
    if unprintable := _UNPRINTABLE.search(text.removeprefix("\ufeff")):
        line = text.count("\n", 0, unprintable.start()) + 1
        code = ord(unprintable[0])
        raise InvalidStudy([Problem(line, "", f"there is the character U+{code:04X}, which YAML forbids; remove it")])
    if (size := len(text.encode())) > MAX_BYTES:
        fix = "put long lists of accounts into a CSV file beside it"
        raise InvalidStudy([Problem(1, "", f"the file has {size} bytes, and at most {MAX_BYTES} are read; {fix}")])


def _syntax(error: yaml.YAMLError, text: str) -> Problem:
    lines = text.splitlines() or [""]
    last = len(lines) - 1
    line = min(getattr(getattr(error, "problem_mark", None), "line", 0), last)
    began = min(getattr(getattr(error, "context_mark", None), "line", line), line)
    indentation = lines[line][: len(lines[line]) - len(lines[line].lstrip())]
    if "\t" in indentation:
        return Problem(line + 1, "", "the line is indented with a tab, which YAML forbids; use spaces")
    reason = str(getattr(error, "problem", None) or error).splitlines()[0]
    if _UNCLOSED in reason:
        return Problem(began + 1, "", "a quote that begins here is not closed; close it")
    said = next((said for sign, said in _HINTS if sign in reason), f"this is not YAML ({reason}); correct the line")
    opened = f" (what it belongs to begins in line {began + 1})" if began != line else ""
    return Problem(line + 1, "", said + opened)


@dataclass
class _Open:
    """A mapping or list that is being read. `key` is the mapping's key whose value comes next."""

    value: dict[str, Any] | list[Any]
    path: Path
    key: str | None = None
    again: str = ""
    """Set where the key was there before: its second value is read for its own faults, and then dropped."""


@dataclass
class _Builder:
    """Puts the events together."""

    root: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    documents: int = 0
    values: int = 0

    def take(self, event: Event) -> None:
        self.values += 1
        if self.values > MAX_VALUES:
            _refuse(
                event, f"the file has more than {MAX_VALUES} values; put long lists of accounts into a CSV beside it"
            )
        match event:
            case DocumentStartEvent():
                self.documents += 1
                if self.documents > 1:
                    _refuse(event, "there is a second document after ---; keep one")
            case AliasEvent():
                _refuse(event, f"*{event.anchor} stands for something written elsewhere; write it out here")
            case MappingStartEvent() | SequenceStartEvent():
                _check(event)
                self._open(event, {} if isinstance(event, MappingStartEvent) else [])
            case MappingEndEvent() | SequenceEndEvent():
                self.stack.pop()
            case ScalarEvent():
                _check(event)
                self._scalar(event)

    def _open(self, event: Event, value: dict[str, Any] | list[Any]) -> None:
        if self._wants_key():
            _refuse(event, "a key is a list or a mapping; write text")
        if len(self.stack) >= _MAX_DEPTH:
            _refuse(event, f"lists and mappings are nested more than {_MAX_DEPTH} deep; a study needs fewer")
        self.stack.append(_Open(value, self._put(event, value)))

    def _scalar(self, event: ScalarEvent) -> None:
        if self._wants_key():
            self._key(event)
        else:
            is_null = event.style in {None, ""} and event.value in _NULLS
            self._put(event, None if is_null else event.value)

    def _wants_key(self) -> bool:
        return bool(self.stack) and isinstance(self.stack[-1].value, dict) and self.stack[-1].key is None

    def _key(self, event: ScalarEvent) -> None:
        if event.value == "<<":
            _refuse(event, "<< merges something written elsewhere; write it out here")
        if len(event.value) > _LONGEST_KEY:
            _refuse(
                event, f"a key has {len(event.value)} characters, and no key needs more than {_LONGEST_KEY}; shorten it"
            )
        at, line = self.stack[-1], _line(event)
        path = (*at.path, event.value)
        at.key = event.value
        at.again = f" (line {line})" if path in self.lines else ""
        first = self.lines.setdefault(path, line)
        if at.again:
            key = shortened(repr(event.value), 60)
            message = f"the key {key} is there twice, in line {first} and in line {line}; keep one of them"
            self.problems.append(Problem(line, dotted(path), message))

    def _put(self, event: Event, value: Any) -> Path:
        """Puts a value where it belongs; returns its path."""
        if not self.stack:
            self.root = value
            return ()
        at = self.stack[-1]
        if isinstance(at.value, list):
            path: Path = (*at.path, len(at.value))
            at.value.append(value)
            self.lines[path] = _line(event)
            return path
        path = (*at.path, f"{at.key}{at.again}")
        if not at.again:
            at.value[str(at.key)] = value
        at.key = None
        return path


def _check(event: MappingStartEvent | SequenceStartEvent | ScalarEvent) -> None:
    if event.anchor:
        _refuse(event, f"&{event.anchor} marks something for use elsewhere; remove the mark")
    if event.tag:
        _refuse(event, "a value begins with !, which marks a type; remove the mark or put the value in quotes")


def _line(event: Event) -> int:
    assert event.start_mark is not None  # noqa: S101 - every event of a parsed text has one
    return event.start_mark.line + 1


def _refuse(event: Event, message: str) -> None:
    raise InvalidStudy([Problem(_line(event), "", message)])
