"""Which study a `make run` collects: somebody's own, the worked example, or none."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from local_cloud.errors import LocalCloudError
from local_cloud.options import Options
from tiktok_collector.study_file.problems import STUDY_FILE, InvalidStudy
from tiktok_collector.study_file.reading import StudyRead, files_of, read_study

_EXAMPLE: Final = Path("examples") / "study.yaml"
_EXAMPLE_DAYS: Final = 12
"""So many days before today the example begins."""
_FIRST_DAY: Final = re.compile(r"^first_day: \S+", re.MULTILINE)
_MOST_SHOWN: Final = 20


@dataclass(frozen=True)
class ChosenStudy:
    """A valid study file with its lists, by name. Of the example, the first day may be another one."""

    text: bytes
    lists: dict[str, bytes]
    read: StudyRead
    is_example: bool = False

    @property
    def name(self) -> str:
        """The study's name."""
        return self.read.study.name

    def is_like(self, text: bytes) -> bool:
        """Whether `text` is this study file, or the example as it was begun on another day of the last weeks."""
        if not self.is_example:
            return text == self.text
        try:
            begun = [date.fromisoformat(line[11:]) for line in _FIRST_DAY.findall(text.decode())]
            same = _begun_on(text.decode(), date.min) == _begun_on(self.text.decode(), date.min)
        except ValueError:
            return False
        return same and self.read.file.first_day is not None and begun >= [self.read.file.first_day - timedelta(30)]


def chosen_study(options: Options, root: Path, today: date) -> ChosenStudy | None:
    """The study of STUDY; without it the example, where nothing else was asked for; else None.

    Raises:
        LocalCloudError: the file or a list cannot be used; the message has every problem with its line.
    """
    if options.study:
        return _read("STUDY names", options.study, options.study)
    if options.accounts or options.world:
        return None
    return _read("The example is", root / _EXAMPLE, _EXAMPLE, first_day=today - timedelta(_EXAMPLE_DAYS))


def study_at(path: Path, first_day: date | None = None) -> ChosenStudy:
    """The study file at `path` with the lists beside it, which begins on `first_day` if that is given.

    Raises:
        OSError: the file cannot be read.
        UnicodeDecodeError: it is no UTF-8 text.
        InvalidStudy: it cannot be used.
        LocalCloudError: a list cannot be read.
    """
    data = path.read_bytes()
    text = data.decode("utf-8-sig")
    if first_day:
        text = _begun_on(text, first_day)
        data = text.encode()
    lists = _lists(path.parent, files_of(text))
    return ChosenStudy(data, lists, read_study(text, lists), is_example=first_day is not None)


def _read(names: str, path: Path, shown: Path, first_day: date | None = None) -> ChosenStudy:
    try:
        return study_at(path, first_day)
    except OSError as error:
        raise LocalCloudError(f"{names} {shown}, which cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise LocalCloudError(f"{names} {shown}, which is not UTF-8 text (line {line}): save it as UTF-8.") from error
    except InvalidStudy as error:
        named = (each._replace(file=path.name) if each.file == STUDY_FILE else each for each in error.problems)
        problems = [f"  {problem}" for problem in islice(named, _MOST_SHOWN)]
        if (more := len(error.problems) - _MOST_SHOWN) > 0:
            problems.append(f"  … and {more} more.")
        raise LocalCloudError("\n".join([f"{names} {shown}, which cannot be used:", *problems])) from error


def _lists(folder: Path, names: Iterable[str]) -> dict[str, bytes]:
    """The lists that are there; what is wrong with the others is said with the line that names them."""
    lists = {}
    for name in names:
        try:
            lists[name] = (folder / name).read_bytes()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise LocalCloudError(f"The list {folder / name} cannot be read: {error.strerror}.") from error
    return lists


def _begun_on(text: str, day: date) -> str:
    return _FIRST_DAY.sub(f"first_day: {day}", text)
