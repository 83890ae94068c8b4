import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tiktok_collector.study.handles import MAX_LENGTH, normalise_handle

HANDLES = st.text(string.ascii_letters + string.digits + "._", min_size=1, max_size=24).filter(
    lambda name: not name.lower().endswith("tiktok.com")
)
WRITTEN = st.sampled_from(
    [
        "{}",
        "@{}",
        "  @{}\n",
        "https://www.tiktok.com/@{}",
        "HTTPS://WWW.TIKTOK.COM/@{}",
        "http://m.tiktok.com/@{}/",
        "tiktok.com/@{}?lang=en&is_copy_url=1",
        "www.tiktok.com/@{}#top",
        "https://www.tiktok.com/@{}/video/7320768196569599275",
        "https://www.tiktok.com/@{}/photo/7320768196569599275?is_from_webapp=1",
    ]
)


@given(name=HANDLES, written=WRITTEN)
def test_every_way_to_write_a_handle_means_the_same(name: str, written: str) -> None:
    assert normalise_handle(written.format(name)) == name.lower()


@given(text=st.text(max_size=90))
@example("İstanbul")
@example("\x00name")
def test_a_handle_is_normal_once_it_was_normalised(text: str) -> None:
    try:
        handle = normalise_handle(text)
    except ValueError:
        return
    assert normalise_handle(handle) == handle
    assert handle
    assert not any(character.isspace() or character in "@/?#" for character in handle)


@pytest.mark.parametrize("text", ["", "   ", "@", " @ "])
def test_an_empty_name_is_said_to_be_empty(text: str) -> None:
    with pytest.raises(ValueError, match="the account name is empty; write a handle such as @name"):
        normalise_handle(text)


@pytest.mark.parametrize(
    "text",
    [
        "two names",
        "@@name",
        "name@example.org",
        "a,b",
        "na\x00me",
        "https://www.tiktok.com/",
        "https://www.tiktok.com/@",
        "www.tiktok.com",
        "tiktok.com",
        "https://vm.tiktok.com/ZMabcdef/",
        "https://example.org/@name",
        "https://tiktok.com.example.org/@name",
        '"name"',
        "<script>",
    ],
)
def test_what_is_no_handle_is_quoted_with_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match="is not a TikTok handle or profile address; write @name or its profile URL"):
        normalise_handle(text)


@pytest.mark.parametrize("name", ["name.tiktok.company", "tiktok.community", "_", "a.b_c.9", "страна"])
def test_unusual_names_are_names(name: str) -> None:
    assert normalise_handle(f"@{name}") == name


def test_a_name_that_is_too_long_is_not_quoted_whole() -> None:
    assert normalise_handle("a" * MAX_LENGTH) == "a" * MAX_LENGTH
    with pytest.raises(ValueError, match="'aaaaaaaaaaaaaaaaaaaa'… is longer than 64 characters"):
        normalise_handle("a" * (MAX_LENGTH + 1))
