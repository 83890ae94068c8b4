"""Fingerprints of files, to tell whether something that was made from them is still right."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

_IGNORED = {"__pycache__", ".DS_Store"}


def fingerprint(paths: Iterable[Path], *words: str) -> str:
    """A digest of `words` and of the names and contents of all files at and below `paths`."""
    digest = hashlib.sha256()
    for word in words:
        digest.update(word.encode() + b"\0")
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and not _IGNORED.intersection(file.parts):
                digest.update(f"{file.relative_to(path.parent)}\0".encode())
                digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
