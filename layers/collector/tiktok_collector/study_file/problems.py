"""What is wrong with a study file or a list beside it, for the person who wrote it."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from tiktok_collector.errors import InvalidRequest
from tiktok_collector.study.wrong_parts import Path

STUDY_FILE: Final = "study.yaml"
_LONGEST_KEY: Final = 100


class Problem(NamedTuple):
    """One thing that is wrong: the line (from 1), the path of keys, and a sentence with the fix, without full stop."""

    line: int
    path: str
    message: str
    file: str = STUDY_FILE

    def __str__(self) -> str:
        place = f" ({shortened(self.path)})" if self.path else ""
        return f"{self.file}, line {self.line}{place}: {shortened(self.message)}."


class InvalidStudy(InvalidRequest):
    """A study file that cannot be used; the message is the first of `problems` and how many more there are."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda each: (each.file != STUDY_FILE, each)))
        more = len(self.problems) - 1
        rest = f" There {'is' if more == 1 else 'are'} {more} more problem{'s' * (more > 1)}." if more else ""
        super().__init__(f"{self.problems[0]}{rest}")


def dotted(path: Path) -> str:
    """The path as people read it: `searches.climate.query.and.0`; each of many problems has one, so keys are cut."""
    return ".".join(str(part) if isinstance(part, int) else _shown(part) for part in path)


def _shown(key: str) -> str:
    key = shortened(key, _LONGEST_KEY)
    return key if key.isprintable() else repr(key)


def shortened(text: str, most: int = 400) -> str:
    """The text without its middle, if it is longer: what is wrong and the fix stand at its ends."""
    return text if len(text) <= most else f"{text[: most // 2]}…{text[-most // 2 :]}"
