"""Ends a process at any of its instructions: whatever its threads do next in the collector's code, they do not do it.

Calls to AWS and TikTok are made whole or not at all; what is killed between their two halves is what the storms of
lost answers are about (`storm.py`).
"""

import dis
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any, Final

import tiktok_collector

_CODE: Final = str(Path(tiktok_collector.__file__).parent)
_EVENT: Final = sys.monitoring.events.INSTRUCTION
_OF_HANDLERS: Final = frozenset({"PUSH_EXC_INFO", "WITH_EXCEPT_START"})
_NONES: Final = 3
"""Arguments of `__exit__` where nothing was raised."""


class Killed(BaseException):
    """The process is gone; no handler of the collector may catch this."""


class Guillotine:
    """Counts the bytecode instructions of the collector's own code, of all threads together."""

    def __init__(self) -> None:
        self._counted = 0
        self._fatal: int | None = None

    @property
    def killed(self) -> bool:
        """Whether the last process came to the instruction at which it was to be killed."""
        return self._fatal is not None and self._counted >= self._fatal

    @contextmanager
    def falling(self, fatal: int | None) -> Iterator[None]:
        """Within the block, everything ends at instruction number `fatal`; None only counts."""
        self._counted, self._fatal = 0, fatal
        monitoring = sys.monitoring
        tool = next(number for number in range(6) if monitoring.get_tool(number) is None)
        unraisable, sys.unraisablehook = sys.unraisablehook, _quiet(sys.unraisablehook)
        monitoring.use_tool_id(tool, "guillotine")
        monitoring.register_callback(tool, _EVENT, self._instruction)
        monitoring.restart_events()
        monitoring.set_events(tool, _EVENT)
        try:
            yield
        except Killed:
            pass
        finally:
            monitoring.set_events(tool, monitoring.events.NO_EVENTS)
            monitoring.free_tool_id(tool)
            sys.unraisablehook = unraisable

    @property
    def counted(self) -> int:
        """How many instructions there were."""
        return self._counted

    def _instruction(self, code: CodeType, offset: int) -> Any:
        if not code.co_filename.startswith(_CODE):
            return sys.monitoring.DISABLE
        self._counted += 1
        if self.killed and offset not in _leaving(code):
            raise Killed
        return None


@cache
def _leaving(code: CodeType) -> frozenset[int]:
    """Where a `with` is left. A lock that is not given back would keep other threads of the dead process for ever."""
    found: set[int] = set()
    before: list[dis.Instruction] = []
    for each in dis.get_instructions(code):
        before = [*before[-_NONES + 1 :], each] if _is_none(each) else before
        if each.opname in _OF_HANDLERS:
            found.add(each.offset)
        elif not _is_none(each):
            if each.opname == "CALL" and len(before) == _NONES:
                found |= {each.offset, *(none.offset for none in before)}
            before = []
    return frozenset(found)


def _is_none(instruction: dis.Instruction) -> bool:
    return instruction.opname == "LOAD_CONST" and instruction.argval is None


def _quiet(hook: Callable[[Any], object]) -> Callable[[Any], object]:
    """Says nothing of generators that are closed in a process that is gone."""
    return lambda said: None if isinstance(said.exc_value, Killed) else hook(said)
