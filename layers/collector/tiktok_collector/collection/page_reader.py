"""Reads stored pages back: what was asked, what came, and its rows."""

from dataclasses import dataclass

from tiktok_collector.clock import from_iso
from tiktok_collector.errors import CollectorError, Fatal
from tiktok_collector.http.answer import Answer
from tiktok_collector.lake.blocks import holders
from tiktok_collector.lake.raw_pages import CorruptPage, PageEnvelope, RawPage, RawPageStore
from tiktok_collector.research_api.answers import Frame, read_frame
from tiktok_collector.research_api.endpoints import ENDPOINTS
from tiktok_collector.research_api.rows import TypedPage, read_rows


@dataclass(frozen=True, slots=True)
class StoredPage:
    """A page as stored and read again; `key` is of its object, which may hold other pages too."""

    key: str
    envelope: PageEnvelope
    answer: Answer
    frame: Frame
    typed: TypedPage


class PageReader:
    """Reads the raw pages of one bucket."""

    def __init__(self, store: RawPageStore) -> None:
        self._store = store
        # Whoever reads a page of several usually reads the next one then. Replaced whole: threads may share a reader.
        self._last: tuple[str, list[RawPage]] = ("", [])

    def find(self, key: str) -> list[StoredPage]:
        """The pages of the object at `key` in order; none if it was never committed."""
        return [stored_page(key, page) for page in self._store.get_all(key)]

    def read(self, key: str) -> StoredPage:
        """The page that `key` names, which must be there, in its own object or in that of a page before it.

        Raises:
            Fatal: it is not.
        """
        last, kept = self._last
        for ahead, holder in enumerate(holders(key)):
            if holder == last and ahead < len(kept):
                return stored_page(last, kept[ahead])
        for ahead, holder in enumerate(holders(key)):
            pages = self._store.get_all(holder)
            if ahead < len(pages):
                if len(pages) > 1:
                    self._last = (holder, pages)
                return stored_page(holder, pages[ahead])
            if pages:
                break
        raise Fatal(f"The raw page {key} is missing; restore it from the bucket's versions.")


def stored_page(key: str, page: RawPage) -> StoredPage:
    """The page with its rows.

    Raises:
        CorruptPage: it is a raw page, but none with data from an endpoint that is known.
    """
    try:
        return _read(key, page)
    except (CollectorError, LookupError, ValueError) as error:
        raise CorruptPage(
            f"The raw page {key} holds no data of a known endpoint ({error}); restore an earlier version of the object."
        ) from error


def _read(key: str, page: RawPage) -> StoredPage:
    envelope, body = page
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
    return StoredPage(key, envelope, answer, frame, read_rows(endpoint, frame.rows))
