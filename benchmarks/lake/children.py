"""Processes of their own, so that what each needs of time and memory is its own."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec

_ROOT: Final = Path(__file__).resolve().parents[2]
_BENCH: Final = _ROOT / ".local" / "bench"


class Cost(msgspec.Struct, frozen=True):
    """What a process took: seconds by the clock and of CPU, the most bytes that it held; and what it found."""

    seconds: float
    cpu: float
    peak: int
    found: dict[str, Any] = {}

    @property
    def megabytes(self) -> float:
        """The most memory, in units of a million bytes."""
        return self.peak / 1e6


def in_child(module: str, *arguments: object) -> Cost:
    """Run `python -m module arguments…`, which calls `tell`, with this interpreter.

    Raises:
        RuntimeError: it failed; the message is what it wrote.
    """
    return _run([sys.executable, "-m", module], arguments)


def by_hand(*arguments: object) -> Cost:
    """Run the usual way by hand (`benchmarks/lake/by_hand.py`) in its own environment, which is made if need be.

    Raises:
        RuntimeError: it failed; the message is what it wrote.
    """
    made = subprocess.run(  # noqa: S603 - our own script
        [_ROOT / "scripts" / "make-venv", _BENCH, _ROOT / "requirements" / "bench.txt"], check=False, cwd=_ROOT
    )
    if made.returncode:
        raise RuntimeError("The environment with pandas could not be made: see above.")
    return _run([str(_BENCH / "bin" / "python"), str(_ROOT / "benchmarks" / "lake" / "by_hand.py")], arguments)


def _run(command: list[str], arguments: tuple[object, ...]) -> Cost:
    path = os.pathsep.join(str(_ROOT / each) for each in ("layers/collector", "layers/analytics", "."))
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [*command, *map(str, arguments)],
        check=False,
        cwd=_ROOT,
        env=os.environ | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2_000:])
    return msgspec.json.decode(done.stdout.splitlines()[-1], type=Cost)


def tell(work: Callable[[], dict[str, Any]]) -> None:
    """Do the work, and print what it cost and found as the last line, for `in_child`."""
    began, cpu = time.perf_counter(), time.process_time()
    found = work()
    cost = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu, "peak": peak_bytes()}
    print(json.dumps(cost | {"found": found}))


def peak_bytes() -> int:
    """The most memory that this process has held, by `/proc`, so on Linux only."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))
