"""Locked requirements: names, versions and hashes, as pip reads them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_LINE = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})(?![0-9a-f])")
_WANTED_BY = re.compile(r"^ +# +(?:via +)?(\S.*)$")


@dataclass(frozen=True, slots=True)
class Locked:
    """One requirement of a lock.

    Attributes:
        name: As PEP 503 spells it.
        hashes: SHA-256 of each archive that may be installed.
        wanted_by: The packages or files that ask for it.
    """

    name: str
    version: str
    hashes: tuple[str, ...]
    wanted_by: tuple[str, ...]


def normal(name: str) -> str:
    """The one spelling of a package's name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_lock(path: Path) -> list[Locked]:
    """The requirements of the lock at `path`, in its order.

    Raises:
        ValueError: a line is neither a pinned requirement nor belongs to one; the message names it.
    """
    return [_locked(block) for block in _blocks(path)]


def read_locks(paths: Iterable[Path]) -> list[Locked]:
    """The requirements of several locks, by name.

    Raises:
        ValueError: as `read_lock` says.
    """
    return sorted((each for path in paths for each in read_lock(path)), key=lambda each: each.name)


def _blocks(path: Path) -> Iterator[list[str]]:
    block: list[str] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        if line.startswith(" "):
            if not block:
                raise ValueError(f"{path.name}:{number}: this line belongs to no requirement: {line.strip()}.")
            block.append(line)
            continue
        if not _LINE.match(line):
            raise ValueError(f"{path.name}:{number}: not a requirement with == and a version: {line}.")
        if block:
            yield block
        block = [line]
    if block:
        yield block


def _locked(block: list[str]) -> Locked:
    first = _LINE.match(block[0])
    assert first is not None  # noqa: S101 # _blocks has looked
    wanted_by = (found[1] for line in block[1:] if (found := _WANTED_BY.match(line)) and found[1] != "via")
    return Locked(
        normal(first["name"]),
        first["version"],
        tuple(_HASH.findall("\n".join(block))),
        tuple(each.removeprefix("-r ") for each in wanted_by),
    )
