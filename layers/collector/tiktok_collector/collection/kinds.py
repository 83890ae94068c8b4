"""The kinds of run: which event asks for one, how it is planned, and what its manifest calls its subjects."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tiktok_collector.collection.check_plan import CheckPlan
from tiktok_collector.collection.extraction_plan import ExtractionPlan
from tiktok_collector.collection.plan import Plan
from tiktok_collector.collection.refresh_plan import RefreshPlan
from tiktok_collector.collection.search_plan import SearchPlan
from tiktok_collector.collection.study_plan import StudyPlan
from tiktok_collector.errors import Fatal
from tiktok_collector.events.check import CheckEvent
from tiktok_collector.events.collection import CollectionEvent
from tiktok_collector.events.extraction import ExtractionEvent
from tiktok_collector.events.refresh import VideoRefreshEvent
from tiktok_collector.events.search import SearchEvent
from tiktok_collector.events.study import StudyDayEvent


@dataclass(frozen=True, slots=True)
class RunKind:
    """One kind of run, named after the function that starts it, or after what it does where that function does more."""

    function: str
    event: type[CollectionEvent]
    plan: type[Plan[Any]]
    subjects: str


EXTRACTION: Final = RunKind("user_extraction", ExtractionEvent, ExtractionPlan, "accounts")
SEARCH: Final = RunKind("video_search", SearchEvent, SearchPlan, "searches")
REFRESH: Final = RunKind("video_refresh", VideoRefreshEvent, RefreshPlan, "searches")
STUDY: Final = RunKind("study", StudyDayEvent, StudyPlan, "works")
CHECK: Final = RunKind("data_refresh", CheckEvent, CheckPlan, "checks")
_ALL: Final = (EXTRACTION, SEARCH, REFRESH, STUDY, CHECK)
_BY_FUNCTION: Final[Mapping[str, RunKind]] = {kind.function: kind for kind in _ALL}
_BY_EVENT: Final[Mapping[type[CollectionEvent], RunKind]] = {kind.event: kind for kind in _ALL}


def kind_for(event: CollectionEvent) -> RunKind:
    """The kind of run that the event asks for."""
    return _BY_EVENT[type(event)]


def kind_of(function: str) -> RunKind:
    """The kind of run that the function starts.

    Raises:
        Fatal: it starts none that this version knows.
    """
    if function not in _BY_FUNCTION:
        raise Fatal(f"Runs of the function {function!r} are not known to this version; deploy the newest one.")
    return _BY_FUNCTION[function]
