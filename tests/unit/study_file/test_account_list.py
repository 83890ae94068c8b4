"""Lists of accounts as people keep them: good names are used, the others are reported with their rows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.study.test_handles import HANDLES, WRITTEN
from tiktok_collector.study_file.account_list import COLUMNS, MAX_BYTES, MAX_ROWS, AccountList, read_account_list
from tiktok_collector.study_file.problems import InvalidStudy

A_HANDLE = "a TikTok handle or profile address; write @name or its profile URL"


def read(content: str | bytes) -> AccountList:
    return read_account_list("accounts.csv", content.encode() if isinstance(content, str) else content)


def refusal(content: str | bytes) -> str:
    with pytest.raises(InvalidStudy) as caught:
        read(content)
    return str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        "one\ntwo\n",
        "one\r\ntwo\r\n",
        "one\rtwo",
        "\ufeffone\ntwo",
        "username\n@One\nhttps://www.tiktok.com/@two\n",
        "\ufeffUsername ,note\none,x\ntwo,y\n",
        "id,handle\n1,one\n2,two\n",
        "id;URL;x\n1;tiktok.com/@one;\n2;tiktok.com/@two;\n",
        "id\taccount\n1\tone\n2\ttwo\n",
        "url,username\nx y,one\nx y,two\n",
        '"username","bio"\n"one","says ""hi"",\nand more"\n"two",""\n',
        '# who, and; why\n\nusername\n\none\n  # not,"this\n   \n,\ntwo\n',
    ],
)
def test_lists_in_every_form(content: str) -> None:
    assert read(content) == AccountList(("one", "two"), ())


def test_ten_thousand_rows_with_a_bad_one_in_every_hundred() -> None:
    rows = ["username"]
    for number in range(2, 10_001):
        bad = {0: f"two words {number}", 50: "@NAME_00002"}.get(number % 100)
        rows.append(bad or f"name_{number:05d}")
    found = read("\n".join(rows))
    assert len(found.usernames) == 9_999 - 200 == len(set(found.usernames))
    assert found.usernames[:2] == ("name_00002", "name_00003")
    assert len(found.warnings) == 200
    assert found.warnings[:2] == (
        "accounts.csv, row 50: 'name_00002' is in row 2 already; it is taken once.",
        f"accounts.csv, row 100: 'two words 100' is not {A_HANDLE}; the row is left out.",
    )
    assert found.warnings[-1].startswith("accounts.csv, row 10000: ")


def test_rows_are_those_of_a_spreadsheet() -> None:
    found = read('# comment\n\nid,username\n1,"a b"\n2,"x\ny"\n3\n4,c\n')
    assert found.usernames == ("c",)
    assert [warning.partition(":")[0] for warning in found.warnings] == [
        f"accounts.csv, row {row}" for row in (4, 5, 6)
    ]
    assert "the account name is empty; write a handle such as @name; the row is left out" in found.warnings[2]


def test_a_guessed_column_is_said() -> None:
    found = read("one,Berlin\ntwo,Paris\n")
    assert found.usernames == ("one", "two")
    assert found.warnings == (
        "accounts.csv, row 1: no column is called username, account, handle or url; the first one is taken.",
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "accounts.csv, line 1: there is no usable account name in it; write one in each line, such as @name."),
        ("username\n", "accounts.csv, line 1: there is no usable account name"),
        ("a b\nc d\n", "accounts.csv, line 1: there is no usable account name"),
        (
            "one\ncaf\xe9\n".encode("latin-1"),
            "accounts.csv, line 2: the byte 0xe9 is not UTF-8; save the list as CSV in UTF-8.",
        ),
        ("one\n".encode("utf-16"), "accounts.csv, line 1: the byte 0xff is not UTF-8; save"),
        ('one\ntwo\n"three\nfour\n', "accounts.csv, line 3: the row is not CSV ("),
        ('one\n"two"x\n', "accounts.csv, line 2: the row is not CSV ("),
        (b"a" * (MAX_BYTES + 1), "accounts.csv, line 1: the file has 10000001 bytes, and at most 10000000 are read"),
        ("a\n" * (MAX_ROWS + 1), "accounts.csv, line 100001: this is row 100001, and at most 100000 are read; leave"),
    ],
)
def test_a_list_that_cannot_be_used_is_refused_with_its_line(content: str | bytes, message: str) -> None:
    assert refusal(content).startswith(message)


@given(
    names=st.lists(HANDLES.filter(lambda name: name.lower() not in COLUMNS), min_size=1, max_size=20),
    written=WRITTEN,
    header=st.booleans(),
    delimiter=st.sampled_from([",", ";", "\t"]),
)
def test_every_name_is_used_once_and_each_row_that_is_not_used_is_named(
    names: list[str], written: str, header: bool, delimiter: str
) -> None:
    rows = [f"{written.format(name).strip()}{delimiter}x" for name in names]
    found = read("\n".join([f"username{delimiter}note"] * header + rows))
    lower = [name.lower() for name in names]
    assert list(found.usernames) == list(dict.fromkeys(lower))
    repeated = [n for n, name in enumerate(lower) if name in lower[:n]]
    told = [warning for warning in found.warnings if "already" in warning]
    assert [warning.partition(":")[0] for warning in told] == [f"accounts.csv, row {n + 1 + header}" for n in repeated]


@given(content=st.binary(max_size=80) | st.text("ab,;\t\"'#@\n\r\0 ", max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        found = read(content)
    except InvalidStudy:
        return
    assert found.usernames
