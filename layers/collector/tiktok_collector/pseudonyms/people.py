"""Pseudonyms of people under one key: the same name has the same one everywhere, and only the key finds it."""

import hmac
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from unicodedata import normalize

from tiktok_collector.pseudonyms.keys import PseudonymKey

METHOD: Final = "HMAC-SHA256"

_DIGITS: Final = 20
_KEY_DIGITS: Final = 12
# One letter is a word more often than a name.
_SHORTEST: Final = 2
_SIGNS: Final = "@\uff20"
# In an address the sign may be encoded.
_SIGN: Final = rf"[{_SIGNS}]|%40"
_MAIL: Final = r"(?<![\w.+%-])(?P<mail>[\w.+%-]+@[\w-]+(?:\.[\w-]+)+)"
# Handles of any script, with NUL where TikTok has it; what ends a word in running text ends them, too.
_HANDLE: Final = rf"(?P<sign>{_SIGN})(?P<handle>[^\s{_SIGNS}#,:;!?/\\()\[\]{{}}<>|&'\"\u2019\u201d]+)"
_ADDRESSED: Final = re.compile(f"{_MAIL}|{_HANDLE}")
_PLAIN: Final = re.compile(r"[A-Za-z0-9_.]+")
"""A username as TikTok gives them today."""
_FOLDED: Final = re.compile("[\u017f\u212a\u0130\u0131]")
"""Letters that are those of ASCII in another case, and have no such lower case."""
_ENDS_NO_HANDLE: Final = ".-\u2026"


def normalised(name: str) -> str:
    """The name as it is hashed: without `@` and outer space, composed (NFC), case-folded, so that its forms agree."""
    return normalize("NFC", name.strip().lstrip(_SIGNS).strip()).casefold()


@dataclass(frozen=True, slots=True)
class Known:
    """Names that are looked for in texts; made once for many texts."""

    names: tuple[tuple[str, str], ...] = ()
    """Each in lower case, and as it is."""

    def plus(self, names: Iterable[str]) -> "Known":
        """These names and more, in any case, without `@`, their accents composed or apart."""
        forms = {form: None for name in names if len(name) >= _SHORTEST for form in _forms(name)}
        more = [(form.lower(), form) for form in forms]
        new = [pair for pair in more if pair not in self.names]
        return Known((*self.names, *new)) if new else self

    def within(self, text: str) -> tuple[str, ...]:
        """Those that may be in `text`."""
        if not self.names:
            return ()
        lower = text.lower()
        return tuple([name for low, name in self.names if low in lower])


def _forms(name: str) -> tuple[str, ...]:
    return (name,) if name.isascii() else (name, normalize("NFC", name), normalize("NFD", name))


NOBODY: Final = Known()


def key_statement(key_id: str) -> dict[str, Any]:
    """What a file says of its names: `key_id` is the key of its pseudonyms, or empty where names are as they came."""
    return {"identified": not key_id, "pseudonyms": {"method": METHOD, "key": key_id} if key_id else None}


