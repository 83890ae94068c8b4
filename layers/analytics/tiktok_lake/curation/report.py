"""What a curation did, in numbers and keys; without personal data."""

from collections import Counter

import msgspec

from tiktok_collector.observability import Log
from tiktok_lake.curation.written import Written


class CurationReport(msgspec.Struct, frozen=True, kw_only=True):
    """What one invocation did.

    Attributes:
        batches: Batches that it ended, those that another one had begun among them.
        objects: Raw objects that were read.
        pages: Pages in them, each of which is one request.
        polls: Polls of trends.
        rows: Rows written by table.
        unreadable: Keys of raw objects that could not be read; each has a row in `quarantine` and is left as it is.
        files: Files of the row store that were written.
        bytes: Bytes of them.
        tagged: Raw objects that were marked to expire.
        compacted: Files that became part of larger ones.
        waiting: Curated raw objects whose run has not ended, so that they are not marked yet.
        left: Raw objects that are not curated yet; the next invocation goes on.
        problems: What else was found amiss, a sentence each.
    """

    batches: int = 0
    objects: int = 0
    pages: int = 0
    polls: int = 0
    rows: dict[str, int] = {}
    unreadable: tuple[str, ...] = ()
    files: int = 0
    bytes: int = 0
    tagged: int = 0
    compacted: int = 0
    waiting: int = 0
    left: int = 0
    problems: tuple[str, ...] = ()


class Tally:
    """What the parts of an invocation add up to its report."""

    def __init__(self) -> None:
        self.batches = 0
        self.objects = 0
        self.pages = 0
        self.polls = 0
        self.rows: Counter[str] = Counter()
        self.unreadable: list[str] = []
        self.files = 0
        self.bytes = 0
        self.compacted = 0
        self.problems: list[str] = []

    def wrote(self, written: Written) -> None:
        """Counts a new file."""
        self.files += 1
        self.bytes += written.path.stat().st_size
        self.rows[written.table] += written.rows

    def report(self, *, tagged: int, waiting: int, left: int) -> CurationReport:
        """The report of it all."""
        return CurationReport(
            batches=self.batches,
            objects=self.objects,
            pages=self.pages,
            polls=self.polls,
            rows=dict(sorted(self.rows.items())),
            unreadable=tuple(self.unreadable),
            files=self.files,
            bytes=self.bytes,
            tagged=tagged,
            compacted=self.compacted,
            waiting=waiting,
            left=left,
            problems=tuple(self.problems),
        )


def tell(report: CurationReport, log: Log) -> None:
    """Lines in the log where pages are left or cannot be read; an alarm hears of them (docs/runbook.md)."""
    if report.unreadable or report.problems:
        # Whatever is in them is never marked to expire, and nobody checks it.
        log.warning(
            "Some of what was stored cannot be read; the report has the keys.",
            extra={"waits": True, "unreadable": len(report.unreadable), "problems": len(report.problems)},
        )
    if report.left:
        log.warning("Raw pages are left; the next invocation goes on.", extra={"waits": True, "left": report.left})
