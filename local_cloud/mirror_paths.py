"""Where the objects of a bucket lie in a folder: pure.

Never outside of the folder, never two in one file, and under names that every common file system takes, whatever
somebody has called an object. The collector's own keys stay as they are.
"""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import quote

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._=~%+@-]")
# Windows opens a device instead, whatever stands behind the dot.
_DEVICE: Final = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
_LONGEST: Final = 200
_LONGEST_PATH: Final = 700
"""Of a file below the folder: macOS takes 1,024 bytes with the folder, and no key of the collector is half as long."""
_OURS: Final = frozenset(
    {"config", "curated", "exports", "lake", "manifests", "raw", "reports", "studies", "trends", "usage"}
)


def local_path(folder: Path, key: str) -> Path:
    """The file below `folder` for the object `key`: what a path cannot hold is percent-encoded, dots do not climb."""
    return folder.joinpath(*map(_part, key.split("/")))


def places(folder: Path, keys: Iterable[str]) -> dict[str, Path]:
    """The file for each key.

    It is `local_path`, unless another key has that file already, also where upper and lower case are the same, or one
    of the two needs a folder where the other has a file. Of such keys the first keeps it, the collector's own before
    others; the rest, and paths that are too long, are called after the hash of the key.
    """
    files: set[str] = set()
    folders: set[str] = set()
    found: dict[str, Path] = {}
    for key in sorted(keys, key=lambda each: (each.partition("/")[0] not in _OURS, each)):
        place = PurePosixPath(*map(_part, key.split("/")))
        while not _is_free(place, files, folders):
            place = PurePosixPath(f"~{_hash(f'{key}\n{place}', 32)}")
        files.add(_folded(place))
        folders.update(map(_folded, place.parents))
        found[key] = folder / place
    return found


def _is_free(place: PurePosixPath, files: set[str], folders: set[str]) -> bool:
    folded = _folded(place)
    if len(folded) > _LONGEST_PATH or folded in files or folded in folders:
        return False
    return files.isdisjoint(map(_folded, place.parents))


def _folded(place: PurePosixPath) -> str:
    return str(place).lower()


def _part(part: str) -> str:
    name = _UNSAFE.sub(lambda match: quote(match.group(), safe="", errors="surrogatepass"), part)
    if not name.strip("."):
        name = name.replace(".", "%2E") or "%00"
    # What begins with a dot is hidden, and this program's own; a dot at the end is dropped by Windows.
    if name.startswith("."):
        name = f"%2E{name[1:]}"
    if name.endswith("."):
        name = f"{name[:-1]}%2E"
    if _DEVICE.fullmatch(name):
        name = f"%{ord(name[0]):02X}{name[1:]}"
    if len(name) > _LONGEST:
        name = f"{name[: _LONGEST - 17]}~{_hash(name, 16)}"
    return name


def _hash(text: str, digits: int) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:digits]
