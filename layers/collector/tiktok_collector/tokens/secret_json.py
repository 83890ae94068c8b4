"""JSON that holds secrets: decoded into `SecretStr`, and never quoted."""

from typing import Any

import msgspec
from pydantic import SecretStr


def decode_secret[Form: msgspec.Struct](text: str | bytes, form: type[Form]) -> Form | None:
    """JSON text as `form`, whose secrets are `SecretStr` without space around them; None if it is not that.

    The reason is not passed on, since a decoder's message may quote what it read.
    """
    try:
        return msgspec.json.decode(text, type=form, dec_hook=_secret)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _secret(kind: type, value: Any) -> Any:
    if kind is not SecretStr or not isinstance(value, str):
        raise ValueError("a text is needed here")
    return SecretStr(value.strip())
