"""Reads stored pages back: what was asked, what came, and its rows."""

from dataclasses import dataclass

from tiktok_collector.clock import from_iso
from tiktok_collector.errors import Fatal
from tiktok_collector.http.answer import Answer
from tiktok_collector.lake.raw_pages import PageEnvelope, RawPageStore
from tiktok_collector.research_api.answers import Frame, read_frame
from tiktok_collector.research_api.endpoints import ENDPOINTS
from tiktok_collector.research_api.rows import TypedPage, read_rows


@dataclass(frozen=True, slots=True)
class StoredPage:
    """A page as stored and read again."""

    envelope: PageEnvelope
    answer: Answer
    frame: Frame
    typed: TypedPage


class PageReader:
    """Reads the raw pages of one bucket."""

    def __init__(self, store: RawPageStore) -> None:
        self._store = store

    def find(self, key: str) -> StoredPage | None:
        """The page at `key`, or None if it was never committed."""
        found = self._store.get(key)
        if found is None:
            return None
        envelope, body = found
        endpoint = ENDPOINTS[envelope.endpoint]
        answer = Answer(
            status=envelope.http_status,
            body=body,
            headers={},
            sent_at=from_iso(envelope.retrieved_at),
            latency_ms=0,
            retry_after=None,
            request=envelope.request,
        )
        frame = read_frame(endpoint, answer)
        return StoredPage(envelope, answer, frame, read_rows(endpoint, frame.rows))

    def read(self, key: str) -> StoredPage:
        """The page at `key`, which must be there.

        Raises:
            Fatal: it is not.
        """
        page = self.find(key)
        if page is None:
            raise Fatal(f"The raw page {key} is missing; restore it from the bucket's versions.")
        return page
