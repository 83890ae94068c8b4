"""YAML as text with lines; what is no YAML is said with its line."""

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from tiktok_collector.study_file import yaml_lines
from tiktok_collector.study_file.problems import InvalidStudy
from tiktok_collector.study_file.yaml_lines import MAX_BYTES, read_yaml


@pytest.fixture(params=["CSafeLoader", "SafeLoader"])
def _either_loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """PyYAML may have been built without libyaml."""
    monkeypatch.setattr(yaml_lines, "_LOADER", getattr(yaml, request.param))


def test_scalars_stay_as_they_were_written() -> None:
    written = read_yaml("region: NO\nid: 7320768196569599275\nday: 2026-10-01\non: yes\nempty:\nquoted: 'null'\nx: ~\n")
    assert written.data == {
        "region": "NO",
        "id": "7320768196569599275",
        "day": "2026-10-01",
        "on": "yes",
        "empty": None,
        "quoted": "null",
        "x": None,
    }


def test_keys_and_items_have_lines_and_the_rest_that_of_what_is_around() -> None:
    written = read_yaml("a:\n  b:\n    - x\n    - c: 1\n      d: [2,\n          3]\n")
    assert written.lines == {
        ("a",): 1,
        ("a", "b"): 2,
        ("a", "b", 0): 3,
        ("a", "b", 1): 4,
        ("a", "b", 1, "c"): 4,
        ("a", "b", 1, "d"): 5,
        ("a", "b", 1, "d", 0): 5,
        ("a", "b", 1, "d", 1): 6,
    }
    assert written.line_of(("a", "b", 1, "e", "f")) == 4
    assert written.line_of(("z",)) == 1


@pytest.mark.usefixtures("_either_loader")
@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("", 1, "the file is empty; begin with `version: 1`"),
        ("# only this\n", 1, "the file is empty"),
        ("- a\n", 1, "the file is not a mapping of keys to values; begin with `version: 1`"),
        ("just text", 1, "the file is not a mapping"),
        ("a:\n  b: 1\n\tc: 2\n", 3, "the line is indented with a tab, which YAML forbids; use spaces"),
        ("a:\n\t- b\n", 2, "the line is indented with a tab"),
        ("a: 1\nb: c: d\n", 2, "a key stands inside a value; indent the line like its neighbours, or put text with"),
        ("a: 1\n  b: 2\n", 2, "a key stands inside a value; indent the line"),
        ("a: [1,\n  2\nb: 3\n", 3, "a list or mapping that was opened with [ or { is not closed before this; close it"),
        ("a: {b: 1\n", 2, "a list or mapping that was opened with [ or { is not closed"),
        ("a: 1\nb: 'x\nc: 2\n", 2, "a quote that begins here is not closed; close it"),
        ("a:\n  - b\n c: d\n", 3, "the line is indented differently from those that it belongs to; align it"),
        ("a:\n- @name\n", 2, "a value begins with a character that has a meaning in YAML; put it in quotes"),
        ("a: 1\n---\nb: 2\n", 2, "there is a second document after ---; keep one"),
        ("a: 1\nb: \x01\n", 2, "there is the character U+0001, which YAML forbids; remove it"),
        ("a: \ud800", 1, "there is the character U+D800, which YAML forbids; remove it"),
        ("a: &x [1]\nb: 1\n", 1, "&x marks something for use elsewhere; remove the mark"),
        ("a: 1\nb: *x\n", 2, "*x stands for something written elsewhere; write it out here"),
        ("a:\n  <<: 1\n", 2, "<< merges something written elsewhere; write it out here"),
        ("a: !!int 3\n", 1, "a value begins with !, which marks a type; remove the mark or put the value in quotes"),
        ("a: 1\n? [b]\n: 2\n", 2, "a key is a list or a mapping; write text"),
        ('a: "\\x"\n', 1, "this is not YAML ("),
        ("[" * 500_000, 1, "lists and mappings are nested more than 20 deep; a study needs fewer"),
        ("- " * 100_000, 1, "lists and mappings are nested more than 20 deep"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(text: str, line: int, sentence: str) -> None:
    with pytest.raises(InvalidStudy) as caught:
        read_yaml(text)
    (problem,) = caught.value.problems
    assert problem.message.startswith(sentence)
    # libyaml sees the end of the text one line later.
    assert problem.line in {line, min(line, text.count("\n"))}


def test_a_file_that_is_too_long_is_not_read() -> None:
    with pytest.raises(InvalidStudy, match=f"has {MAX_BYTES + 1} bytes, and at most {MAX_BYTES} are read; put long"):
        read_yaml("a: " + "b" * (MAX_BYTES - 2))
    assert read_yaml("a: " + "b" * (MAX_BYTES - 3)).data


def test_every_key_that_is_there_twice_is_a_problem_with_both_lines() -> None:
    written = read_yaml("a:\n  b: 1\n  c: 2\n  b: 3\na:\n  d: 1\n  d: 2\na: 4\n")
    assert [str(problem) for problem in written.problems] == [
        "study.yaml, line 4 (a.b): the key 'b' is there twice, in line 2 and in line 4; keep one of them.",
        "study.yaml, line 5 (a): the key 'a' is there twice, in line 1 and in line 5; keep one of them.",
        "study.yaml, line 7 (a (line 5).d): the key 'd' is there twice, in line 6 and in line 7; keep one of them.",
        "study.yaml, line 8 (a): the key 'a' is there twice, in line 1 and in line 8; keep one of them.",
    ]
    assert written.data == {"a": {"b": "1", "c": "2"}}


KEYS = st.text(max_size=5).filter(lambda key: key != "<<")
VALUES = st.recursive(
    st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


@given(data=st.dictionaries(KEYS, VALUES, min_size=1, max_size=4))
def test_text_comes_back_as_it_was_dumped(data: dict[str, object]) -> None:
    dumped = yaml.safe_dump(data, allow_unicode=False, default_style='"')
    # The dumper marks what is repeated unless it is told not to, and PyYAML escapes what YAML cannot hold.
    assert read_yaml(dumped.replace("!!map ", "")).data == data


@given(text=st.text(max_size=60) | st.text("ab-:#[]{}'\"|>&*!%@`, \n\t?~<", max_size=60))
@example("a:\x85b")
@example("\ufeff\ufeffa: 1")
@example("a: 'b\u2028c")
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = read_yaml(text).problems
    except InvalidStudy as error:
        found = error.problems
        shown = str(error)
        assert shown.isprintable()
    assert all(1 <= problem.line <= len(text.splitlines()) + 1 for problem in found)
