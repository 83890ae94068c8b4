"""Study files and lists of accounts that nobody means: every problem with its line, in bounded time and room."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile.examples import TEXTS, few
from tiktok_collector.study_file.account_list import MAX_LINES, MAX_ROWS, read_account_list
from tiktok_collector.study_file.problems import InvalidStudy
from tiktok_collector.study_file.reading import files_of, read_study
from tiktok_collector.study_file.yaml_lines import MAX_VALUES

HEAD = "version: 1\nname: s\nfirst_day: 2026-01-01\n"
GOOD = HEAD + "cohorts:\n  a:\n    accounts: [x, 'y']\n    file: l.csv\n    comments: {max_per_video: 3}\n"
PIECES = st.sampled_from(
    [
        "&a ",
        "*a",
        "<<: ",
        "!!python/object/apply:os.system [x]",
        "- ",
        "? ",
        ": ",
        "[",
        "]",
        "{",
        "}",
        ">\n",
        "'",
        '"',
        "#",
        "---\n",
        "...\n",
        "%TAG ! x\n",
        "\t",
        "\n",
        "0o17",
        "1_0",
        "NO",
        "2026-01-01",
        "\ufeff",
        "~",
    ]
)


def problems(text: str) -> InvalidStudy | None:
    try:
        read = read_study(text, {"l.csv": b"z\n"})
    except InvalidStudy as error:
        found = error
    else:
        assert all(name.isprintable() for cohort in read.study.cohorts for name in cohort.usernames)
        return None
    sentences = [str(found), *map(str, found.problems)]
    assert all(len(each) < 2_000 and "\n" not in each for each in sentences)
    return found


@few
@given(st.lists(st.tuples(st.integers(0, len(GOOD)), PIECES | TEXTS), min_size=1, max_size=6))
def test_changed_files(insertions: list[tuple[int, str]]) -> None:
    text = GOOD
    for place, piece in insertions:
        text = text[:place] + piece + text[place:]
    problems(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: &a [x]\nb: &b [*a, *a]\n", "&a marks something for use elsewhere"),
        ("a: !!python/object/apply:os.system [x]\n", "begins with !"),
        ("a: {<<: {b: 1}}\n", "<< merges something written elsewhere"),
        ("a: " + "[" * 400_000, "nested more than"),
        ("a: " + "{a: " * 200_000, "nested more than"),
        ("".join(" " * level + "a:\n" for level in range(1_000)), "nested more than"),
        ("cohorts: {a: {accounts: [" + "x," * MAX_VALUES + "x]}}\n", f"more than {MAX_VALUES} values"),
        ("cohorts: {a: {accounts: [x], priority: " + "9" * 5_000 + "}}\n", "is not a whole number"),
        ("cohorts: {a: {accounts: [x], file: ../l.csv}}\n", "cannot be used here"),
        ("cohorts: {a: {accounts: [x], file: /l.csv}}\n", "cannot be used here"),
        ("cohorts: {'../a': {accounts: [x]}}\n", "cannot be used here"),
        ("cohorts: {'a\u202e': {accounts: [x]}}\n", "cannot be used here"),
        ("x: '" + "y" * 1_000_000 + "'\n", "at most 1000000 are read"),
        ("x: \0\n", "U+0000"),
    ],
)
def test_what_a_study_has_no_need_of_is_refused(text: str, words: str) -> None:
    error = problems(HEAD + text)
    assert error is not None
    assert any(words in str(each) for each in error.problems)


@pytest.mark.parametrize("length", [200, 400_000])
def test_a_long_key_above_many_mistakes_takes_no_room(length: int) -> None:
    fields = ",".join(f"a{number}: 1" for number in range(5_000))
    error = problems(f"{HEAD}cohorts:\n  ? {'k' * length}\n  : {{{fields}}}\n")
    assert error is not None
    assert sum(len(each.path) + len(each.message) for each in error.problems) < 5_000_000


def test_files_that_a_study_names_lie_beside_it() -> None:
    named = [
        "../l.csv",
        "/etc/l.csv",
        "a/../l.csv",
        "..\\l.csv",
        "C:l.csv",
        "l.csv\n",
        ".l.csv",
        "a//l.csv",
        "ok/l.csv",
    ]
    cohorts = "".join(f"  c{number}: {{file: {name!r}}}\n" for number, name in enumerate(named))
    assert files_of(f"{HEAD}cohorts:\n{cohorts}") == ("ok/l.csv",)


@few
@given(st.lists(TEXTS, max_size=6).map("\n".join) | TEXTS)
def test_changed_lists(text: str) -> None:
    for encoding in ("utf-8", "utf-16", "latin-1"):
        try:
            names = read_account_list("l.csv", text.encode(encoding, errors="replace")).usernames
        except InvalidStudy as error:
            names, sentence = (), str(error)
            assert len(sentence) < 1_000
        assert all(name.isprintable() and len(name) <= 64 and "/" not in name for name in names)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\n" * (MAX_LINES + 1), f"at most {MAX_LINES} are read"),
        (b"\r" * (MAX_LINES + 1), f"at most {MAX_LINES} are read"),
        (b"a\n" * (MAX_ROWS + 1), f"at most {MAX_ROWS} are read"),
        (b'"' + b"a" * 200_000 + b'"\n', "the row is not CSV"),
        (b'"a\n' * 10, "the row is not CSV"),
        (b"x" * 10_000_001, "at most 10000000 are read"),
        ("name\n".encode("utf-16"), "is not UTF-8"),
    ],
)
def test_what_is_no_list(content: bytes, words: str) -> None:
    with pytest.raises(InvalidStudy, match=words):
        read_account_list("l.csv", content)
