"""How TikTok masks personal data in comment texts (API codebook)."""

import re

_EMAIL = re.compile(r"\b([A-Za-z0-9])[A-Za-z0-9._%+-]*@[A-Za-z0-9.-]+\.[A-Za-z]{2,}")
_PHONE = re.compile(r"\b\d{9,13}\b")


def mask_personal_data(text: str) -> str:
    """Return the text with phone numbers cut to their first and last two digits and addresses to their first letter."""
    text = _EMAIL.sub(lambda found: found[1] + "*" * (len(found[0]) - 1), text)
    return _PHONE.sub(lambda found: found[0][:2] + "*" * (len(found[0]) - 4) + found[0][-2:], text)
