"""The Business API as a source of trends."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from tiktok_collector.business_api.answers import listed
from tiktok_collector.business_api.lists import list_of, parameters
from tiktok_collector.business_api.rows import read_rows
from tiktok_collector.errors import CredentialsMissing
from tiktok_collector.quota.families import Family
from tiktok_collector.trend_lists.kinds import TrendList, TrendSource
from tiktok_collector.trend_lists.steps import Step, TrendPage

if TYPE_CHECKING:
    from pydantic import SecretStr

    from tiktok_collector.business_api.credentials import BusinessCredentials
    from tiktok_collector.http.answer import Answer

_PART: Final = "business_api"


class BusinessApi:
    """`discovery/*` of the Business API v1.3 (a `TrendAdapter`): each list is one answer, without pages.

    Its lists say what was popular with everybody, so keywords are asked for without regard to the account.
    """

    source = TrendSource.BUSINESS_API
    family = Family.BUSINESS_API

    def __init__(self, base_url: str, credentials: "BusinessCredentials | None") -> None:
        """Takes the URL without path, and what the secret has; without it every list says what is missing."""
        self._base_url = base_url.rstrip("/")
        self._credentials = credentials

    def first(self, asked: TrendList) -> Step:
        """The one request for a list.

        Raises:
            CredentialsMissing: there is no access token, or no id of the account that the list is read for.
            InvalidRequest: the API has no such list; the message says what it has.
        """
        found = list_of(asked)
        query = parameters(asked)
        credentials = self._known()
        account = credentials.advertiser_id if found.account == "advertiser_id" else credentials.business_id
        if not account:
            raise _missing(found.account, f"{asked.kind}s of the Business API are read for an account")
        return Step(
            endpoint=found.endpoint,
            method="GET",
            url=f"{self._base_url}{found.path}",
            params={found.account: account, **query},
        )

    def headers(self, step: Step) -> Mapping[str, "SecretStr | str"]:  # noqa: ARG002 - the same for every step
        """The access token as the API wants it: by itself, without `Bearer`.

        Raises:
            CredentialsMissing: there is none.
        """
        return {"Access-Token": self._known().access_token}

    def read(self, asked: TrendList, step: Step, answer: "Answer", retrieved_at: str) -> TrendPage:  # noqa: ARG002
        """The whole list; an empty one is a page without rows.

        Raises:
            CredentialsRejected: the token has expired or is wrong.
            ScopeMissing: the token is good, but may not read this list.
            SourceRetired: the API has this list no more.
            RateLimited: wait as long as it says.
            InvalidRequest: the API refuses the parameters.
            Retriable: it may succeed later.
            Fatal: anything else that is no answer.
        """
        rows, rejected = read_rows(asked, listed(asked, answer, self._secrets()), retrieved_at)
        return TrendPage(rows=rows, rejected=rejected)

    def _known(self) -> "BusinessCredentials":
        if self._credentials is None or not self._credentials.access_token.get_secret_value():
            raise _missing("access_token", "the Business API needs an access token")
        return self._credentials

    def _secrets(self) -> tuple[str, ...]:
        if self._credentials is None:
            return ()
        ids = (self._credentials.advertiser_id, self._credentials.business_id)
        return (self._credentials.access_token.get_secret_value(), *filter(None, ids))


def _missing(field: str, why: str) -> CredentialsMissing:
    return CredentialsMissing(
        f"The secret of trend credentials has no {_PART}.{field}, and {why}: store it there, "
        "or leave this source out of the study's trends."
    )
