"""A rule as a tree found it made simple and exact: parts that tell nothing dropped, the others where they fit best.

A tree sees a part of the rows, and each of its splits only what the splits above left of them. Here every part is
fitted anew on all rows to learn from for which the other parts hold.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from bpa_assets.rule_set.mining.conjunctions import Among, Column, Conjunction, Flags, Floats, Limit, Part

Counts = npt.NDArray[Any]

_Z = 0.6745
"""One-sided 25 %: the pessimism of C4.5 (Quinlan, 1993)."""

_FEW = 5
_ROUNDS = 3
_MOST_INSIDE = 4
"""Texts of a set that are named even where fewer are outside."""


def sharpened(rule: Conjunction, columns: Sequence[Column], wanted: Flags, least: int) -> Conjunction:
    """The rule simplified and fitted; `wanted`: rows in which it should hold; `least`: rows on each side of a limit."""
    rule = simplified(rule, columns, wanted)
    for _ in range(_ROUNDS):
        fitted = _fitted(rule, columns, wanted, least)
        if fitted == rule:
            break
        rule = fitted
    return simplified(rule, columns, wanted)


def simplified(rule: Conjunction, columns: Sequence[Column], wanted: Flags) -> Conjunction:
    """Parts dropped one by one, the least useful first, while the pessimistic error does not grow (C4.5rules)."""
    error = pessimistic_error(rule.holds(columns), wanted)
    while rule.parts:
        shorter = [rule.without(place) for place in range(len(rule.parts))]
        shorter += [
            rule.replaced(place, replace(part, or_absent=False))
            for place, part in enumerate(rule.parts)
            if part.or_absent and not (isinstance(part, Among) and not part.codes)
        ]
        errors = [pessimistic_error(one.holds(columns), wanted) for one in shorter]
        best = int(np.argmin(errors))
        if errors[best] > error:
            return rule
        rule, error = shorter[best], errors[best]
    return rule


def pessimistic_error(holds: Flags, wanted: Flags) -> float:
    """The upper end of what the share of wrong rows may be; 1 where the rule never holds."""
    cases = int(holds.sum())
    if not cases:
        return 1.0
    wrong = 1 - int(wanted[holds].sum()) / cases
    middle = wrong + _Z**2 / (2 * cases)
    margin = _Z * np.sqrt(wrong * (1 - wrong) / cases + _Z**2 / (4 * cases**2))
    return float((middle + margin) / (1 + _Z**2 / cases))


def _fitted(rule: Conjunction, columns: Sequence[Column], wanted: Flags, least: int) -> Conjunction:
    """Each part in its turn where it fits best, given the others."""
    for place, part in enumerate(rule.parts):
        rows = np.flatnonzero(rule.without(place).holds(columns))
        column, true = columns[part.column].take(rows), wanted[rows]
        best = _best_limit(part, column, true, least) if isinstance(part, Limit) else _best_set(part, column, true)
        if best is not None:
            rule = rule.replaced(place, best)
    return rule


def _best_limit(part: Limit, column: Column, wanted: Flags, least: int) -> Part | None:
    """The limit that makes both sides likeliest, among those of the same direction; None if there is none."""
    known = ~column.absent
    values, true = column.values[known], wanted[known]
    order = np.argsort(values, kind="stable")
    values, true = values[order], true[order]
    ends = np.flatnonzero(values[1:] > values[:-1])
    if not len(ends):
        return None
    below, good_below = ends + 1, np.cumsum(true)[ends]
    above, good_above = len(values) - below, int(true.sum()) - good_below
    found = log_likelihood(below, good_below) + log_likelihood(above, good_above)
    grows = good_above * below > good_below * above
    allowed = (grows == part.above) & (np.minimum(below, above) >= min(least, len(values) // 2))
    if not allowed.any():
        return None
    best = int(np.argmax(np.where(allowed, found, -np.inf)))
    return replace(part, low=float(values[ends[best]]), high=float(values[ends[best] + 1]))


def _best_set(part: Among, column: Column, wanted: Flags) -> Part | None:
    """The texts with the highest rates, as many as make both sides likeliest; rare ones are not named.

    Where most of them are inside, the few others are named (`none_of`).
    """
    known = ~column.absent
    count = np.bincount(column.values[known].astype(np.int64), minlength=len(column.texts))
    good = np.bincount(column.values[known & wanted].astype(np.int64), minlength=len(column.texts))
    codes = np.flatnonzero(count >= _FEW)
    if len(codes) < 2:
        return None
    codes = codes[np.lexsort((codes, -count[codes], -good[codes] / count[codes]))]
    inside, good_inside = np.cumsum(count[codes]), np.cumsum(good[codes])
    outside, good_outside = count.sum() - inside, good.sum() - good_inside
    found = log_likelihood(inside, good_inside) + log_likelihood(outside, good_outside)
    best = int(np.argmax(found[:-1])) + 1
    if best > _MOST_INSIDE and len(codes) - best < best:
        return replace(part, codes=frozenset(codes[best:].tolist()), none_of=True)
    return replace(part, codes=frozenset(codes[:best].tolist()), none_of=False)


def log_likelihood(count: Counts, good: Counts) -> Floats:
    """Of so many rows, so many of them good, at the rate that fits them best."""
    whole = np.maximum(count, 1)
    return np.asarray(sum(some * np.log(np.maximum(some, 1) / whole) for some in (good, count - good)))
