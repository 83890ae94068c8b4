"""What speaks against a purge: what is deleted would be collected again, or is being collected."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

import msgspec

from tiktok_collector.errors import InvalidRequest
from tiktok_collector.lake.gzipped import gunzipped
from tiktok_collector.lake.keys import ACCEPTED_STUDY
from tiktok_collector.lake.objects import ObjectStore
from tiktok_collector.studies.study_files import Accepted, CurrentStudy, StudyFiles
from tiktok_collector.tasks.run import Run
from tiktok_collector.tasks.runs import RunStore
from tiktok_collector.tasks.store import TaskStore
from tiktok_collector.tasks.task import Task
from tiktok_lake.deletion.doomed import Doomed
from tiktok_lake.deletion.mentions import Mentions
from tiktok_lake.deletion.scrubbing import Scrubber
from tiktok_lake.deletion.strays import CONFIG

_MOST_NAMED: Final = 3
_YAML: Final = (".yaml", ".yml")
_FIELD: Final = re.compile(r"""\s*(?:- )?["']?([A-Za-z_]\w*)["']? ?:(?:\s|$)""")
_NAME: Final = re.compile(r"""[^\s\[\]{},"'@-][^\s\[\]{},"']*""")
_CELL: Final = re.compile(r"""[,;\t"'@]""")
_ACCEPTED: Final = msgspec.json.Decoder(Accepted)


class Refusals:
    """Looks at one stack. Each method does nothing, or raises `InvalidRequest` that says what to do first."""

    def __init__(self, objects: ObjectStore, runs: RunStore, tasks: TaskStore) -> None:
        self._objects = objects
        self._runs = runs
        self._tasks = tasks

    def account(self, name: str) -> None:
        """An account that the study names, or that an open run asks for.

        The last valid study file is replaced by the one that is uploaded, as the next planning would.
        """
        mentions = Mentions([name])
        scrubber = Scrubber(Doomed(accounts=frozenset([name])))
        if places := list(self._named_in_study(mentions)):
            more = f" and {len(places) - _MOST_NAMED} more" if len(places) > _MOST_NAMED else ""
            raise InvalidRequest(
                "The study names the account, so it would be collected again: "
                f"{', '.join(places[:_MOST_NAMED])}{more}. Take it out there, upload the file, and purge again."
            )
        if self._accepted_names(mentions):
            self.current_study()
            if self._accepted_names(mentions):
                raise InvalidRequest(
                    "The last valid study file names the account, and the one that was uploaded since is not valid: "
                    "correct it (`tiktok-collector study validate`), upload it, and purge again."
                )
        for run in self._open():
            asked = (run.event, *(msgspec.to_builtins(each.spec) for each in self._of(run)))
            if any(map(scrubber.touches, asked)):
                raise _still_open(run.run_id, "asks for the account")

    def study(self, name: str, runs: frozenset[str], current: CurrentStudy | None) -> None:
        """A study with open runs, or that goes on: `current` is the one that counts now."""
        for run in self._open():
            if run.run_id in runs:
                raise _still_open(run.run_id, f"is of the study {name}")
        if current is not None and current.read.study.name == name and not _has_an_end(current):
            raise InvalidRequest(
                f"The study {name} goes on: what is deleted would be collected again. Give it `delete_after` below "
                "`data` in the study file, or upload another study or remove config/study.yaml, and purge again."
            )

    def before(self, day: date) -> None:
        """Open runs that began before the day."""
        for run in self._open():
            if run.started_at < day.isoformat():
                raise _still_open(run.run_id, f"began before {day}")

    def current_study(self) -> CurrentStudy | None:
        """The study that counts now; None where there is none, or none that was ever valid."""
        try:
            return StudyFiles(self._objects).current()
        except InvalidRequest:
            return None

    def _named_in_study(self, mentions: Mentions) -> Iterator[str]:
        for each in self._objects.keys(CONFIG):
            text = (self._objects.get_bytes(each.key) or b"").decode(errors="replace")
            if each.key.endswith(_YAML):
                found: Iterator[int] = named_in_yaml(text, mentions)
            else:
                lines = enumerate(text.splitlines(), start=1)
                found = (number for number, line in lines if _in_list(line, mentions))
            yield from (f"{each.key} line {number}" for number in found)

    def _accepted_names(self, mentions: Mentions) -> bool:
        data = self._objects.get_bytes(ACCEPTED_STUDY)
        if data is None:
            return False
        try:
            accepted = _ACCEPTED.decode(gunzipped(data, key=ACCEPTED_STUDY))
        except msgspec.DecodeError:
            return False
        lists = (line for data in accepted.files.values() for line in data.decode(errors="replace").splitlines())
        study = named_in_yaml(accepted.text.decode(errors="replace"), mentions)
        return any(study) or any(_in_list(line, mentions) for line in lists)

    def _open(self) -> Iterator[Run]:
        for ref in self._runs.open():
            run = self._runs.get(ref.run_id)
            if run is not None:
                yield run

    def _of(self, run: Run) -> Iterator[Task]:
        return self._tasks.of_run(run.run_id)


def named_in_yaml(text: str, mentions: Mentions) -> Iterator[int]:
    """The lines of a study file that name an account, from 1; what says something else in the same word does not."""
    accounts = False
    for number, line in enumerate(text.splitlines(), start=1):
        if field := _FIELD.match(line):
            accounts = field[1] == "accounts"
        if mentions.within(line) or (accounts and any(each.lower() in mentions.names for each in _NAME.findall(line))):
            yield number


def _in_list(line: str, mentions: Mentions) -> bool:
    return mentions.within(line) or any(each.strip().lower() in mentions.names for each in _CELL.split(line))


def _has_an_end(current: CurrentStudy) -> bool:
    return current.read.file.data.delete_after is not None


def _still_open(run_id: str, why: str) -> InvalidRequest:
    return InvalidRequest(
        f"The run {run_id} has not ended and {why}: wait until it has (`tiktok-collector runs` shows it), then purge."
    )
