"""The texts that values are read from, each looked at once for being nothing but digits."""

from collections.abc import Iterator

from tiktok_lake.engine import identifier
from tiktok_lake.imports.values.expressions import Text


class Texts:
    """A stage of columns: each text under a name, and its number where it is one."""

    def __init__(self) -> None:
        self._place: dict[str, int] = {}

    def of(self, sql: str) -> Text:
        """The names of a text, given as an expression over the columns of the file, and of its number."""
        place = self._place.setdefault(sql, len(self._place))
        return Text(identifier(f"_text_{place}"), identifier(f"_digits_{place}"))

    def stages(self) -> Iterator[list[str]]:
        """SQL of the columns of both stages."""
        named = [(sql, self.of(sql)) for sql in self._place]
        yield [f"{sql} AS {text.sql}" for sql, text in named]
        yield [f"tt_digits({text.sql}) AS {text.digits}" for _, text in named]
