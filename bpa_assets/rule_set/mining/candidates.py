"""The candidate rules of one question: what a tree that later learning rows agree with says, made simple and exact.

Only rows of the cases to learn from are looked at here; the held-out ones judge in `evidence.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bpa_assets.rule_set.mining.conjunctions import Column, Conjunction, Flags
from bpa_assets.rule_set.mining.evidence import beats
from bpa_assets.rule_set.mining.sharpening import sharpened
from bpa_assets.rule_set.mining.trees import Tree, grown, least_rows, leaves, most_alike

MOST_SHARPENED = 60_000
"""Rows that limits are fitted on; of more an even sample."""

_BETTER = 2.0
"""What features that we compute must gain in log likelihood over the attributes of the log alone, to be asked."""

_NEW = 0.2
"""Share of a rule's rows that no rule before it speaks of."""

_REFITS = 20
_REFIT_ROWS = 1_500
_ALIKE = 0.8
_MOSTLY_DIFFERENT = 0.95


@dataclass(frozen=True)
class Candidate:
    """A condition; `wanted`: whether it foretells the answer asked for, or (of two options) the other one."""

    rule: Conjunction
    wanted: bool


def learnable(columns: Sequence[Column]) -> list[Column]:
    """The columns that a rule may be about: with more than one value, and not the name or the number of a case."""
    return [one for one in columns if _tells(one)]


def _tells(column: Column) -> bool:
    values = column.values[~column.absent]
    if not len(values):
        return False
    different = len(np.unique(values))
    if different == 1 and len(values) == len(column.values):
        return False
    if column.is_text:
        return different <= len(values) / 2
    if column.feature.source == "attribute" and different > _MOSTLY_DIFFERENT * len(values):
        steps = np.diff(values)  # in order of the cases: a number that only ever rises is one that was counted up
        return not max(float((steps >= 0).mean()), float((steps <= 0).mean())) > _MOSTLY_DIFFERENT
    return True


def candidates(columns: Sequence[Column], wanted: Flags, usual: Flags | None, *, both: bool) -> list[Candidate]:
    """What the rows to learn from say; they are in order of time.

    `usual`: of a decision the rows of its usual option. `both`: the opposite answer is a rule, too. A rule that others,
    which come first, make needless is none.
    """
    tree = _chosen_tree(columns, wanted)
    if tree is None:
        return []
    rows = _sample(len(wanted), MOST_SHARPENED)
    learned, answers = [one.take(rows) for one in columns], wanted[rows]
    least = least_rows(len(rows)) // 2
    common = None if usual is None else usual[rows]
    found: list[Candidate] = []
    for answer in (True, False) if both else (True,):
        true = answers if answer else ~answers
        promising = [leaf for leaf in leaves(tree, columns) if _promising(leaf.holds(learned), true, common)]
        rules = list(dict.fromkeys(sharpened(leaf, learned, true, least) for leaf in promising))
        found += [
            Candidate(one, answer) for one in _needed(rules, learned, true, common) if one.parts and one.is_readable
        ]
    return found


def _needed(
    rules: Sequence[Conjunction], columns: Sequence[Column], wanted: Flags, usual: Flags | None
) -> list[Conjunction]:
    """The rules that say more than those before them: enough of their rows are new, and they hold there.

    First comes what is right most often beyond the average (weighted relative accuracy; Lavrač et al., 1999).
    """
    holds = [one.holds(columns) for one in rules]
    worth = [float((one & wanted).sum() - one.sum() * wanted.mean()) for one in holds]
    covered, found = np.zeros(len(wanted), np.bool_), []
    for place in sorted(range(len(rules)), key=lambda place: (-worth[place], place)):
        one = holds[place]
        known = one & covered
        count = max(int(one.sum()), 1)
        new = 1 - int(known.sum()) / count
        if new >= _NEW and _promising(one & ~covered, wanted, usual):
            found.append(rules[place])
            covered |= one
    return found


def stability(rule: Candidate, columns: Sequence[Column], wanted: Flags) -> float:
    """The share of trees grown on rows drawn with replacement that have a node for nearly the same rows.

    Nearly: what rule and node have in common is at least 80 % of what either has (Jaccard).
    """
    rows = _sample(len(wanted), _REFIT_ROWS)
    columns, wanted = [one.take(rows) for one in columns], wanted[rows]
    holds = rule.rule.holds(columns)
    random = np.random.default_rng(0)
    found = 0
    for seed in range(_REFITS):
        drawn = np.sort(random.integers(0, len(rows), len(rows)))
        if 0 < int(wanted[drawn].sum()) < len(drawn):
            found += most_alike(holds, columns, wanted, drawn, seed) >= _ALIKE
    return found / _REFITS


def _chosen_tree(columns: Sequence[Column], wanted: Flags) -> Tree | None:
    """The tree over all features, or over the attributes of the log alone where that is as good.

    Columns keep their places: what is not to be asked is made constant.
    """
    business = [one if one.feature.source == "attribute" else _constant(one) for one in columns]
    if not any(one.feature.source == "attribute" for one in columns):
        return grown(columns, wanted)
    plain, full = grown(business, wanted), grown(columns, wanted)
    if plain is None or full is None:
        return full
    return full if full.loss + _BETTER < plain.loss else plain


def _constant(column: Column) -> Column:
    return Column(column.feature, np.zeros_like(column.values), column.texts)


def _promising(holds: Flags, wanted: Flags, usual: Flags | None) -> bool:
    """Whether a rule would be kept for what it does on these rows."""
    count = int(holds.sum())
    if not count:
        return False
    right = int((holds & wanted).sum()) / count
    return beats(right, float(wanted.mean()), None if usual is None else int((holds & usual).sum()) / count)


def _sample(rows: int, most: int) -> np.ndarray:
    return np.arange(rows) if rows <= most else np.linspace(0, rows - 1, most).astype(np.int64)
