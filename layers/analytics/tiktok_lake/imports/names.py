"""What an import is called, and where its report and its mapping file lie."""

import hashlib
from typing import Final

from tiktok_lake.keys import IMPORTED

REPORT: Final = ".report.json"
MAPPING: Final = ".mapping.yaml"
_DIGITS: Final = 20


def import_id(key: str, content: str, mapping: str = "") -> str:
    """What tells an import from others: the same file under the same key, with the same mapping, is the same one.

    Args:
        key: Where the file lies.
        content: What changes with it, such as its ETag.
        mapping: The same of the mapping file beside it; empty without one.
    """
    return _digest(f"{key}\n{content}\n{mapping}")


def file_name(identity: str) -> str:
    """The name of an import's files in the row store, without the ending."""
    return f"{IMPORTED}{identity}"


def record_name(key: str) -> str:
    """The name of the records about the file of this key."""
    return f"{_digest(key)}.json"


def report_key(key: str) -> str:
    """The key of the report beside a file."""
    return f"{key}{REPORT}"


def mapping_key(key: str) -> str:
    """The key of the mapping file beside a file."""
    return f"{key}{MAPPING}"


def dataset_key(key: str) -> str | None:
    """The key of the dataset that a new object is or, as its mapping file, belongs to; None of what is neither."""
    if key.endswith((REPORT, "/")):
        return None
    return key.removesuffix(MAPPING)


def digest(data: bytes) -> str:
    """What tells one content from another, in 20 digits."""
    return hashlib.sha256(data).hexdigest()[:_DIGITS]


def _digest(text: str) -> str:
    return digest(text.encode("utf-8", "surrogateescape"))
