"""Decision trees for one question at one moment, pruned on later rows; their leaves read off as conjunctions.

Trees: scikit-learn (CART; Breiman et al., 1984), at most four questions deep, both answers weighing the same however
rare one is. Texts are put in the order of their rates, of which the best split into two sets is a split (Breiman et
al., 1984, theorem 4.5).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bpa_assets.process_model.event_chunks import Integers
from bpa_assets.rule_set.mining.conjunctions import Among, Column, Conjunction, Flags, Floats, Limit, Part, conjunction

DEPTH = 4
FIT = 0.7
"""Share of the rows to learn from that trees are grown on; the rest, later ones, decide how far they are pruned."""

MOST_GROWN = 6_000
"""Rows that a tree is grown on: an even sample of the earlier ones. Limits are then fitted on all rows."""

MOST_TEXTS = 30
"""Texts that are told apart, the most frequent; the others count as one that no rule names."""

_WORTH = 2.0
"""What a split must gain on the later rows in log likelihood: Akaike's two."""


@dataclass(frozen=True)
class Tree:
    """A grown tree over columns: `model` of scikit-learn; of each text column the rank of each code; `nulls` by node.

    `split`: of each node whether it is still split after pruning. `loss`: of the pruned tree on the later rows.
    """

    model: Any
    ranks: dict[int, Floats]
    split: Flags
    loss: float


