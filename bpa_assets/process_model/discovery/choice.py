"""Which of the models is taken: the best of those that a person can rely on."""

from collections.abc import Collection, Sequence

from bpa_assets.process_model.discovery.evaluation import Measured
from bpa_assets.process_model.discovery.miners import Variants

FREQUENT_SHARE = 0.05
"""Share of the cases from which on an activity has to be in the model."""

LEAST_FITNESS = 0.7
MOST_NODES = 240
"""Of the Petri net: about 120 in BPMN."""

_SAME_F1 = 0.01


def frequent_activities(variants: Variants) -> frozenset[str]:
    """The activities that are in at least 5 % of the cases."""
    cases = sum(variants.values())
    found: dict[str, int] = {}
    for variant, count in variants.items():
        for activity in set(variant):
            found[activity] = found.get(activity, 0) + count
    return frozenset(activity for activity, count in found.items() if count >= FREQUENT_SHARE * cases)


def best_first(models: Sequence[Measured], frequent: Collection[str]) -> list[Measured]:
    """The models, the best first.

    Before F1 counts that no frequent activity is missing, a fitness of .7, and at most 240 nodes; of models whose F1
    is within .01 of the best that is left, the smallest comes first.
    """
    left = sorted(models, key=lambda one: (*demands(one, frequent), -one.f1, one.candidate))
    found = []
    while left:
        first = left[0]
        alike = [
            one for one in left if demands(one, frequent) == demands(first, frequent) and first.f1 - one.f1 < _SAME_F1
        ]
        best = min(alike, key=lambda one: (one.nodes, -one.f1, one.candidate))
        left.remove(best)
        found.append(best)
    return found


def demands(one: Measured, frequent: Collection[str]) -> tuple[int, bool, bool]:
    """What is wrong with a model: how many frequent activities are missing, too low a fitness, too many nodes."""
    missing = len(set(frequent) - one.net.activities)
    return missing, (one.quality.fitness or 0.0) < LEAST_FITNESS, one.nodes > MOST_NODES
