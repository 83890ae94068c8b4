"""A request for trends as the handlers see it, and what they give back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from sandbox.api.answers import Data
from sandbox.api.calls import whole_number
from sandbox.settings import Settings

type Row = dict[str, Any]


class TrendRefusal(Exception):
    """The request is answered with an error: `code` is what the journal says."""

    def __init__(self, code: int | str, body: Data, *, status: int = 200) -> None:
        super().__init__(str(code))
        self.code = str(code)
        self.body = body
        self.status = status
        self.headers: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class TrendCall:
    """One request: `params` are its query, or its body if it has one; names of headers are in lower case."""

    endpoint: str
    params: Mapping[str, Any]
    headers: Mapping[str, str]
    now: float
    settings: Settings

    def text(self, name: str, default: str = "") -> str:
        """Return a parameter as text."""
        value = self.params.get(name)
        return default if value is None or isinstance(value, dict | list) else str(value).strip()

    def number(self, name: str, default: int) -> int | None:
        """Return a whole number, written as a number or as digits; None if it is neither."""
        value = self.params.get(name)
        return default if value in (None, "") else whole_number(value)

    @property
    def page(self) -> int:
        """The page asked for, from 1."""
        return max(self.number("page", 1) or 1, 1)

    def matched(self) -> dict[str, Any]:
        """Return what a fault's `match` looks at: the parameters, and country, period and industry by one name."""
        names = {
            "country": ("countryCode", "country_code", "creator_country"),
            "period": ("timeRange", "period", "periodDimension", "date_range"),
            "industry": ("industryID", "industry_id", "industry", "category_name"),
        }
        found = {own: self.params[theirs] for own, each in names.items() for theirs in each if theirs in self.params}
        return found | dict(self.params)


@dataclass(slots=True)
class Listing:
    """A list of which one page is asked for.

    Attributes:
        rows: Makes the rows from one place of the list to another (from 0).
        total: How many rows it is said to have.
        given: How many of them this caller gets.
        page, limit: Which part is asked for.
        wrap: Makes the body of some rows; is told whether more follow.
        key: Where the list is in the body.
    """

    rows: Callable[[int, int], list[Row]]
    total: int
    given: int
    page: int
    limit: int
    wrap: Callable[[list[Any], bool], Data]
    key: tuple[str, ...] = field(default=("list",))

    @property
    def first(self) -> int:
        """The place of the page's first row."""
        return min((self.page - 1) * self.limit, self.given)

    def page_rows(self) -> list[Any]:
        """Return the page's rows."""
        return self.rows(self.first, min(self.first + self.limit, self.given))

    def body(self, rows: list[Any]) -> Data:
        """Return the body with these rows."""
        return self.wrap(rows, self.page * self.limit < self.given)


class TrendApi(Protocol):
    """One of the three: how it checks who asks, answers and refuses."""

    def answer(self, call: TrendCall) -> Listing | Data:
        """Return a list, or a body that has none.

        Raises:
            TrendRefusal: Credentials or parameters are wrong.
        """
        ...

    def refusal(self, code: int | str, message: str, call: TrendCall, *, status: int = 200) -> TrendRefusal:
        """Return an error in the words of this API."""
        ...


_TOO_MANY = 40100


def too_many(api: TrendApi, call: TrendCall, retry_after: int | None) -> TrendRefusal:
    """Return the refusal of a request that came too fast."""
    refusal = api.refusal(_TOO_MANY, "too many requests", call)
    if retry_after is not None:
        refusal.headers["Retry-After"] = str(retry_after)
    return refusal