def least_rows(rows: int) -> int:
    """Rows that a leaf must have, of so many to learn from."""
    return max(10, rows // 100)


def grown(columns: Sequence[Column], wanted: Flags, *, seed: int = 0, depth: int = DEPTH) -> Tree | None:
    """A tree that tells the wanted rows, in order of time, from the others. None if there is nothing to tell."""
    count = len(wanted)
    border = int(count * FIT)
    early = np.arange(border)
    if border > MOST_GROWN:
        early = np.linspace(0, border - 1, MOST_GROWN).astype(np.int64)
    late = np.arange(border, count)
    if len(late) > MOST_GROWN:
        late = np.linspace(border, count - 1, MOST_GROWN).astype(np.int64)
    if not len(late) or not 0 < int(wanted[early].sum()) < len(early):
        return None
    ranks = {place: _ranks(one.take(early), wanted[early]) for place, one in enumerate(columns) if one.is_text}
    matrix = matrix_of([one.take(early) for one in columns], ranks)
    model = fitted(matrix, wanted[early], least_rows(len(early)), seed=seed, depth=depth)
    later = model.tree_.decision_path(matrix_of([one.take(late) for one in columns], ranks))
    reached = model.tree_.decision_path(matrix)
    split, loss = _pruned(model.tree_, reached, wanted[early], later, wanted[late])
    return Tree(model, ranks, split, loss)


def fitted(matrix: npt.NDArray[np.float32], wanted: Flags, least: int, *, seed: int, depth: int = DEPTH) -> Any:
    """A tree of scikit-learn; equal splits are told apart by `seed`."""
    from sklearn.tree import DecisionTreeClassifier

    model = DecisionTreeClassifier(
        criterion="entropy",
        max_depth=depth,
        min_samples_leaf=least,
        random_state=seed,
    )
    share = float(wanted.mean())  # as class_weight="balanced" would, at half the time
    return model.fit(matrix, wanted, sample_weight=np.where(wanted, 0.5 / share, 0.5 / (1 - share)))


def matrix_of(columns: Sequence[Column], ranks: dict[int, Floats]) -> npt.NDArray[np.float32]:
    """The columns side by side: of texts their rank, nan where a value is absent or too rare to have one."""
    found = np.empty((len(columns[0].values), len(columns)), np.float32)
    for place, one in enumerate(columns):
        found[:, place] = np.append(ranks[place], np.nan)[one.values] if place in ranks else one.values
    return found


def leaves(tree: Tree, columns: Sequence[Column]) -> list[Conjunction]:
    """The way to each leaf that pruning left, without the root alone."""
    nodes = tree.model.tree_
    found: list[Conjunction] = []
    waiting: list[tuple[int, tuple[Part, ...]]] = [(0, ())]
    while waiting:
        node, parts = waiting.pop()
        if not tree.split[node]:
            if parts:
                found.append(conjunction(parts))
            continue
        place, limit = int(nodes.feature[node]), float(nodes.threshold[node])
        absent_left = bool(nodes.missing_go_to_left[node])
        for above in (True, False):
            part = _part(tree, columns, place, limit, above, or_absent=absent_left != above)
            waiting.append((int((nodes.children_right if above else nodes.children_left)[node]), (*parts, part)))
    return found


def _part(tree: Tree, columns: Sequence[Column], place: int, limit: float, above: bool, *, or_absent: bool) -> Part:
    column = columns[place]
    known = bool(column.absent.any()) and or_absent
    if place in tree.ranks:
        ranks = tree.ranks[place]
        inside = ranks > limit if above else ranks <= limit
        return Among(place, frozenset(np.flatnonzero(inside).tolist()), known)
    values = column.values[~column.absent]
    low, high = values[values <= limit], values[values > limit]
    least = float(low.max()) if len(low) else limit
    return Limit(place, above, least, float(high.min()) if len(high) else limit, known)


def _ranks(column: Column, wanted: Flags) -> Floats:
    """By code the place of a text in the order of rates, nan for those that are too rare."""
    known = ~column.absent
    count = np.bincount(column.values[known].astype(np.int64), minlength=len(column.texts))
    good = np.bincount(column.values[known & wanted].astype(np.int64), minlength=len(column.texts))
    frequent = np.lexsort((np.arange(len(count)), -count))[:MOST_TEXTS]
    frequent = frequent[count[frequent] > 0]
    rate = (good[frequent] + wanted.mean()) / (count[frequent] + 1)  # rare ones are pulled to the average
    found = np.full(len(column.texts), np.nan)
    found[frequent[np.lexsort((frequent, rate))]] = np.arange(len(frequent))
    return found


def _pruned(nodes: Any, reached: Any, wanted: Flags, later: Any, later_wanted: Flags) -> tuple[Flags, float]:
    """Which nodes stay split: those whose subtree foretells the later rows better than they do as a leaf."""
    prior = float(wanted.mean())
    count, good = np.asarray(reached.sum(axis=0)).ravel(), np.asarray(reached.T @ wanted.astype(np.float64)).ravel()
    rate = (good + 2 * prior) / (count + 2)
    cases, came = np.asarray(later.sum(axis=0)).ravel(), np.asarray(later.T @ later_wanted.astype(np.float64)).ravel()
    loss = -(came * np.log(rate) + (cases - came) * np.log1p(-rate))
    split = np.zeros(nodes.node_count, np.bool_)
    for node in range(nodes.node_count - 1, -1, -1):  # children come after their parents
        left, right = int(nodes.children_left[node]), int(nodes.children_right[node])
        if left >= 0 and loss[left] + loss[right] + _WORTH < loss[node]:
            split[node], loss[node] = True, loss[left] + loss[right]
    return split, float(loss[0])


def most_alike(holds: Flags, columns: Sequence[Column], wanted: Flags, rows: Integers, seed: int) -> float:
    """The likeness (Jaccard) of a rule's rows and those of the most alike node of a tree grown on `rows`."""
    ranks = {place: _ranks(one.take(rows), wanted[rows]) for place, one in enumerate(columns) if one.is_text}
    model = fitted(
        matrix_of([one.take(rows) for one in columns], ranks), wanted[rows], least_rows(len(rows)), seed=seed
    )
    path = model.tree_.decision_path(matrix_of(columns, ranks))
    both = np.asarray(path.T @ holds.astype(np.float64)).ravel()
    either = np.asarray(path.sum(axis=0)).ravel() + holds.sum() - both
    return float((both / np.maximum(either, 1)).max())
