"""`tiktok-collector` as a person starts it, in a copy of the checkout: what it says, and its exit code."""

import json
import os
import pty
import select
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.e2e.conftest import Checkout, plain_environment

_OWN_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
)
_PATIENCE = 120
_A_MOMENT = 0.3


@dataclass(frozen=True)
class Answer:
    """What a command said on standard output and on standard error (or on the terminal), and its exit code."""

    code: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """The one line that it said went wrong."""
        assert self.out == "", self.out
        (line,) = self.err.splitlines()
        return line


@dataclass
class Command:
    """The command about the local cloud of a copy; `said` is everything that was printed so far, command by command."""

    copy: Checkout
    said: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    in_json: set[str] = field(default_factory=set)

    def __call__(self, *arguments: str, typed: str = "", code: int = 0) -> Answer:
        """Runs it to its end and asserts the exit code; `typed` is what comes through standard input."""
        answer = self.tried(*arguments, typed=typed)
        assert answer.code == code, (arguments, answer)
        return answer

    def tried(self, *arguments: str, typed: str = "") -> Answer:
        """Runs it to its end, whatever the exit code."""
        done = subprocess.run(  # noqa: S603 # our own command
            self._line(arguments),
            cwd=self.copy.root,
            env=plain_environment(),
            input=typed,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
        return self._heard(arguments, Answer(done.returncode, done.stdout, done.stderr))

    def json(self, *arguments: str, typed: str = "", code: int = 0) -> dict[str, Any]:
        """The one document that it prints with `--json`."""
        return self._document(self(*arguments, "--json", typed=typed, code=code), arguments)

    def at_a_terminal(self, *arguments: str, typed: Sequence[str], code: int = 0) -> Answer:
        """Runs it with a terminal of its own, at which a person types a line for each prompt.

        Only standard output is no terminal; `err` of the answer is everything that the terminal showed.
        """
        ours, theirs = pty.openpty()
        command = [sys.executable, "-c", _OWN_TERMINAL, *self._line(arguments)]
        shown: list[bytes] = []
        with subprocess.Popen(  # noqa: S603 # our own command
            command,
            cwd=self.copy.root,
            env=plain_environment() | {"TERM": "dumb"},
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=theirs,
            start_new_session=True,
            text=True,
        ) as process:
            os.close(theirs)
            typist = threading.Thread(target=_type, args=(ours, list(typed), shown))
            typist.start()
            try:
                out, _ = process.communicate(timeout=_PATIENCE)
            finally:
                process.kill()
                typist.join()
        os.close(ours)
        text = b"".join(shown).decode().replace("\r\n", "\n")
        answer = self._heard(arguments, Answer(process.returncode, out, text))
        assert answer.code == code, (arguments, answer)
        return answer

    def json_at_a_terminal(self, *arguments: str, typed: Sequence[str], code: int = 0) -> dict[str, Any]:
        return self._document(self.at_a_terminal(*arguments, "--json", typed=typed, code=code), arguments)

    def _line(self, arguments: Sequence[str]) -> list[str]:
        return [str(self.copy.root / "bin" / "tiktok-collector"), *arguments]

    def _heard(self, arguments: Sequence[str], answer: Answer) -> Answer:
        self.said.append(answer.out + answer.err)
        self.names.add(name_of(arguments))
        assert "Traceback" not in answer.out + answer.err, answer
        return answer

    def _document(self, answer: Answer, arguments: Sequence[str]) -> dict[str, Any]:
        assert answer.out.startswith("{"), answer.out
        document = json.loads(answer.out)
        assert isinstance(document, dict)
        self.in_json.add(name_of(arguments))
        return document


def name_of(arguments: Sequence[str]) -> str:
    """`study push` of `study push study.yaml --local`."""
    return " ".join(arguments[: 2 if arguments[0] in {"study", "credentials"} else 1])


def _type(terminal: int, lines: list[str], shown: list[bytes]) -> None:
    """Types the next line whenever a prompt waits, and keeps what is shown, until the terminal is closed."""
    answered = 0
    while True:
        waits, _, _ = select.select([terminal], [], [], _A_MOMENT)
        if waits:
            try:
                shown.append(os.read(terminal, 4096))
            except OSError:  # nobody holds the other end any more
                return
        # A prompt ends with a colon, and nothing follows.
        elif lines and len(shown) > answered and b"".join(shown).rstrip(b" ").endswith(b":"):
            answered = len(shown)
            os.write(terminal, lines.pop(0).encode() + b"\n")
