"""Lines of a batch on the scratch disk, until DuckDB reads them: a batch may be larger than memory."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, Self

from tiktok_lake.curation.forms import FORMS
from tiktok_lake.curation.page_rows import Line


class Spool:
    """Files of lines in one folder, apart by form, day and name of the list; complete once it is left."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._stack = ExitStack()
        self._files: dict[tuple[str, str, str], BinaryIO] = {}
        self.longest: dict[str, int] = defaultdict(int)
        """Bytes of the longest line of each form."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def write(self, lines: Iterable[Line]) -> None:
        """Adds lines."""
        for line in lines:
            place = (line.form, line.day, line.list_name)
            if (file := self._files.get(place)) is None:
                file = self._files[place] = self._stack.enter_context(self._path(*place).open("wb"))
            file.write(line.text)
            self.longest[line.form] = max(self.longest[line.form], len(line.text))

    def parts(self) -> Mapping[tuple[str, str], Mapping[str, Mapping[str, str]]]:
        """By table and day the forms whose lines there are, and the files of each by name of the list."""
        found: dict[tuple[str, str], dict[str, dict[str, str]]] = {}
        for form, day, list_name in sorted(self._files):
            forms = found.setdefault((FORMS[form].table.name, day), {})
            forms.setdefault(form, {})[list_name] = str(self._path(form, day, list_name))
        return found

    def _path(self, form: str, day: str, list_name: str) -> Path:
        return self.folder / f"{form}.{day}.{list_name}.jsonl"
