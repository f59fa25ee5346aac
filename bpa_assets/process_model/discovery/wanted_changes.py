"""What cases would have a model changed to: the ways and tasks that they miss where they leave it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from bpa_assets.process_model.discovery.alignments import Alignment
from bpa_assets.process_model.drawing import END, START

Sample = Mapping[tuple[str, ...], float]

_MOST_WAYS, _MOST_PATHS = 40, 20


def wanted_ways(sample: Sample, alignments: Sequence[Alignment | None]) -> list[tuple[str, str]]:
    """The activities that follow each other where cases leave the model, the most frequent ones first."""
    wanted: Counter[tuple[str, str]] = Counter()
    for (variant, cases), found in zip(sample.items(), alignments, strict=True):
        for pair in _left_at(variant, found) if found else ():
            wanted[pair] += cases  # type: ignore[assignment]  # cases that stand for others are fractions
    return [pair for pair, _ in sorted(wanted.items(), key=lambda one: (-one[1], one[0]))[:_MOST_WAYS]]


def wanted_paths(sample: Sample, alignments: Sequence[Alignment | None]) -> list[tuple[str, tuple[str, ...], str]]:
    """What is done where the model does not have it, with what comes before and after; the most frequent ones first.

    Also with the activity before it: `check, examine` may be a way of its own where `examine` alone is none.
    """
    wanted: Counter[tuple[str, tuple[str, ...], str]] = Counter()
    for (variant, cases), found in zip(sample.items(), alignments, strict=True):
        around = (START, *variant, END)
        for place, move in found.moves if found else ():
            if place is not None and move is None:
                for begin in range(max(place - 1, 0), place + 1):
                    wanted[around[begin], variant[begin : place + 1], around[place + 2]] += cases  # type: ignore[assignment]
    return [one for one, _ in sorted(wanted.items(), key=lambda one: (-one[1], one[0]))[:_MOST_PATHS]]


def _left_at(variant: tuple[str, ...], alignment: Alignment) -> Iterator[tuple[str, str]]:
    """Each pair of neighbours in a variant with a move on one side only at the second, or between them."""
    before, left = START, False
    for place, move in alignment.moves:
        left = left or place is None
        if place is not None:
            if left or move is None:
                yield before, variant[place]
            before, left = variant[place], move is None
    if left:
        yield before, END
