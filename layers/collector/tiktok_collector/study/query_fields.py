"""The fields of a video query: which operations each allows, how a value is written, and what values there can be.

The fields and the form of their values are those of the API page "Query videos". The page does not say which operations
go with which field: text and ids are compared for equality, days and counts in all six ways.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from tiktok_collector.study.days import FIRST_DAY, read_day
from tiktok_collector.study.handles import normalise_handle
from tiktok_collector.study.regions import REGIONS

VIDEO_LENGTHS: Final = ("SHORT", "MID", "LONG", "EXTRA_LONG")
"""Under 15 seconds, up to 1 minute, up to 5 minutes, longer."""
_INT64_MAX: Final = (1 << 63) - 1


class FieldName(StrEnum):
    """What a condition looks at."""

    CREATE_DATE = "create_date"
    USERNAME = "username"
    REGION_CODE = "region_code"
    VIDEO_ID = "video_id"
    HASHTAG_NAME = "hashtag_name"
    KEYWORD = "keyword"
    MUSIC_ID = "music_id"
    EFFECT_ID = "effect_id"
    VIDEO_LENGTH = "video_length"
    VIEW_COUNT = "view_count"
    COMMENT_COUNT = "comment_count"


class Operation(StrEnum):
    """How a condition compares."""

    EQ = "EQ"
    IN = "IN"
    GT = "GT"
    GTE = "GTE"
    LT = "LT"
    LTE = "LTE"


EXACT: Final = (Operation.EQ, Operation.IN)


@dataclass(frozen=True, slots=True)
class Scale:
    """An ordered field: its values as whole numbers, from `lowest` to `highest`."""

    number: Callable[[str], int]
    lowest: int
    highest: int


@dataclass(frozen=True, slots=True)
class FieldRule:
    """What a field allows.

    Attributes:
        read: Gives a value as it is sent; raises ValueError, which says what is wrong with it.
        scale: Of fields whose values are in order.
        choices: All values, where they are few.
        several: Whether one video has several values, such as hashtags.
    """

    read: Callable[[str], str]
    scale: Scale | None = None
    choices: frozenset[str] | None = None
    several: bool = False

    @property
    def operations(self) -> tuple[Operation, ...]:
        """The operations that the field allows."""
        return tuple(Operation) if self.scale else EXACT


def _read_date(text: str) -> str:
    day = read_day(text)
    if day < FIRST_DAY:
        raise ValueError(f"{text!r} is before TikTok's first day, {FIRST_DAY}")
    return f"{day:%Y%m%d}"


def _read_region(text: str) -> str:
    if (code := text.strip().upper()) not in REGIONS:
        hint = "GB" if code == "UK" else "two letters such as US"
        raise ValueError(f"{text!r} is not a region code that TikTok knows; write {hint}")
    return code


def _read_hashtag(text: str) -> str:
    name = text.strip()
    bare = name.lstrip("#")
    if "#" in bare or len(bare.split()) != 1:
        raise ValueError(f"{text!r} is not a hashtag; write one word without #")
    if bare != name:
        raise ValueError(f"{text!r} begins with #, which TikTok does not take; write {bare!r}")
    return name


def _read_keyword(text: str) -> str:
    if not (words := text.strip()):
        raise ValueError("the keyword is empty; write a word or a phrase")
    return words


def _read_id(text: str) -> str:
    number = _whole_number(text)
    if number is None or number == 0:
        raise ValueError(f"{text!r} is not an id; write its digits")
    return str(number)


def _read_count(text: str) -> str:
    number = _whole_number(text)
    if number is None:
        raise ValueError(f"{text!r} is not a count; write a whole number from 0")
    return str(number)


def _read_length(text: str) -> str:
    if (name := text.strip().upper()) not in VIDEO_LENGTHS:
        raise ValueError(f"{text!r} is not a video length; write one of {', '.join(VIDEO_LENGTHS)}")
    return name


def _whole_number(text: str) -> int | None:
    digits = text.strip()
    # Longer ones are no int64, and turning a text of any length into a number would take any time.
    if not (digits.isascii() and digits.isdigit() and len(digits) <= len(str(_INT64_MAX))):
        return None
    number = int(digits)
    return number if number <= _INT64_MAX else None


_DAYS: Final = Scale(lambda text: read_day(text).toordinal(), FIRST_DAY.toordinal(), date.max.toordinal())
_COUNTS: Final = Scale(int, 0, _INT64_MAX)

RULES: Final[Mapping[FieldName, FieldRule]] = {
    FieldName.CREATE_DATE: FieldRule(_read_date, scale=_DAYS),
    FieldName.USERNAME: FieldRule(normalise_handle),
    FieldName.REGION_CODE: FieldRule(_read_region, choices=REGIONS),
    FieldName.VIDEO_ID: FieldRule(_read_id),
    FieldName.HASHTAG_NAME: FieldRule(_read_hashtag, several=True),
    FieldName.KEYWORD: FieldRule(_read_keyword, several=True),
    FieldName.MUSIC_ID: FieldRule(_read_id),
    FieldName.EFFECT_ID: FieldRule(_read_id, several=True),
    FieldName.VIDEO_LENGTH: FieldRule(_read_length, choices=frozenset(VIDEO_LENGTHS)),
    FieldName.VIEW_COUNT: FieldRule(_read_count, scale=_COUNTS),
    FieldName.COMMENT_COUNT: FieldRule(_read_count, scale=_COUNTS),
}
