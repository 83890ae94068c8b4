"""Whether a list goes on behind a page, and whether its source withholds the rest of it."""

from dataclasses import dataclass
from typing import Any, Final

from tiktok_collector.trend_lists import lenient

_TOTALS: Final = ("totalCount", "total", "total_count")
_MORE: Final = ("hasMore", "has_more")
_WORDS: Final = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Pagination:
    """What an answer says of its list; None: it does not say."""

    total: int | None
    has_more: bool | None


@dataclass(frozen=True, slots=True)
class Onward:
    """Whether to ask for the next page, and whether rows are withheld from this caller."""

    next: bool
    capped: bool


def pagination(value: Any) -> Pagination:
    """The object `pagination` of either generation; their surfaces name its fields differently."""
    said = value if isinstance(value, dict) else {}
    total = next((lenient.integer(said[name]) for name in _TOTALS if name in said), None)
    more = next((said[name] for name in _MORE if name in said), None)
    word = _WORDS.get(more.strip().lower()) if isinstance(more, str) else None
    return Pagination(
        total=total if total is not None and total >= 0 else None,
        has_more=word if word is not None else lenient.flag(more),
    )


def onward(said: Pagination, *, items: int, before: int, limit: int, last: bool) -> Onward:
    """What follows a page.

    A page of fewer than half the rows that were asked for, with at least as many still to come, is withheld: a login
    that is not honoured gives three rows of a hundred. The next pages would hold no more, and are not asked for.

    Args:
        said: What the answer says.
        items: How many rows the page has, readable or not.
        before: How many rows the pages before it had.
        limit: How many rows were asked for.
        last: Whether no further page is wanted.
    """
    unseen = None if said.total is None else max(0, said.total - before - items)
    much = bool(said.has_more) if unseen is None else 2 * unseen >= limit
    if much and 2 * items < limit:
        return Onward(next=False, capped=True)
    goes_on = said.has_more if said.has_more is not None else bool(unseen)
    if last or not items:
        return Onward(next=False, capped=False)
    return Onward(next=goes_on, capped=not goes_on and much)


def withheld(said: Pagination, *, items: int) -> bool:
    """Whether there is more behind the one page that a caller without a login gets."""
    return bool(said.has_more) if said.total is None else said.total > items
