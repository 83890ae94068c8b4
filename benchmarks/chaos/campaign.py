"""All cases of the fault campaign."""

from typing import Final

from benchmarks.chaos import dynamodb
from benchmarks.chaos.case import Case

CASES: Final[tuple[Case, ...]] = (*dynamodb.CASES,)
