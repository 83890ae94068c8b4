"""`scripts/ci` with a made-up make: everything is made, and the end says how it went."""

import os
import subprocess
from pathlib import Path

import pytest

from local_cloud.layout import checkout

ENGINE = 'echo "No engine." >&2; exit 1'


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """Where a step named `bad` fails, one named `slow` takes more than a second, and no Docker engine answers."""
    scripts = {
        "bin/make": 'echo "made $1"\n[ "$1" != slow ] || sleep 1.1\n[ "$1" != bad ]',
        ".venv/bin/python": ENGINE,
    }
    for name, text in scripts.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True)
        file.write_text(f"#!/bin/bash\n{text}\n")
        file.chmod(0o755)
    return tmp_path


def ci(folder: Path, *steps: str) -> tuple[int, list[str]]:
    environment = {**os.environ, "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(  # noqa: S603 # our own script
        [str(checkout() / "scripts" / "ci"), *steps],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, [" ".join(line.split()) for line in done.stdout.splitlines() if line.strip()]


def test_a_step_that_fails_fails_the_whole_and_the_others_are_made(made: Path) -> None:
    code, said = ci(made, "bad:1", "good:2")
    assert code == 1
    assert said[:2] == ["made bad", "made good"]
    assert said[2].endswith("of 60 failed: see above")
    assert said[3].startswith("good ")
    assert said[3].endswith("of 120")


def test_a_step_over_its_budget_is_told_and_fails_nothing(made: Path) -> None:
    code, said = ci(made, "slow:0")
    assert code == 0
    assert said[-1].endswith("of 0 over its budget")


def test_without_an_engine_the_step_is_told_as_skipped_with_the_reason(made: Path) -> None:
    code, said = ci(made, "test-sam-local:5")
    assert code == 0
    assert said[-1].endswith("of 300 skipped. No engine.")
