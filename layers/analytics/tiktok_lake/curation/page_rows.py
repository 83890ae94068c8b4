"""Pure: the rows of one raw object as lines of JSON for DuckDB, in the forms that `forms` describes."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from tiktok_collector.clock import from_iso
from tiktok_collector.collection.page_reader import stored_page
from tiktok_collector.lake.raw_pages import CorruptPage, PageEnvelope, RawPage
from tiktok_collector.research_api.endpoints import ENDPOINTS
from tiktok_collector.research_api.rows import INT64_MAX, Playlist, Quarantined, Row
from tiktok_lake.columns import ColumnType
from tiktok_lake.curation.forms import BROKEN_ROWS, LISTED_ROWS, OF_ENTITY, PLAYLIST_ROWS, RELATION_OF, Form
from tiktok_lake.curation.strict import clean_rows

_ENCODE: Final = msgspec.json.Encoder().encode
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_INT64: Final = range(-(2**63), 2**63)
_POSITIONS: Final = frozenset({"playlist_video_ids", "cursor", "has_more"})
"""Of a playlist: its videos are rows of their own, and where the next page is stands in the envelope."""


class Line(msgspec.Struct, frozen=True):
    """The rows of one page in one form.

    Attributes:
        form: The form's name.
        day: UTC day on which the page was fetched.
        list_name: Of a clean page, which stands as received: the name of its list; else empty.
        text: The line, with its end.
    """

    form: str
    day: str
    list_name: str
    text: bytes


class PageFacts(msgspec.Struct, frozen=True):
    """What all rows of a page have in common."""

    fetched: int
    """Microseconds since 1970, UTC."""
    source: str
    entity: str
    run_id: str
    task_id: str
    generation: int | None
    page: int | None
    collections: tuple[str, ...] = ()
    kind: str | None = None
    asked_username: str | None = None
    asked_video: int | None = None


def lines_of(key: str, page: RawPage, *, trusting: bool = True) -> list[Line]:
    """The lines of a page.

    Args:
        key: Of its object.
        page: The page.
        trusting: Whether clean pages are given as received; DuckDB refuses what has a field twice.

    Raises:
        CorruptPage: it is a raw page, but none with data of an endpoint that is known.
    """
    envelope, body = page
    facts, day = _facts(key, envelope)
    if trusting and (clean := clean_rows(envelope, body)):
        if not clean.rows:
            return []
        text = b'{"g":%b,"b":%b}\n' % (_ENCODE(facts), clean.body)
        line = Line(OF_ENTITY[envelope.entity].name, day, clean.list_name, text)
        return [line, *_listed(facts, day, clean.rows, range(len(clean.rows)))]
    try:
        return list(_read_row_by_row(key, page, facts, day))
    except RecursionError as error:
        raise _no_page(key, "it is nested too deeply") from error


def unreadable(key: str, why: str) -> Line:
    """The line for an object that cannot be read: it is put into quarantine under what its key says of it."""
    parts = dict(part.split("=", 1) for part in key.split("/") if "=" in part)
    entity, day = parts.get("entity", ""), parts["dt"]
    at = from_iso(f"{day}T00:00:00Z")
    task = key.rpartition("/")[2].removesuffix(".json.gz")
    facts = PageFacts(
        fetched=microseconds(at),
        source=parts.get("source", ""),
        entity=entity,
        run_id=parts.get("run", ""),
        task_id=task,
        generation=None,
        page=None,
    )
    target = OF_ENTITY[entity].table.name if entity in OF_ENTITY else None
    row = {"target": target, "reason": why, "object_key": key}
    return line_of(BROKEN_ROWS, facts, day, [(-1, row, None)])


def _facts(key: str, envelope: PageEnvelope) -> tuple[PageFacts, str]:
    endpoint = ENDPOINTS.get(envelope.endpoint)
    if endpoint is None or endpoint.entity != envelope.entity or envelope.entity not in OF_ENTITY:
        raise _no_page(key, "this version does not know what its endpoint answers")
    try:
        at = from_iso(envelope.retrieved_at)
    except (ValueError, OverflowError) as error:
        raise _no_page(key, "its envelope says no time") from error
    request = envelope.request
    username = request.get("username")
    facts = PageFacts(
        fetched=microseconds(at),
        source=envelope.source,
        entity=envelope.entity,
        run_id=envelope.run_id,
        task_id=envelope.task_id,
        generation=envelope.generation,
        page=envelope.page,
        collections=envelope.collections,
        kind=RELATION_OF.get(envelope.entity),
        asked_username=username if isinstance(username, str) else None,
        asked_video=_id(request.get("video_id")),
    )
    return facts, at.date().isoformat()


def _read_row_by_row(key: str, page: RawPage, facts: PageFacts, day: str) -> Iterator[Line]:
    stored = stored_page(key, page)
    form = OF_ENTITY[stored.envelope.entity]
    typed, broken = stored.typed, {each.index for each in stored.typed.quarantined}
    places = [index for index in range(len(stored.frame.rows)) if index not in broken]
    rows = [
        (place, *_parted(form, row, stored.frame.rows[place], facts))
        for place, row in zip(places, typed.rows, strict=True)
    ]
    if rows:
        yield line_of(form, facts, day, rows)
    yield from _listed(facts, day, typed.rows, places)
    if typed.quarantined:
        yield line_of(
            BROKEN_ROWS, facts, day, [(each.index, _broken(key, form, each, facts), None) for each in typed.quarantined]
        )


def _parted(form: Form, typed: Row, row: Mapping[str, Any], facts: PageFacts) -> tuple[dict[str, Any], str | None]:
    """What the columns hold of a row, and the rest as JSON."""
    held: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    for name, value in row.items():
        kind = form.fields.get(name)
        # Ids in quotes are numbers once they have a type.
        known = getattr(typed, name, None) if kind is ColumnType.BIGINT else value
        if kind is None or (kind is ColumnType.BIGINT and known is not None and known not in _INT64):
            if not (form is PLAYLIST_ROWS and name in _POSITIONS):
                rest[name] = value
        elif known is not None:
            held[name] = _ENCODE(known).decode() if kind is ColumnType.JSON else known
    if (
        facts.entity == "users"
        and facts.asked_username
        and held.get("username", facts.asked_username) != (facts.asked_username)
    ):
        rest["username"] = held["username"]
    return held, _ENCODE(rest).decode() if rest else None


def _listed(facts: PageFacts, day: str, rows: Sequence[Row], places: Sequence[int]) -> Iterator[Line]:
    """The rows of `relations` behind videos that an account liked, pinned or reposted, and behind playlists."""
    if facts.kind is None:
        return
    found: list[tuple[int, dict[str, Any], None]] = []
    for place, row in zip(places, rows, strict=True):
        if isinstance(row, Playlist):
            found += [
                (number, {"video_id": video, "playlist_id": row.playlist_id}, None)
                for number, video in enumerate(row.playlist_video_ids or ())
            ]
        elif (video := getattr(row, "id", None)) is not None:
            found.append((place, {"video_id": video}, None))
    if found:
        yield line_of(LISTED_ROWS, facts, day, found)


def _broken(key: str, form: Form, broken: Quarantined, facts: PageFacts) -> dict[str, Any]:
    row = broken.row if isinstance(broken.row, dict) else {}
    of_comments = facts.entity == "comments"
    username = row.get("username")
    return {
        "target": form.table.name,
        "reason": broken.reason,
        "object_key": key,
        "video_id": _id(row.get("video_id")) or facts.asked_video if of_comments else _id(broken.id),
        "comment_id": _id(broken.id) if of_comments else None,
        "username": username if isinstance(username, str) else facts.asked_username,
        "row": _ENCODE(broken.row).decode(),
    }


def line_of(form: Form, facts: PageFacts, day: str, rows: Sequence[tuple[int, Mapping[str, Any], str | None]]) -> Line:
    """The line of rows, each with its place in the page (negative: none) and the JSON of what has no column."""
    places, values, rest = zip(*rows, strict=True)
    line = {"g": facts, "n": places, "x": rest, "r": values}
    return Line(form.name, day, list_name="", text=_ENCODE(line) + b"\n")


def microseconds(moment: datetime) -> int:
    """Of a time, since 1970."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _id(value: Any) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= len(str(INT64_MAX)):
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= INT64_MAX else None


def _no_page(key: str, why: str) -> CorruptPage:
    return CorruptPage(f"The raw page {key} cannot be curated: {why}; restore an earlier version of the object.")
