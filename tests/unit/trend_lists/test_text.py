"""Hashtags and keywords in one form."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiktok_collector.trend_lists.text import as_searched, normalise

# Where case, compatibility forms, signs and space meet.
AWKWARD = st.text(
    st.one_of(st.characters(), st.sampled_from("#\uff03﹟ \t\x1c\u3000\u00a0AaßẞΣ\u03c3ςİ\u0131ﬁŉΐ\u0345\u0307Ⅷ"))
)


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("#BackToSchool", "backtoschool"),
        ("  ## #cats \n", "cats"),
        ("\uff03\uff23\uff21\uff34\uff33\u3000", "cats"),
        ("Straße", "strasse"),
        ("#학교생활", "학교생활"),
        ("a#b", "a#b"),
        ("two words", "two words"),
        ("# #", ""),
        ("", ""),
    ],
)
def test_one_form(written: str, normal: str) -> None:
    assert normalise(written) == normal


@given(AWKWARD)
def test_normal_text_stays_as_it_is(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(AWKWARD)
def test_normal_text_is_compatible_folded_and_bare(text: str) -> None:
    normal = normalise(text)
    assert unicodedata.normalize("NFKC", normal) == normal
    assert normal.casefold() == normal
    assert normal.strip() == normal
    assert not normal.startswith("#")


@given(AWKWARD.filter(str.isascii) | st.text(st.characters(codec="ascii")))
def test_ascii_has_no_form_of_its_own(text: str) -> None:
    # What is not ASCII goes through all steps; a letter behind it must not change what is before.
    assert normalise(text + "ü") == normalise(text + "u").removesuffix("u") + "ü"


@pytest.mark.parametrize(
    ("written", "searched"),
    [
        ("#Straße", "straße"),
        ("ΕΛΛΑΔΑΣ", "ελλαδας"),
        ("\uff03\uff23\uff21\uff34\uff33 ", "cats"),
        ("BackToSchool", "backtoschool"),
    ],
)
def test_searched_for_in_lower_case(written: str, searched: str) -> None:
    assert as_searched(written) == searched


@given(AWKWARD)
def test_what_is_searched_for_has_the_key_of_its_trend(text: str) -> None:
    assert as_searched(as_searched(text)) == as_searched(text)
    assert normalise(as_searched(text)) == normalise(text)
