"""Where a command shows what it has: a screen for a person, or one JSON document for a script."""

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from rich.console import Console, RenderableType
from rich.text import Text

from local_cloud.progress import visible

_BEYOND_ASCII: Final = re.compile(r"[^\n\x20-\x7e]")
_WIDTH_ELSEWHERE: Final = 120
"""Columns where the output is no terminal, so that a file has the same lines everywhere."""


@dataclass(frozen=True)
class Screen:
    """Standard output for results, standard error for everything else.

    With `as_json` a result is one JSON document, and nothing else is printed on standard output.
    """

    out: Console
    err: Console
    as_json: bool

    def show(self, document: Mapping[str, Any], *pictures: RenderableType) -> None:
        """Shows a result: `document` to a script, `pictures` one below the other to a person."""
        if self.as_json:
            # Written past rich, which would wrap lines.
            text = _escaped(json.dumps(document, indent=1, ensure_ascii=False, default=str)) + "\n"
            try:
                self.out.file.write(text)
                self.out.file.flush()
            except BrokenPipeError:
                self.out.on_broken_pipe()  # whoever reads has enough, such as `head`: ended as rich ends its own
            return
        for picture in pictures:
            self.out.print(picture, highlight=False, soft_wrap=isinstance(picture, str | Text))

    def say(self, sentence: str) -> None:
        """A sentence on standard error: what is being done, or what went wrong."""
        self.err.print(visible(sentence), highlight=False, soft_wrap=True)


def _escaped(document: str) -> str:
    """A JSON document with what a terminal would obey, or an encoding lacks, written as in ASCII."""
    return _BEYOND_ASCII.sub(lambda one: one[0] if one[0].isprintable() else json.dumps(one[0])[1:-1], document)


def screen(*, as_json: bool) -> Screen:
    """The screen of this process."""
    width = None if sys.stdout.isatty() else _WIDTH_ELSEWHERE
    return Screen(Console(width=width), Console(stderr=True, width=width), as_json)
