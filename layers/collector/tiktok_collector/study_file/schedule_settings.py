"""The part of a study file that says which days are asked for, and how old they are then."""

from datetime import date
from itertools import pairwise
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, Field

from tiktok_collector.study.days import FIRST_DAY, read_day

DEFAULT_PASSES: Final = (2, 10)


def _as_day(value: Any) -> Any:
    return value if isinstance(value, date) else read_day(value)


def _not_before_tiktok(day: date) -> date:
    if day < FIRST_DAY:
        raise ValueError(f"{day} is before TikTok's first day, {FIRST_DAY}; start there or later")
    return day


def _ascending(ages: list[int]) -> list[int]:
    if any(later <= earlier for earlier, later in pairwise(ages)):
        raise ValueError(f"the ages {ages} do not ascend; write each once, the smallest first")
    return ages


Day = Annotated[date, BeforeValidator(_as_day), AfterValidator(_not_before_tiktok)]
EveryDays = Annotated[int, Field(ge=1, le=90)]
Passes = Annotated[
    list[Annotated[int, Field(ge=1, le=250)]], Field(min_length=1, max_length=4), AfterValidator(_ascending)
]
