"""A study file on this machine: read with its lists, or every problem with its line; and held against the bucket's."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from cli.exit_codes import ExitCode
from cli.failures import Failure
from local_cloud.errors import LocalCloudError
from local_cloud.study_choice import ChosenStudy, study_at
from tiktok_collector.lake.keys import STUDY_FILE, study_list_key
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.study_file.problems import STUDY_FILE as MODEL_FILE
from tiktok_collector.study_file.problems import InvalidStudy, Problem


@dataclass(frozen=True)
class Checked:
    """A study file that was looked at: the study, or what is wrong with it."""

    path: Path
    study: ChosenStudy | None
    problems: tuple[Problem, ...] = ()


def check(path: Path) -> Checked:
    """The study at `path`, or its problems.

    Raises:
        Failure: it cannot be read at all.
    """
    try:
        return Checked(path, study_at(path))
    except InvalidStudy as error:
        named = (each._replace(file=path.name) if each.file == MODEL_FILE else each for each in error.problems)
        return Checked(path, None, tuple(named))
    except OSError as error:
        raise Failure(ExitCode.INVALID, f"The study file {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise Failure(
            ExitCode.INVALID, f"The study file {path} is not UTF-8 text (line {line}): save it as UTF-8."
        ) from error
    except LocalCloudError as error:
        raise Failure(ExitCode.INVALID, str(error)) from error


def valid(path: Path) -> ChosenStudy:
    """The study at `path`.

    Raises:
        Failure: it cannot be used; the sentence has the first problem.
    """
    checked = check(path)
    if checked.study is None:
        more = len(checked.problems) - 1
        rest = f" `tiktok-collector study validate {path}` shows {more} more." if more else ""
        raise Failure(ExitCode.INVALID, f"{checked.problems[0]}{rest}")
    return checked.study


@dataclass(frozen=True)
class Difference:
    """How a file of the bucket differs from the one here; `lines` as `diff -u` shows them."""

    key: str
    lines: tuple[str, ...]


def differences(objects: ObjectStore, study: ChosenStudy) -> list[Difference]:
    """The study file and its lists where they are not as in the bucket; lists that only the bucket has are not used."""
    files = {STUDY_FILE: study.text} | {study_list_key(name): content for name, content in study.lists.items()}
    found = []
    for key, here in files.items():
        there = objects.get_bytes(key)
        if there != here:
            found.append(Difference(key, tuple(_diff(key, _lines(there), _lines(here)))))
    return found


def _diff(key: str, there: Sequence[str], here: Sequence[str]) -> Iterator[str]:
    return unified_diff(there, here, f"bucket/{key}", f"here/{key}", lineterm="")


def _lines(content: bytes | None) -> list[str]:
    return (content or b"").decode("utf-8-sig", errors="replace").splitlines()
