"""Uniform numbers that depend on what they are for, not on what was drawn before: common random numbers.

Number n of a case is output n of the generator SplitMix64 (G. Steele, D. Lea, C. Flood, *Fast splittable pseudorandom
number generators*, OOPSLA 2014) seeded with the key of the case. So one more resource, or one case more, changes no
other draw, and two variants of a process meet the same cases.
"""

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_UNIT = 2.0**-53


def keys(*parts: int | NDArray[np.int64]) -> Keys:
    """Return a key for each combination of `parts` (numbers and arrays of one length), all well mixed."""
    key = np.zeros(1, np.uint64)
    for part in parts:
        key = _mixed((key ^ _mixed(np.atleast_1d(np.asarray(part, np.int64)).view(np.uint64) + _GOLDEN)) + _GOLDEN)
    return key


def uniforms(of: Keys, number: int) -> NDArray[np.float64]:
    """Return number `number` (0, 1, …) of each key, in [0, 1)."""
    steps = np.array([number + 1], np.uint64) * _GOLDEN
    return np.asarray((_mixed(of + steps) >> _S11).astype(np.float64) * _UNIT)


def _mixed(state: Keys) -> Keys:
    state = (state ^ (state >> _S30)) * _FIRST
    state = (state ^ (state >> _S27)) * _SECOND
    return np.asarray(state ^ (state >> _S31))
