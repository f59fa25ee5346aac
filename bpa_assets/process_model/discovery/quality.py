"""How good a model is: fitness, precision and their mean, generalization, simplicity (docs/contracts.md)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum, sqrt

from bpa_assets.process_model.discovery.alignments import Alignment, shortest_path
from bpa_assets.process_model.discovery.petri_net import PetriNet
from bpa_assets.process_model.discovery.precision import precision
from bpa_assets.process_model.discovery.state_space import StateSpace


@dataclass(frozen=True)
class Quality:
    """The figures of one model on one log; each in [0, 1], None where it is not known.

    `aligned_share`: share of the cases whose variant was aligned; the others say nothing in the figures.
    """

    fitness: float | None
    precision: float | None
    generalization: float | None
    simplicity: float
    aligned_share: float

    @property
    def f1(self) -> float | None:
        """The harmonic mean of fitness and precision."""
        if self.fitness is None or self.precision is None:
            return None
        both = self.fitness + self.precision
        return 2 * self.fitness * self.precision / both if both else 0.0


def quality(
    net: PetriNet,
    space: StateSpace,
    variants: Mapping[tuple[str, ...], float],
    alignments: Sequence[Alignment | None],
) -> Quality:
    """The quality of a model from the alignments of the variants (in their order; variant → cases)."""
    aligned = [(*one, found) for one, found in zip(variants.items(), alignments, strict=True) if found is not None]
    if not aligned:
        return Quality(None, None, None, simplicity(net), 0.0)
    cases, shortest = sum(count for _, count, _ in aligned), shortest_path(space)
    fitness = sum(count * (1 - found.cost / (len(variant) + shortest)) for variant, count, found in aligned) / cases
    sequences: Counter[tuple[str, ...]] = Counter()
    for _, count, found in aligned:
        sequences[found.of_model] += count  # type: ignore[assignment]  # cases that stand for others are fractions
    return Quality(
        fitness=fitness,
        precision=precision(space, sequences),
        generalization=generalization(net, sequences),
        simplicity=simplicity(net),
        aligned_share=cases / sum(variants.values()),
    )


def generalization(net: PetriNet, sequences: Mapping[tuple[str, ...], float]) -> float:
    """1 − the mean of 1 / √(times an activity of the model was done); never done counts 1 (Buijs et al., 2014)."""
    done: Counter[str] = Counter()
    for sequence, count in sequences.items():
        for activity in sequence:
            done[activity] += count  # type: ignore[assignment]
    activities = net.activities  # a set, in whatever order: the exact sum does not depend on it
    return 1 - fsum(1 / sqrt(done[one]) if done[one] >= 1 else 1.0 for one in activities) / max(1, len(activities))


def simplicity(net: PetriNet) -> float:
    """1 / (1 + mean arcs of a node beyond two): the inverse arc degree (Blum, 2015)."""
    degree = 2 * net.arcs / max(1, net.places + len(net.labels))
    return 1 / (1 + max(degree - 2, 0.0))
