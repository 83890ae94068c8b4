"""How a list is asked of a source: one step after another, each answer giving rows and the next step."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from tiktok_collector.quota.families import Family
from tiktok_collector.trend_lists.kinds import TrendList, TrendSource
from tiktok_collector.trend_lists.rows import TrendRow

if TYPE_CHECKING:
    from pydantic import SecretStr

    from tiktok_collector.http.answer import Answer


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One request for a part of a list; nothing in it is secret.

    Attributes:
        endpoint: Its name in the usage log, such as `creative_center/GetHashtagList`.
        method: `GET` or `POST`.
        url: Without a query.
        params: The query.
        body: Sent as JSON; None: nothing.
        page: Its place among the list's requests, from 0.
        offset: How many rows of the list come before its own.
    """

    endpoint: str
    method: str
    url: str
    params: dict[str, str] = {}
    body: dict[str, Any] | None = None
    page: int = 0
    offset: int = 0


class TrendPage(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer holds.

    Attributes:
        rows: The rows that could be read, in their order.
        rejected: Why others could not; one sentence each, with their place.
        next: What is to be asked next; None: the list has ended, or its source gives no more to this caller.
        total: How many rows the list has, as the source says; None: it does not say.
        capped: Whether the source withholds rows from this caller (three of a hundred without a login).
    """

    rows: tuple[TrendRow, ...] = ()
    rejected: tuple[str, ...] = ()
    next: Step | None = None
    total: int | None = None
    capped: bool = False


class TrendAdapter(Protocol):
    """One source of trends: pure but for the credentials that it was given."""

    source: TrendSource
    family: Family

    def first(self, asked: TrendList) -> Step:
        """The first request for a list.

        Raises:
            CredentialsMissing: the source needs credentials and has none.
            InvalidRequest: the source does not offer the list.
        """
        ...

    def headers(self, step: Step) -> Mapping[str, "SecretStr | str"]:
        """The headers of a request, credentials among them."""
        ...

    def read(self, asked: TrendList, step: Step, answer: "Answer", retrieved_at: str) -> TrendPage:
        """What the answer to `step` holds; body codes decide, not the status alone.

        Raises:
            CredentialsRejected: session, headers or token have expired or are wrong.
            ScopeMissing: they are good, but may not read lists of this kind.
            SourceRetired: the source has given this list up.
            RateLimited: wait.
            InvalidRequest: the source refuses the parameters.
            Retriable: it may succeed later (server error, HTML, a body that breaks off).
            Fatal: anything else that is no answer.
        """
        ...
