"""The study file in the bucket: the newest valid version of it counts, and what is wrong with a newer one is said."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from tiktok_collector.errors import Fatal, InvalidRequest, NewerVersion
from tiktok_collector.lake.gzipped import gunzipped, gzipped
from tiktok_collector.lake.keys import ACCEPTED_STUDY, STUDY_FILE, study_list_key
from tiktok_collector.lake.objects import GZIP, ObjectStore
from tiktok_collector.versions import decoded

if TYPE_CHECKING:
    from tiktok_collector.study_file.reading import StudyRead


NOT_VALID: Final = "The uploaded study file is not valid, so the last valid one goes on"
_VERSION: Final = 1
_WARNED: Final = timedelta(days=14)
_MOST_PROBLEMS: Final = 100
_MOST_BYTES: Final = 10_000_001
"""Of a file that somebody has put into the bucket: a byte more than the reader of lists takes, so that it says so."""


class Accepted(msgspec.Struct, frozen=True):
    """A valid study file with the lists that it names; one object, so that they belong together."""

    text: bytes
    files: dict[str, bytes]
    version: int = _VERSION


_ACCEPTED: Final = msgspec.json.Decoder(Accepted)


@dataclass(frozen=True, slots=True)
class CurrentStudy:
    """The study that counts now. `problems` are sentences: rows left out, or why a newer file does not count."""

    read: "StudyRead"
    problems: tuple[str, ...]

    def over(self, day: date) -> str:
        """Why nothing of the study is asked for on a UTC day any more, in a sentence; empty while it goes on."""
        last = self.read.file.data.delete_after
        if last is None or day <= last:
            return ""
        return (
            f"The study {self.read.study.name} is deleted after {last} (data.delete_after), so it asks for nothing any "
            "more."
        )

    def ends_soon(self, day: date) -> str:
        """That the study's data will be deleted, in a sentence; empty until so many days before."""
        last = self.read.file.data.delete_after
        if last is None or not timedelta() <= last - day <= _WARNED:
            return ""
        return (
            f"After {last} everything that the study {self.read.study.name} has brought is deleted "
            "(data.delete_after): export what you may keep, or choose a later day."
        )


class StudyFiles:
    """Reads the study file and the lists that it names."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def current(self) -> CurrentStudy | None:
        """The study that counts now; None if there is no study file. A valid upload is kept as the last valid one.

        Raises:
            InvalidRequest: the file is not valid and there was no valid one before; the message says what is wrong.
        """
        uploaded = self._objects.get_bytes(STUDY_FILE, first=_MOST_BYTES)
        if uploaded is None:
            return None
        accepted = self._accepted()
        try:
            new = self._uploaded(uploaded)
            read = _read(new.text, new.files)
        except InvalidRequest as error:
            if accepted is None:
                raise
            read = _read(accepted.text, accepted.files)
            return CurrentStudy(read, (f"{NOT_VALID}: {error}", *_further_problems(error), *read.warnings))
        if new != accepted:
            self._objects.put_bytes(ACCEPTED_STUDY, gzipped(msgspec.json.encode(new)), content_type=GZIP)
        return CurrentStudy(read, tuple(read.warnings))

    def _uploaded(self, text: bytes) -> Accepted:
        from tiktok_collector.study_file.reading import files_of  # noqa: PLC0415 - see _read

        found = {
            name: self._objects.get_bytes(study_list_key(name), first=_MOST_BYTES) for name in files_of(_decoded(text))
        }
        return Accepted(text, {name: content for name, content in found.items() if content is not None})

    def _accepted(self) -> Accepted | None:
        """The last valid one; a damaged one counts as none, so that a valid upload takes its place."""
        data = self._objects.get_bytes(ACCEPTED_STUDY)
        if data is None:
            return None
        try:
            found = gunzipped(data, key=ACCEPTED_STUDY)
            return decoded(_ACCEPTED.decode, found, known=_VERSION, what="The last valid study file in the bucket")
        except NewerVersion:
            raise
        except (Fatal, msgspec.DecodeError):
            return None


def _read(text: bytes, files: Mapping[str, bytes]) -> "StudyRead":
    # Loaded only where a study is planned, which is once a day: a tick that goes on with tasks need not wait for it.
    from tiktok_collector.study_file.reading import read_study  # noqa: PLC0415 - as said

    return read_study(_decoded(text), files)


def _further_problems(error: InvalidRequest) -> list[str]:
    """What else is wrong; the message of the error has the first and says how many there are."""
    from tiktok_collector.study_file.problems import InvalidStudy  # noqa: PLC0415 - see _read

    problems = error.problems[1:] if isinstance(error, InvalidStudy) else ()
    return [str(each) for each in problems[:_MOST_PROBLEMS]]


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InvalidRequest(
            f"The study file is not UTF-8 text (line {line}); save it as UTF-8 and upload it again."
        ) from error
