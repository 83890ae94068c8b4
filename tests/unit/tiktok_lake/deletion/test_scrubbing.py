"""Documents and exports without what is doomed: nothing of it is left, everything else is as it was."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok_lake.deletion.doomed import Doomed
from tiktok_lake.deletion.export_lines import ExportLines, UnknownForm
from tiktok_lake.deletion.mentions import GONE, Mentions
from tiktok_lake.deletion.scrubbing import Scrubber, encoded
from tiktok_lake.engine import engine, quoted

ANN = "ann_vermeer_7"
HERS = 7_320_768_196_569_599_275
HIS = 7_320_768_196_569_599_999
DOOMED = Doomed(accounts=frozenset([ANN]), videos=frozenset([HERS]))


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("hi @ann_vermeer_7.", f"hi @{GONE}."),
        ("@Ann_Vermeer_7 @ann_vermeer_7", f"@{GONE} @{GONE}"),
        ("https://www.tiktok.com/@ann_vermeer_7/video/1", f"https://www.tiktok.com/@{GONE}/video/1"),
        ("ann_vermeer_7", GONE),
        (
            "ann_vermeer_77 and ann_vermeer_7.x and xann_vermeer_7",
            "ann_vermeer_77 and ann_vermeer_7.x and xann_vermeer_7",
        ),
        ("by ann_vermeer_7, yes", f"by {GONE}, yes"),
    ],
)
def test_a_name_is_found_where_it_stands_alone_and_duckdb_finds_the_same(text: str, without: str) -> None:
    mentions = Mentions([ANN])
    assert mentions.without(text) == without
    pattern, becomes = quoted(mentions.for_duckdb), quoted(mentions.becomes)
    with engine() as connection:
        once = f"regexp_replace(?, {pattern}, {becomes}, 'gi')"
        row = connection.execute(f"SELECT regexp_replace({once}, {pattern}, {becomes}, 'gi')", [text]).fetchone()
    assert row == (without,)


def test_a_common_word_is_a_name_only_where_it_is_marked_as_one() -> None:
    mentions = Mentions(["love"])
    assert mentions.without("all my love @love tiktok.com/love") == f"all my love @{GONE} tiktok.com/{GONE}"
    assert mentions.without("love") == "love"
    scrubber = Scrubber(Doomed(accounts=frozenset(["love"])))
    document = {"username": "Love", "hashtag_names": ["love"], "text": "love", "rows": [{"username": "@love"}, "love"]}
    kept = {"username": GONE, "hashtag_names": ["love"], "text": "love", "rows": ["love"]}
    assert scrubber.without(document) == kept


_LEAF = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.sampled_from([ANN, f"@{ANN}!", HERS, str(HERS), HIS])
)
_KEY = st.text(max_size=5) | st.sampled_from(["id", "video_id", "username", "usernames", ANN])
_DOCUMENT = st.recursive(
    _LEAF, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEY, inner, max_size=4), max_leaves=25
)


@given(_DOCUMENT)
def test_nothing_doomed_is_left_and_a_document_without_it_is_as_it_was(document: Any) -> None:
    scrubber = Scrubber(DOOMED)
    new = scrubber.without({"document": document})
    text = json.dumps(new)
    assert ANN not in text.lower()
    assert str(HERS) not in text
    if not scrubber.deleted and not scrubber.changed:
        assert new == {"document": document}
    again = Scrubber(DOOMED)
    assert again.without(new) == new


@given(_DOCUMENT)
def test_what_may_not_hold_anything_holds_nothing(document: Any) -> None:
    scrubber = Scrubber(DOOMED)
    if not scrubber.may_touch(encoded(document)):
        assert not scrubber.touches(document)


def test_who_is_left_without_anybody_goes() -> None:
    missing = [
        {"window": 1, "usernames": [ANN]},
        {"window": 2, "usernames": [ANN, "ben"]},
        {"window": 3, "usernames": []},
    ]
    kept = [{"window": 2, "usernames": ["ben"]}, {"window": 3, "usernames": []}]
    assert Scrubber(DOOMED).without(missing) == kept
    assert Scrubber(DOOMED, drop=False).without(["ben", ANN]) == ["ben", GONE]


def export_of(*rows: dict[str, Any], followers: tuple[dict[str, Any], ...] = ()) -> bytes:
    head = json.dumps({"format": "tiktok-research-collector/export", "username": "u_1", "profile": {"username": "u_1"}})
    sections = {"videos": rows, "comments": (), "followers": followers, "quarantine": ()}
    text = head[:-1].encode()
    for name, each in sections.items():
        text += f',\n"{name}":['.encode() + b",".join(b"\n" + encoded(row) for row in each) + b"]"
    return text + b',\n"streams":[{"gaps":[{"item":"video_id=' + str(HERS).encode() + b'"}]}]}\n'


_ROW = st.fixed_dictionaries({"id": st.sampled_from([str(HERS), str(HIS)]), "text": st.text(max_size=10)})


@given(
    st.lists(_ROW, max_size=6), st.lists(st.fixed_dictionaries({"username": st.sampled_from(["a", "b"])}), max_size=4)
)
def test_an_export_loses_the_rows_and_stays_an_export(rows: list[Any], followers: list[Any]) -> None:
    scrubber = Scrubber(DOOMED)
    lines = ExportLines(scrubber, frozenset(["a"]), subject_goes=False)
    old = export_of(*rows, followers=tuple(followers))
    new = json.loads(b"".join(lines.without(old.splitlines(keepends=True))))
    wanted = json.loads(old)
    wanted["videos"] = [row for row in rows if row["id"] != str(HERS)]
    wanted["followers"] = [row for row in followers if row["username"] != "a"]
    wanted["streams"] = [{"gaps": [{"item": f"video_id={GONE}"}]}]
    assert new == wanted
    assert scrubber.deleted == len(rows) - len(wanted["videos"])
    assert lines.relations == len(followers) - len(wanted["followers"])


def test_an_export_of_another_form_is_not_guessed_at() -> None:
    lines = ExportLines(Scrubber(DOOMED), frozenset(), subject_goes=False)
    with pytest.raises(UnknownForm):
        list(lines.without([b'{"something": "else"}\n']))
