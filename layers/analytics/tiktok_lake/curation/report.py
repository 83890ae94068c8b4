"""What a curation did, in numbers and keys; without personal data."""

import msgspec


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
