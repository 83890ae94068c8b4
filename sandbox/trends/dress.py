"""How sources write names: mostly plain, now and then with `#`, capitals, full-width letters or space around."""

from sandbox.world.hashing import hash_one, key_of

_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_PLAIN = range(14)
_OF = 20


def dressed(seed: int, source: str, name: str) -> str:
    """Return a name as this source writes it, always the same: 14 of 20 plainly."""
    lot = hash_one(key_of(seed, f"trend.dress.{source}.{name}"), 0) % _OF
    if lot in _PLAIN:
        return name
    ways = (f"#{name}", f"{name} ", name.translate(_WIDE), name.capitalize(), name.title(), f"# {name}")
    return ways[lot - len(_PLAIN)]