class Pseudonyms:
    """Makes pseudonyms."""

    def __init__(self, key: PseudonymKey) -> None:
        self._keyed = hmac.new(key.value.get_secret_value().encode(), digestmod="sha256")
        self.key_id = f"k_{self._digest('key', '')[:_KEY_DIGITS]}"
        """Tells keys from one another and says nothing of them: files with the same id can be joined."""

    def of_name(self, name: str) -> str:
        """`u_` and 20 hex digits for a username or another name of a person."""
        return f"u_{self._digest('name', normalised(name))}"

    def of_id(self, number: int | str) -> str:
        """`id_` and 20 hex digits for a person's id."""
        return f"id_{self._digest('id', str(number))}"

    def in_text(self, text: str, known: Known = NOBODY) -> str:
        """`text` with pseudonyms for `@handles`, for mail addresses, and for each whole word or words that are `known`.

        Args:
            text: What somebody wrote.
            known: The names.
        """
        if present := known.within(text):
            plain = all(map(_PLAIN.fullmatch, present)) and not _FOLDED.search(text)
            if plain and len(low := text.lower()) == len(text):
                return "".join(self._plainly(text, low, sorted(map(str.lower, present), key=len, reverse=True)))
            return _pattern(present).sub(self._replaced, text)
        return _ADDRESSED.sub(self._replaced, text) if "@" in text or "\uff20" in text or "%40" in text else text

    def _plainly(self, text: str, low: str, names: list[str]) -> Iterator[str]:
        """What `_pattern` does for names as TikTok gives them; making a pattern takes longer than reading a caption.

        Args:
            text: What somebody wrote.
            low: The same in lower case, letter by letter.
            names: In lower case, the longest first.
        """
        done = 0
        addressed = _ADDRESSED.search(text)
        named = _next_named(low, names, 0)
        while addressed or named:
            if addressed and (not named or addressed.start() <= named[0]):
                start, end = addressed.span()
                mentioned = _mentioned(low, names, start)
                if mentioned:
                    end = start + 1 + len(mentioned)
                    new = f"{text[start]}{self.of_name(mentioned)}"
                else:
                    new = self._replaced(addressed)
            else:
                assert named  # noqa: S101 # one of both is there
                start, name = named
                end, new = start + len(name), self.of_name(name)
            yield text[done:start]
            yield new
            done = end
            addressed = _ADDRESSED.search(text, done) if addressed and addressed.start() < done else addressed
            named = _next_named(low, names, done) if named and named[0] < done else named
        yield text[done:]

    def _replaced(self, found: re.Match[str]) -> str:
        parts = found.groupdict()
        if mail := parts["mail"]:
            return self.of_name(mail)
        if known := parts.get("mentioned") or parts.get("named"):
            return f"{parts['at'] or ''}{self.of_name(known)}"
        handle = parts["handle"].rstrip(_ENDS_NO_HANDLE)
        rest = parts["handle"][len(handle) :]
        return f"{parts['sign']}{self.of_name(handle) if handle else ''}{rest}"

    def _digest(self, kind: str, text: str) -> str:
        # A copy of the keyed state costs half of a new one, and a large account has millions of names.
        keyed = self._keyed.copy()
        keyed.update(f"{kind}\0{text}".encode(errors="surrogatepass"))
        return keyed.hexdigest()[:_DIGITS]


def _next_named(low: str, names: list[str], begin: int) -> tuple[int, str] | None:
    """The first whole word from `begin` on that is one of the names, the longest where two begin there."""
    first: tuple[int, str] | None = None
    for name in names:
        at = low.find(name, begin)
        while at >= 0 and (first is None or at < first[0]):
            if not (_in_word(low, at - 1) or _in_word(low, at + len(name))):
                first = (at, name)
                break
            at = low.find(name, at + 1)
    return first


def _mentioned(low: str, names: list[str], sign: int) -> str | None:
    """The name that stands whole behind the sign."""
    if low[sign] not in _SIGNS:
        return None
    for name in names:
        end = sign + 1 + len(name)
        longer = _in_word(low, end) or (low[end : end + 1] == "." and _in_word(low, end + 1))
        if low.startswith(name, sign + 1) and not longer:
            return name
    return None


def _in_word(text: str, at: int) -> bool:
    return 0 <= at < len(text) and (text[at].isalnum() or text[at] == "_")


@lru_cache(maxsize=512)
def _pattern(known: tuple[str, ...]) -> re.Pattern[str]:
    # The longest first, so that a name is not cut by a shorter one at its beginning.
    names = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))
    # Behind @ a name ends where a handle does: @some.one is not @some.
    mentioned = rf"(?P<at>[{_SIGNS}])(?P<mentioned>{names})(?!\w|\.\w)"
    named = rf"(?<!\w)(?P<named>{names})(?!\w)"
    return re.compile(f"{mentioned}|{_MAIL}|{_HANDLE}|{named}", re.IGNORECASE)
