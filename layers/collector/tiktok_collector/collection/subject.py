"""What an export and a manifest say of their subject: an account or a search."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, Protocol, Self

from tiktok_collector.errors import Fatal
from tiktok_collector.lake.keys import export_key, search_export_key
from tiktok_collector.tasks.task import Task, TaskSpec

type Sections = Mapping[str, tuple[str, ...]]
"""The sections of an export in order, each with the streams whose rows it holds."""

_OF_VIDEOS: Final[Sections] = {"videos": ("videos",), "comments": ("comments", "replies")}
_LISTS: Final[Sections] = {
    "pinned_videos": ("pinned",),
    "liked_videos": ("liked",),
    "reposted_videos": ("reposted",),
    "followers": ("followers",),
    "following": ("following",),
}
_PLAYLISTS: Final[Sections] = {"playlists": ("playlists",)}


class Subject(Protocol):
    """What differs between the files of an account and those of a search."""

    @property
    def sections(self) -> Sections:
        """The sections of its export."""
        ...

    def named(self, name: Callable[[str], str]) -> "Subject":
        """The same under what `name` makes of the usernames in it."""
        ...

    def export_key(self, at: datetime) -> str:
        """The key of its export, of a run that started at `at`."""
        ...

    def head(self, request: Mapping[str, Any], profile: Mapping[str, Any] | None) -> dict[str, Any]:
        """What its export says first: who or what it is."""
        ...

    def entry(self, tasks: Sequence[Task]) -> dict[str, Any]:
        """What its entry in the manifest says first."""
        ...


class AccountSubject(NamedTuple):
    """An account."""

    username: str

    @property
    def sections(self) -> Sections:
        """Videos with what hangs on them, and the account's lists."""
        return {**_OF_VIDEOS, **_LISTS, **_PLAYLISTS}

    def named(self, name: Callable[[str], str]) -> "AccountSubject":
        """The account under another name."""
        return AccountSubject(name(self.username))

    def export_key(self, at: datetime) -> str:
        """`exports/<username>_FULL_DATA_…`."""
        return export_key(self.username, at)

    def head(self, _: Mapping[str, Any], profile: Mapping[str, Any] | None) -> dict[str, Any]:
        """The username and the profile, which is null where there is none."""
        return {"username": self.username, "profile": profile}

    def entry(self, tasks: Sequence[Task]) -> dict[str, Any]:
        """The username and what was observed of its profile."""
        profile = next((task for task in tasks if task.spec.stream == "profile"), None)
        return {"username": self.username, "observation": profile.progress.observation if profile else None}


class SearchSubject(NamedTuple):
    """A search."""

    name: str

    @property
    def sections(self) -> Sections:
        """Videos with what hangs on them."""
        return {**_OF_VIDEOS, **_PLAYLISTS}

    def named(self, _: Callable[[str], str]) -> Self:
        """The same: a search is no person."""
        return self

    def export_key(self, at: datetime) -> str:
        """`exports/<name>_SEARCH_…`."""
        return search_export_key(self.name, at)

    def head(self, request: Mapping[str, Any], _: Mapping[str, Any] | None) -> dict[str, Any]:
        """The name and the query; a refresh has none, but a number of videos in its request."""
        return {"search": self.name, **({"query": request["query"]} if "query" in request else {})}

    def entry(self, _: Sequence[Task]) -> dict[str, Any]:
        """The name."""
        return {"search": self.name}


class WorkSubject(NamedTuple):
    """A window of a study: of a batch of accounts, or of a search."""

    collections: tuple[str, ...]
    search: str

    @property
    def sections(self) -> Sections:
        """Videos with what hangs on them."""
        return {**_OF_VIDEOS, **_PLAYLISTS}

    def named(self, _: Callable[[str], str]) -> Self:
        """The same: collections are no person."""
        return self

    def export_key(self, at: datetime) -> str:
        """A study has no exports of its windows.

        Raises:
            Fatal: always.
        """
        raise Fatal(f"A window of a study is not exported, so there is no export at {at}; read its raw pages.")

    def head(self, _: Mapping[str, Any], __: Mapping[str, Any] | None) -> dict[str, Any]:
        """The collections."""
        return {"collections": self.collections}

    def entry(self, _: Sequence[Task]) -> dict[str, Any]:
        """The collections, and the search if it is one's."""
        return {"collections": self.collections, **({"search": self.search} if self.search else {})}


def subject_of(spec: TaskSpec) -> Subject:
    """The subject of a task."""
    if spec.collections and not spec.username:
        return WorkSubject(spec.collections, spec.search)
    return SearchSubject(spec.search) if spec.search else AccountSubject(spec.username)
