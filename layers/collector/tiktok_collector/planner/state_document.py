"""The state of a study as a document.

Accounts that are asked for together have the same coverage, so each distinct one is written once.
"""

import sys
from array import array
from typing import Final

import msgspec

from tiktok_collector.documents import well_read
from tiktok_collector.errors import Fatal
from tiktok_collector.planner.collection_history import CollectionHistory, Tally
from tiktok_collector.planner.coverage import Coverage
from tiktok_collector.planner.state import StudyState
from tiktok_collector.planner.unit_history import UnitHistory
from tiktok_collector.planner.visit_history import VisitHistory

VERSION: Final = 1


class _Line(msgspec.Struct, frozen=True, array_like=True):
    start: int
    asked: bytes


class _Unit(msgspec.Struct, frozen=True, omit_defaults=True):
    """`sure` and `doubtful` are positions in the document's lines."""

    sure: int = 0
    doubtful: int = 0
    failed: dict[int, tuple[int, ...]] = {}
    rows: dict[int, int] = {}
    bad_on: int = 0
    fine_on: int = 0


class _Collection(msgspec.Struct, frozen=True, omit_defaults=True):
    asked_on: int = 0
    alive: tuple[int, ...] = ()
    silent: tuple[int, ...] = ()
    controls: tuple[int, ...] = ()
    tallies: dict[int, Tally] = {}


class _Visits(msgspec.Struct, frozen=True, array_like=True):
    done: dict[str, int] = {}
    failed: dict[str, tuple[int, ...]] = {}


class _Document(msgspec.Struct, frozen=True):
    version: int
    runs: tuple[str, ...]
    started: int
    newest: int
    lines: tuple[_Line, ...]
    units: dict[str, _Unit]
    collections: dict[str, _Collection]
    visits: dict[str, _Visits]
    too_large: dict[int, int]
    went_through: dict[int, int] = {}
    failing: dict[int, dict[int, tuple[str, ...]]] = {}


_DOCUMENT: Final = msgspec.json.Decoder(_Document)


def encode(state: StudyState) -> bytes:
    """The state as JSON; equal states are equal bytes."""
    lines: dict[_Line, int] = {}
    units = {}
    for key, unit in sorted(state.units.items()):
        units[key] = _Unit(
            sure=lines.setdefault(_line(unit.sure), len(lines)),
            doubtful=lines.setdefault(_line(unit.doubtful), len(lines)),
            failed={day: tuple(sorted(tries)) for day, tries in unit.failed.items()},
            rows=unit.rows,
            bad_on=unit.bad_on,
            fine_on=unit.fine_on,
        )
    document = _Document(
        version=VERSION,
        runs=tuple(sorted(state.runs)),
        started=state.started,
        newest=state.newest,
        lines=tuple(lines),
        units=units,
        collections={name: _collection_document(history) for name, history in state.collections.items()},
        visits={
            username: _Visits(history.done, {stream: tuple(sorted(tries)) for stream, tries in history.failed.items()})
            for username, history in state.visits.items()
        },
        too_large=state.too_large,
        went_through=state.went_through,
        failing=state.failing,
    )
    # The encoder can sort keys that are text only.
    return msgspec.json.encode(msgspec.to_builtins(document, str_keys=True), order="deterministic")


def decode(document: bytes) -> StudyState:
    """The state that was encoded.

    Raises:
        Fatal: it is not such a document, or one of another version.
    """
    try:
        read = well_read(_DOCUMENT.decode, document)
    except msgspec.DecodeError as error:
        raise _unreadable(error) from error
    if read.version != VERSION:
        raise Fatal(
            f"The stored state of the study has version {read.version}, and this code reads {VERSION}; "
            "delete it, it is made again from records."
        )
    try:
        return _state(read)
    except (LookupError, ValueError) as error:  # a line that is not there, or half a number
        raise _unreadable(error) from error


def _unreadable(error: Exception) -> Fatal:
    return Fatal(f"The stored state of the study cannot be read ({error}); delete it, it is made again from records.")


def _state(read: _Document) -> StudyState:
    state = StudyState()
    state.runs = set(read.runs)
    state.started, state.newest = read.started, read.newest
    state.units = {key: _unit(unit, read.lines) for key, unit in read.units.items()}
    state.collections = {name: _collection(history) for name, history in read.collections.items()}
    state.visits = {
        username: VisitHistory(history.done, {stream: set(tries) for stream, tries in history.failed.items()})
        for username, history in read.visits.items()
    }
    state.too_large = read.too_large
    state.went_through = read.went_through
    state.failing = read.failing
    return state


def _collection_document(history: CollectionHistory) -> _Collection:
    return _Collection(
        asked_on=history.asked_on,
        alive=tuple(sorted(history.alive)),
        silent=tuple(sorted(history.silent)),
        controls=tuple(sorted(history.controls)),
        tallies=history.tallies,
    )


def _collection(read: _Collection) -> CollectionHistory:
    return CollectionHistory(
        asked_on=read.asked_on,
        alive=set(read.alive),
        silent=set(read.silent),
        controls=set(read.controls),
        tallies=read.tallies,
    )


def _unit(read: _Unit, lines: tuple[_Line, ...]) -> UnitHistory:
    unit = UnitHistory()
    unit.sure, unit.doubtful = _coverage(lines[read.sure]), _coverage(lines[read.doubtful])
    unit.failed = {day: set(tries) for day, tries in read.failed.items()}
    unit.rows = dict(read.rows)
    unit.bad_on, unit.fine_on = read.bad_on, read.fine_on
    return unit


def _line(coverage: Coverage) -> _Line:
    return _Line(coverage.start, _swapped(coverage.asked).tobytes())


def _coverage(line: _Line) -> Coverage:
    asked = array("H")
    asked.frombytes(line.asked)
    return Coverage(line.start, _swapped(asked))


def _swapped(asked: array[int]) -> array[int]:
    """To or from little-endian, whatever machine this is."""
    if sys.byteorder == "little":
        return asked
    swapped = asked[:]
    swapped.byteswap()
    return swapped
