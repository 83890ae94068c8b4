"""Pseudonyms of names, of ids, and in what people write."""

import hashlib
import hmac
import re
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.pseudonyms.support import people
from tiktok_collector.pseudonyms import people as module
from tiktok_collector.pseudonyms.people import NOBODY, key_statement

NAMES = st.text(
    st.characters(categories=["Ll", "Lu", "Nd"], include_characters="_.") | st.just("\0"), min_size=2
).filter(lambda name: name.strip(".") == name)


def test_a_pseudonym_is_the_documented_digest() -> None:
    digest = hmac.new(b"k" * 40, b"name\0some.one", hashlib.sha256).hexdigest()
    assert people().of_name("some.one") == f"u_{digest[:20]}"
    digest = hmac.new(b"k" * 40, b"id\x006890", hashlib.sha256).hexdigest()
    assert people().of_id(6890) == people().of_id("6890") == f"id_{digest[:20]}"


@pytest.mark.parametrize("written", ["Some.One", "@some.one", " @SOME.ONE ", "\uff20some.one"])
def test_a_name_has_one_pseudonym_however_it_is_written(written: str) -> None:
    assert people().of_name(written) == people().of_name("some.one")


@given(NAMES, NAMES)
def test_pseudonyms_differ_between_names_and_between_keys(one: str, other: str) -> None:
    same = normalize("NFC", one).casefold() == normalize("NFC", other).casefold()
    assert (people().of_name(one) == people().of_name(other)) == same
    assert people().of_name(one) != people("another key").of_name(one)
    assert re.fullmatch(r"u_[0-9a-f]{20}", people().of_name(one))


def test_a_key_has_an_id_that_is_no_part_of_it_and_tells_it_from_others() -> None:
    assert people().key_id == people().key_id != people("another key").key_id
    assert re.fullmatch(r"k_[0-9a-f]{12}", people().key_id)
    assert key_statement(people().key_id) == {
        "identified": False,
        "pseudonyms": {"method": "HMAC-SHA256", "key": people().key_id},
    }
    assert key_statement("") == {"identified": True, "pseudonyms": None}


def test_the_key_is_shown_by_no_repr() -> None:
    assert "kkkk" not in repr(people()) + repr(vars(people()).keys())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("with @some.one!", "with @{some.one}!"),
        ("with @some.one. Bye", "with @{some.one}. Bye"),
        ("(@Some.One)", "(@{some.one})"),
        ("@some.one's cat", "@{some.one}'s cat"),
        ("@a@b", "@{a}@{b}"),
        ("https://www.tiktok.com/@some.one/video/12?x=1", "https://www.tiktok.com/@{some.one}/video/12?x=1"),
        ("https://www.tiktok.com/%40some.one/video/12", "https://www.tiktok.com/%40{some.one}/video/12"),
        ("#duet with @Some One #fyp", "#duet with @{some} One #fyp"),
        ("\uff20\u30cd\u30b3 \u3068", "\uff20{\u30cd\u30b3} \u3068"),
        ("mail a.b+c@example.org now", "mail {a.b+c@example.org} now"),
        ("@ nobody", "@ nobody"),
        ("@...", "@..."),
        ("no name", "no name"),
        ("", ""),
    ],
)
def test_handles_and_addresses_in_a_text_become_pseudonyms(text: str, shown: str) -> None:
    expected = re.sub(r"\{(.*?)\}", lambda found: people().of_name(found[1]), shown)
    assert people().in_text(text) == expected


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("#duet with @Some One #fyp", "#duet with @{some one} #fyp"),
        ("follow ME, alice, here", "follow ME, {alice}, here"),
        ("Alice's own #alice", "{alice}'s own #{alice}"),
        ("malice and alice_b", "malice and alice_b"),
        ("@alice.b and @alice.", "@{alice.b} and @{alice}."),
        ("www.alice.com", "www.{alice}.com"),
        ("alice@example.org", "{alice@example.org}"),
        ("@alice_b", "@{alice_b}"),
        ("a c", "a c"),
    ],
)
def test_known_names_are_found_without_a_sign_and_as_whole_words(text: str, shown: str) -> None:
    expected = re.sub(r"\{(.*?)\}", lambda found: people().of_name(found[1]), shown)
    assert people().in_text(text, NOBODY.plus(["alice", "Some One"]).plus(["Some", "a"])) == expected


@pytest.mark.parametrize("written", ["NFC", "NFD"])
@pytest.mark.parametrize("given_as", ["NFC", "NFD"])
def test_a_name_with_accents_is_found_however_these_are_encoded(given_as: str, written: str) -> None:
    name, text = normalize(given_as, "Jos\u00e9 N\u00fa\u00f1ez"), normalize(written, "by jos\u00e9 n\u00fa\u00f1ez.")  # type: ignore[arg-type]
    assert people().in_text(text, NOBODY.plus([name])) == f"by {people().of_name(normalize('NFC', name))}."


@given(NAMES, st.lists(st.sampled_from([" ", "@", "#", ", ", "!", "\n", "(", ")", "cat", "\u2764\ufe0f"]), max_size=6))
def test_no_known_name_is_left_in_any_text(name: str, around: list[str]) -> None:
    words = [*around, " ", name, " ", f"@{name}", " ", *around]
    left = people().in_text("".join(words), NOBODY.plus([name]))
    assert not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", left, re.IGNORECASE)
    assert people().of_name(name) in left


@given(st.text(), st.lists(st.text(max_size=5), max_size=3))
def test_any_text_can_be_read(text: str, known: list[str]) -> None:
    assert isinstance(people().in_text(text, NOBODY.plus(known)), str)


@given(
    st.lists(
        st.sampled_from([*"aAbB._@ -:,/#'", "ab", "a.b", "\uff20", "%40", "@a.b", "\u0130", "\u017f", "s", "\u00e4"])
    ).map("".join),
    st.lists(st.text("abAB._s", min_size=2, max_size=4), min_size=1, max_size=3),
)
def test_usernames_are_replaced_as_any_names_are(text: str, names: list[str]) -> None:
    """They have a way of their own, for speed."""
    known = NOBODY.plus(names)
    found = people().in_text(text, known)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_PLAIN", re.compile("(?!)"))
        assert people().in_text(text, known) == found
