"""What is asked for at a prompt can be handed in through standard input, too."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
ASKING = "from cli.prompts import asked; print(asked('Key'), asked('Secret', hidden=True))"


def run(code: str, text: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 # our own interpreter
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "layers/collector:layers/analytics"},
        input=text,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        start_new_session=True,  # no terminal to ask in its place
    )


def test_both_are_read_from_standard_input_without_a_warning() -> None:
    done = run(ASKING, "a key\n a secret \n")
    assert (done.returncode, done.stdout) == (0, "a key a secret\n"), done.stderr
    assert "secret" not in done.stderr


def test_input_that_ends_ends_the_asking() -> None:
    done = run(ASKING, "a key\n")
    assert done.returncode != 0
    assert "the input ended where 'Secret' was asked" in done.stderr
    assert done.stdout == ""
