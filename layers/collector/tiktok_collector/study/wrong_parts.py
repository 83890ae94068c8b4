"""A validator's way to say where inside its value something is wrong, and to say all of it at once."""

from collections.abc import Callable, Iterable, Sequence

type Path = tuple[str | int, ...]


class WrongParts(ValueError):
    """Each of `parts` is a path below the value that was validated, and what is wrong there.

    Pydantic knows no more than the value; whoever reports the error adds the path. The text is the first reason.
    """

    def __init__(self, parts: Sequence[tuple[Path, str]]) -> None:
        super().__init__(parts[0][1])
        self.parts = tuple(parts)


def read_each(read: Callable[[str], str], values: Iterable[str]) -> list[str]:
    """What `read` makes of each value.

    Raises:
        WrongParts: it refused some with a ValueError; all of them are named by their positions.
    """
    good: list[str] = []
    wrong: list[tuple[Path, str]] = []
    for position, value in enumerate(values):
        try:
            good.append(read(value))
        except ValueError as error:
            wrong.append(((position,), str(error)))
    if wrong:
        raise WrongParts(wrong)
    return good
