"""Which model reads which event."""

from typing import Any, Final

from pydantic import BaseModel

from tiktok_collector.events.data_refresh import DataRefreshEvent
from tiktok_collector.events.dataset_import import DatasetImportEvent, import_model
from tiktok_collector.events.extraction import ExtractionEvent
from tiktok_collector.events.lake_curation import LakeCurationEvent
from tiktok_collector.events.purge import PurgeEvent, asks_for_purge
from tiktok_collector.events.quota_accounting import QuotaAccountingEvent
from tiktok_collector.events.refresh import VideoRefreshEvent, asks_for_refresh
from tiktok_collector.events.search import SearchEvent
from tiktok_collector.events.study import StudyEvent
from tiktok_collector.events.token_refresh import TokenRefreshEvent
from tiktok_collector.events.trends import TrendEvent, TrendStudyEvent
from tiktok_collector.events.worker import WorkerEvent

MODELS: Final[dict[str, type[BaseModel]]] = {
    "user_extraction": ExtractionEvent,
    "video_search": SearchEvent,
    "token_refresh": TokenRefreshEvent,
    "collection_worker": WorkerEvent,
    "quota_accounting": QuotaAccountingEvent,
    "lake_curation": LakeCurationEvent,
    "dataset_import": DatasetImportEvent,
    "data_refresh": DataRefreshEvent,
    "trend_ingestion": TrendEvent,
    "study": StudyEvent,
}
"""The event model of each function; `user_extraction` and `video_search` take that of the study too."""


def model_of(function: str, event: Any) -> type[BaseModel]:
    """The model that the function reads `event` with; some take several."""
    if function == "trend_ingestion" and "study" in event:
        return TrendStudyEvent
    if function == "data_refresh" and asks_for_purge(event):
        return PurgeEvent
    if function == "dataset_import":
        return import_model(event)
    return VideoRefreshEvent if function == "video_search" and asks_for_refresh(event) else MODELS[function]
