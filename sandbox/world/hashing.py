"""Counter-based randomness: every property of the world is a hash of (seed, property, index).

So any row can be worked out alone, in any order, and the vectorised and the scalar forms agree. The mixer is
SplitMix64's finaliser; numpy's own generators give no promise of equal streams across versions.
"""

import hashlib

import numpy as np
from numpy.typing import NDArray

type Ints = NDArray[np.int64]
type Floats = NDArray[np.float64]
type Bools = NDArray[np.bool_]

_MASK = (1 << 64) - 1
_GAMMA = 0x9E3779B97F4A7C15
_MUL1 = 0xBF58476D1CE4E5B9
_MUL2 = 0x94D049BB133111EB
_UNIT = 1.0 / (1 << 53)


def key_of(seed: int, name: str) -> int:
    """Return the 64-bit key of one named property of the world with this seed."""
    digest = hashlib.blake2b(f"{seed}:{name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big")


def hash_one(key: int, value: int) -> int:
    """Return 64 bits that depend on the key and the value alone."""
    x = (key + (value & _MASK) * _GAMMA + _GAMMA) & _MASK
    x = ((x ^ (x >> 30)) * _MUL1) & _MASK
    x = ((x ^ (x >> 27)) * _MUL2) & _MASK
    return x ^ (x >> 31)


def unit_one(key: int, value: int) -> float:
    """Return a float in [0, 1) for one value."""
    return (hash_one(key, value) >> 11) * _UNIT


def hashes(key: int, values: Ints) -> NDArray[np.uint64]:
    """Return `hash_one` of every value."""
    x = values.astype(np.uint64) * np.uint64(_GAMMA) + np.uint64((key + _GAMMA) & _MASK)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(_MUL1)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(_MUL2)
    return x ^ (x >> np.uint64(31))


def units(key: int, values: Ints) -> Floats:
    """Return `unit_one` of every value."""
    return (hashes(key, values) >> np.uint64(11)).astype(np.float64) * _UNIT


def below(key: int, values: Ints, bound: int) -> Ints:
    """Return an integer in [0, bound) for every value."""
    return (hashes(key, values) % np.uint64(bound)).astype(np.int64)


def exponentials(key: int, values: Ints) -> Floats:
    """Return a unit-mean exponential for every value."""
    return -np.log1p(-units(key, values))


def normals(key: int, values: Ints) -> Floats:
    """Return a standard normal for every value (Box-Muller)."""
    radius = np.sqrt(2.0 * exponentials(key, values))
    return np.asarray(radius * np.cos(2.0 * np.pi * units(key ^ _GAMMA, values)), dtype=np.float64)
