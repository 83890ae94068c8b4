"""Whatever pages hold, the row store has exactly their rows: held against a plain reading of the same bodies."""

import json
from collections.abc import Iterator
from itertools import count
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.integration.lake_store.store import ENDPOINT_OF, Clients, LakeStore, body_of, in_order, page_of
from tiktok_collector.research_api.rows import ID_FIELDS, MODELS, read_rows

_INT64 = 2**63
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(["", "a\u0000b", "\n", "😀"])
numbers = st.integers(-3, 3) | st.sampled_from([2**53 + 1, 2**63 - 1, -(2**63), 2**63, 2**70])
ids = st.integers(0, 2**63 - 1)
anything = st.recursive(
    st.none() | st.booleans() | numbers | st.floats(allow_nan=False, allow_infinity=False, width=32) | texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)


def field(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly as it should be, sometimes null, seldom something else."""
    return st.one_of(values, values, values, st.none(), anything)


small = st.integers(-3, 3) | st.just(2**53 + 1)
news = st.dictionaries(st.sampled_from(["new_field", "newer"]), anything, min_size=1, max_size=2)


def rows_with(known: dict[str, st.SearchStrategy[Any]], required: dict[str, Any]) -> st.SearchStrategy[list[Any]]:
    """The rows of a page: clean ones, ones with a field that is new, or anything; a page of one kind or of several."""
    clean = st.fixed_dictionaries(required, optional=known)
    late = st.builds(lambda row, more: row | more, clean, news)
    odd = st.fixed_dictionaries(
        {name: st.one_of(each, each.map(str), numbers, st.just(1.5)) for name, each in required.items()},
        optional={name: field(each) for name, each in known.items()},
    )
    return st.one_of(*(st.lists(each, max_size=4) for each in (clean, clean | late, clean | late | odd | anything)))


lists = st.lists(texts, max_size=2)
HASHTAG = st.fixed_dictionaries({}, optional={"hashtag_id": small, "hashtag_name": texts, "new": anything})
VIDEOS = rows_with(
    {
        "username": texts,
        "create_time": small,
        "region_code": texts,
        "video_description": texts,
        "like_count": small,
        "view_count": small,
        "music_id": ids,
        "is_stem_verified": st.booleans(),
        "hashtag_names": lists,
        "hashtag_info_list": st.lists(HASHTAG, max_size=2),
        "sticker_info_list": st.lists(st.dictionaries(texts, anything, max_size=1), max_size=2),
        "video_mention_list": lists,
        "video_label": anything,
        "voice_to_text": texts,
    },
    {"id": ids},
)
COMMENTS = rows_with({"text": texts, "video_id": ids, "like_count": small, "parent_comment_id": ids}, {"id": ids})
ROWS = {
    "videos": VIDEOS,
    "liked_videos": VIDEOS,
    "comments": COMMENTS,
    "followers": rows_with({"display_name": texts}, {"username": texts}),
}
pages = st.lists(
    st.sampled_from(sorted(ROWS)).flatmap(lambda entity: st.tuples(st.just(entity), ROWS[entity])),
    min_size=3,
    max_size=8,
)
styles = st.sampled_from(
    [{}, {"ensure_ascii": False}, {"indent": 1}, {"separators": (",", ":")}, {"separators": (" ,", " : ")}]
)


_buckets = count()


@settings(max_examples=8)
@given(stored=pages, style=styles)
def test_the_tables_have_exactly_the_rows_of_the_pages(clients: Clients, stored: Any, style: dict[str, Any]) -> None:
    store = LakeStore(clients, f"pages{next(_buckets)}")
    expected: dict[str, list[dict[str, Any]]] = {"videos": [], "comments": [], "relations": [], "quarantine": []}
    for number, (entity, rows) in enumerate(stored):
        body = json.dumps(body_of(entity, rows), **style).encode()
        key = store.put_pages(entity, [page_of(entity, body, page=number, request={"username": "ann"})])
        for place, row in enumerate(json.loads(body)["data"][ENDPOINT_OF[entity].row_keys[0]]):
            for table, columns in read_plainly(entity, row):
                expected[table].append({"page": number, "row_number": place, **columns(key)})
    report = store.curate()
    assert report.left == 0
    for table, wanted in expected.items():
        found = store.rows(table)
        columns = sorted({name for row in wanted for name in row} | {"page", "row_number"})
        shown = [{name: comparable(name, row[name]) for name in columns} for row in found]
        assert in_order(shown) == in_order({name: row.get(name) for name in columns} for row in wanted), table
    stats = store.rows("video_stats", "video_id", "like_count", "view_count", "create_time", "created_at", "page")
    assert in_order(stats) == in_order(
        store.rows("videos", "video_id", "like_count", "view_count", "create_time", "created_at", "page")
    )


def read_plainly(entity: str, row: Any) -> Iterator[tuple[str, Any]]:
    """The rows of tables that one row of a page comes to, by dictionaries alone."""
    if isinstance(row, dict):
        row = dict(row)
        if entity.endswith("videos") and "video_id" in row and "id" not in row:
            row["id"] = row.pop("video_id")
    verdict = read_rows(ENDPOINT_OF[entity], [row])
    if verdict.quarantined:
        yield "quarantine", lambda key: {"row": row, "object_key": key}
        return
    (typed,) = verdict.rows
    held: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    for name, value in row.items():
        known = getattr(typed, name) if name in MODELS[entity].__struct_fields__ else None
        too_large = isinstance(known, int) and not -_INT64 <= known < _INT64
        if name not in MODELS[entity].__struct_fields__ or (too_large and name != "video_label"):
            rest[name] = value
        elif value is not None:
            held[name] = known if name in ID_FIELDS else value
    extra = {"extra": rest or None}
    if entity.endswith("videos"):
        held["video_id"] = held.pop("id")
        yield "videos", lambda _: held | extra
        if entity == "liked_videos":
            yield "relations", lambda _: {"kind": "liked", "username": "ann", "video_id": held["video_id"]}
    elif entity == "comments":
        held["comment_id"] = held.pop("id")
        yield "comments", lambda _: held | extra
    else:
        shown = {"other_username": held["username"], "other_display_name": held.get("display_name")}
        yield "relations", lambda _: {"kind": "follower", "username": "ann", **shown, **extra}


_JSON = {"hashtag_info_list", "sticker_info_list", "effect_info_list", "video_label", "video_tag", "extra", "row"}


def comparable(name: str, value: Any) -> Any:
    return json.loads(value) if name in _JSON and value is not None else value
