"""POST /v2/research/video/query/. API page "Query videos"."""

from random import Random
from typing import Any

from sandbox.api.answers import BAD_CURSOR, Page, invalid, search_id_invalid, server_error
from sandbox.api.calls import Call
from sandbox.faults import Faults
from sandbox.query import EmptyBucketError, InvalidQueryError, Query, parse_day, parse_query
from sandbox.searches import Search, Searches, fingerprint_of
from sandbox.settings import Settings
from sandbox.world.catalog import DAY, Catalog
from sandbox.world.hashing import Ints
from sandbox.world.video_table import VIDEO_FIELDS, Moment

_MAX_SPAN_DAYS = 30


class VideoQuery:
    """Answers video queries out of a catalog, keeping searches."""

    def __init__(self, catalog: Catalog, searches: Searches, faults: Faults, random: Random) -> None:
        self._catalog = catalog
        self._searches = searches
        self._faults = faults
        self._random = random

    def answer(self, call: Call) -> Page:
        """Return one page."""
        fields = call.asked_fields(VIDEO_FIELDS)
        query = _query(call)
        start, end = window(call.body)
        if is_broken(query, start, end, call.settings):
            raise server_error()
        count, cursor = call.count(20), call.cursor()
        if str(call.body.get("is_random")).lower() == "true":
            return self._random_page(call, query, start, end, fields)
        search = self._search(call, query, start, end)
        candidates = search.at_page(call.page)
        total = len(candidates)
        if cursor > total:
            raise invalid(BAD_CURSOR)
        rows = self._rows(candidates[cursor : cursor + count], fields, call.moment)
        reached = min(cursor + count, total)
        data: dict[str, Any] = {"videos": rows, "cursor": reached, "has_more": reached < total}
        if total:
            data["search_id"] = self._searches.issue(search, call.now, call.settings)
        return Page(data, "videos")

    def _search(self, call: Call, query: Query, start: int, end: int) -> Search:
        """Return the search that the request begins or continues."""
        search_id = str(call.body.get("search_id") or "")
        if not search_id:
            candidates = self._catalog.candidates(query, start, end, call.moment)
            search = self._searches.begin(fingerprint_of(call.body), candidates, call.now)
            self._unsettle(search, call)
            return search
        found = self._searches.resume(search_id, fingerprint_of(call.body), call.now, call.settings)
        if found is None:
            raise search_id_invalid(search_id)
        if self._faults.firing(("search_lost",), call.endpoint, call.body, call.page):
            found.lost = True
            raise search_id_invalid(search_id)
        if found.candidates is None:
            found.candidates = self._catalog.candidates(query, start, end, Moment(found.began, call.settings))
        return found

    def _unsettle(self, search: Search, call: Call) -> None:
        """Let candidates arrive late in, or vanish from, a new search."""
        assert search.candidates is not None  # noqa: S101 - just begun
        for rule in self._faults.firing(("late_videos", "vanishing_videos"), call.endpoint, call.body, call.page):
            chosen = search.candidates[: int(rule.params["count"])]
            if rule.kind == "late_videos":
                search.hidden, search.hidden_until = chosen, int(rule.params["page"])
            else:
                search.vanished, search.vanished_from = chosen, int(rule.params["page"])

    def _random_page(self, call: Call, query: Query, start: int, end: int, fields: tuple[str, ...]) -> Page:
        candidates = self._catalog.candidates(query, start, end, call.moment)
        count = min(call.count(20), len(candidates))
        drawn = self._random.sample(range(len(candidates)), count)
        rows = self._rows(candidates[drawn], fields, call.moment)
        return Page({"videos": rows, "cursor": count, "has_more": False}, "videos")

    def _rows(self, positions: Ints, fields: tuple[str, ...], moment: Moment) -> list[dict[str, Any]]:
        return self._catalog.videos.rows(self._catalog.alive(positions, moment), fields, moment)


def _query(call: Call) -> Query:
    query = call.body.get("query")
    if call.settings.empty_clauses == "ignored" and isinstance(query, dict):
        query = {name: clause for name, clause in query.items() if clause != []}
    try:
        return parse_query(query)
    except InvalidQueryError as error:
        raise invalid(str(error)) from error
    except EmptyBucketError as error:
        raise server_error() from error


def window(body: dict[str, Any]) -> tuple[int, int]:
    """Return the first second of start_date and the first second after end_date.

    Raises:
        ApiError: A date is missing or wrong, they are reversed, or more than 30 days apart.
    """
    try:
        start, end = (int(parse_day(str(body.get(name) or "")).timestamp()) for name in ("start_date", "end_date"))
    except ValueError as error:
        raise invalid("Invalid start_date or end_date: the form is YYYYMMDD") from error
    if end < start:
        raise invalid("Invalid start_date or end_date: end_date is before start_date")
    if end - start > _MAX_SPAN_DAYS * DAY:
        raise invalid("Invalid start_date or end_date: the dates must be at most 30 days apart")
    return start, end + DAY


def is_broken(query: Query, start: int, end: int, settings: Settings) -> bool:
    """Return whether the settings make this query fail for good."""
    poison = {name.lower() for name in settings.poison_usernames}
    named = {v.lower() for c in query.conditions if c.field == "username" for v in c.values}
    if poison & named:
        return True
    for span in settings.broken_days:
        first, _, last = span.partition("-")
        if int(parse_day(first).timestamp()) < end and start <= int(parse_day(last or first).timestamp()):
            return True
    return False
