"""Reads a study file and the lists beside it: a `Study`, or every problem with its line."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import ValidationError

from tiktok_collector.study.collections import Cohort, Depth, Search, Study, Visits
from tiktok_collector.study.names import is_list_name
from tiktok_collector.study.streams import OF_ACCOUNTS, Stream
from tiktok_collector.study.wrong_parts import Path
from tiktok_collector.study_file.account_list import AccountList, read_account_list
from tiktok_collector.study_file.model import StudyFile
from tiktok_collector.study_file.parts import CollectionPart
from tiktok_collector.study_file.problem_sentences import wrong_places
from tiktok_collector.study_file.problems import STUDY_FILE, InvalidStudy, Problem, dotted
from tiktok_collector.study_file.yaml_lines import YamlFile, read_yaml
from tiktok_collector.trend_lists.asking import lists_of

MAX_ACCOUNTS: Final = 20_000


@dataclass(frozen=True)
class StudyRead:
    """A study that can be worked.

    `digest` tells one version of the file and its lists from another; `warnings` are sentences about what was left out.
    """

    study: Study
    file: StudyFile
    digest: str
    warnings: tuple[str, ...]


def files_of(text: str) -> tuple[str, ...]:
    """The lists that the study file names, relative to its folder, each once; names that are not allowed are left out.

    Raises:
        InvalidStudy: the text is not YAML that a study file could be.
    """
    return tuple(dict.fromkeys(_named_lists(read_yaml(text).data).values()))


def read_study(text: str, files: Mapping[str, bytes]) -> StudyRead:
    """The study in `text`, with the contents of the lists that it names.

    Raises:
        InvalidStudy: it cannot be used; `problems` has everything that is wrong.
    """
    written = read_yaml(text)
    lists = _read_lists(written, files)
    problems = [*written.problems, *lists.problems]
    try:
        file = StudyFile.model_validate(written.data)
    except ValidationError as error:
        problems += [_problem(written, path, reason) for path, reason in wrong_places(error, StudyFile)]
        raise InvalidStudy(problems) from error
    accounts = {name: _accounts(cohort.accounts, lists.found.get(cohort.file)) for name, cohort in file.cohorts.items()}
    if (count := len(set().union(*accounts.values()))) > MAX_ACCOUNTS:
        reason = f"the cohorts have {count} accounts, and at most {MAX_ACCOUNTS} can be followed; leave some out"
        problems.append(_problem(written, ("cohorts",), reason))
    if problems:
        raise InvalidStudy(problems)
    warnings = (*_repeated(written, file), *(warning for each in lists.found.values() for warning in each.warnings))
    study = _study(file, accounts)
    return StudyRead(study, file, _digest(text, lists.found, files), (*warnings, *_not_offered(written, study)))


@dataclass(frozen=True)
class _Lists:
    found: dict[str | None, AccountList] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def _named_lists(data: Mapping[str, Any]) -> dict[Path, str]:
    """The lists by the paths at which they are named; the data have not been validated."""
    cohorts = data.get("cohorts")
    named = {
        ("cohorts", name, "file"): cohort.get("file")
        for name, cohort in (cohorts.items() if isinstance(cohorts, dict) else ())
        if isinstance(cohort, dict)
    }
    return {path: file for path, file in named.items() if isinstance(file, str) and is_list_name(file)}


def _read_lists(written: YamlFile, files: Mapping[str, bytes]) -> _Lists:
    lists, wrong = _Lists(), set[str]()
    for path, name in _named_lists(written.data).items():
        if name not in files:
            reason = f"there is no {name} in the folder of the study file; put it there, or correct the name"
            lists.problems.append(_problem(written, path, reason))
        elif name not in lists.found and name not in wrong:
            try:
                lists.found[name] = read_account_list(name, files[name])
            except InvalidStudy as error:
                lists.problems.extend(error.problems)
                wrong.add(name)
    return lists


def _problem(written: YamlFile, path: Path, message: str) -> Problem:
    return Problem(written.line_of(path), dotted(path), message)


def _accounts(inline: Iterable[str], listed: AccountList | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*inline, *(listed.usernames if listed else ()))))


def _repeated(written: YamlFile, file: StudyFile) -> Iterable[str]:
    """A warning for each account that a cohort names twice in the study file."""
    for name, cohort in file.cohorts.items():
        first_lines: dict[str, int] = {}
        for position, account in enumerate(cohort.accounts):
            path = ("cohorts", name, "accounts", position)
            if account in first_lines:
                reason = f"{account!r} is in line {first_lines[account]} already; it is taken once"
                yield str(_problem(written, path, reason))
            else:
                first_lines[account] = written.line_of(path)


def _not_offered(written: YamlFile, study: Study) -> Iterable[str]:
    """A warning for each thing that a source of trends does not offer; the rest of the settings is asked for."""
    if study.trends is not None:
        for refused in lists_of(study.trends).refused:
            yield str(_problem(written, ("trends", refused.setting), refused.why.removesuffix(".")))


def _digest(text: str, found: Iterable[str | None], files: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    parts = [(STUDY_FILE, text.encode()), *((name, files[name]) for name in sorted(filter(None, found)))]
    for name, content in parts:
        digest.update(f"{name}\n{len(content)}\n".encode() + content)
    return digest.hexdigest()[:16]


def _study(file: StudyFile, accounts: Mapping[str, tuple[str, ...]]) -> Study:
    cohorts = tuple(
        Cohort(
            **_common(file, name, each),
            followers_share=each.shares.followers,
            usernames=accounts[name],
            videos=Stream.VIDEOS in each.included,
            visits=Visits(
                streams=tuple(stream.value for stream in OF_ACCOUNTS if stream in each.included),
                every_days=each.profile_every_days,
                max_followers=each.max_followers,
                max_following=each.max_following,
            ),
        )
        for name, each in file.cohorts.items()
    )
    searches = tuple(
        Search(
            **_common(file, name, each),
            query=each.query.body() if each.query else {},
            trends=each.trends.pick() if each.trends else None,
        )
        for name, each in file.searches.items()
    )
    return Study(
        name=file.name,
        cohorts=cohorts,
        searches=searches,
        batch_size=file.quota.batch_size,
        adhoc_reserve_percent=file.quota.adhoc_reserve_percent,
        trends=file.trends.settings(),
    )


def _common(file: StudyFile, name: str, part: CollectionPart) -> dict[str, Any]:
    comments = part.comments
    return {
        "name": name,
        "schedule": file.schedule_of(part),
        "depth": Depth(
            comments=Stream.COMMENTS in part.included,
            max_comments=comments.max_per_video if comments else None,
            replies=comments.replies if comments else False,
            playlists=Stream.PLAYLISTS in part.included,
        ),
        "priority": part.priority,
        "research_share": part.shares.research,
    }
