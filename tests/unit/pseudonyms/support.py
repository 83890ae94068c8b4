from pydantic import SecretStr

from tiktok_collector.pseudonyms.keys import PseudonymKey
from tiktok_collector.pseudonyms.people import Pseudonyms


def people(key: str = "k" * 40) -> Pseudonyms:
    return Pseudonyms(PseudonymKey(SecretStr(key), "1"))
