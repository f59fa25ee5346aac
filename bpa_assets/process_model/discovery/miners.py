"""Models mined from the variants of a log: by pm4py's inductive miner, and by its split miner.

Both work on variants and their counts, never on events. Add a miner here and to the portfolio.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from itertools import pairwise
from typing import Any

Variants = Mapping[tuple[str, ...], int]
"""Sequence of activities → how many cases have it."""


def inductive_miner(variants: Variants, *, noise: float) -> Any:
    """A pm4py process tree (Leemans, Fahland, van der Aalst: IMf, 2014). `noise`: share of what is infrequent."""
    from pm4py.algo.discovery.inductive.dtypes.im_ds import IMDataStructureUVCL
    from pm4py.algo.discovery.inductive.variants.imf import IMFUVCL
    from pm4py.objects.process_tree.utils import generic

    parameters = {"noise_threshold": noise}
    tree = IMFUVCL(parameters).apply(IMDataStructureUVCL(Counter(variants)), parameters)
    tree = generic.fold(tree)
    generic.tree_sort(tree)
    return tree


def split_miner(variants: Variants, *, eta: float, epsilon: float) -> Any:
    """A pm4py BPMN model (Augusto et al., 2019). `eta`: frequency filter; `epsilon`: what counts as concurrent."""
    from pm4py.algo.discovery.split_miner.concurrency.classic import Parameters as Concurrency
    from pm4py.algo.discovery.split_miner.dfg_discovery.classic import ClassicDFGDiscoverer
    from pm4py.algo.discovery.split_miner.dtypes.log import END_LABEL, START_LABEL
    from pm4py.algo.discovery.split_miner.filtering.max_min import Parameters as Filtering
    from pm4py.algo.discovery.split_miner.variants.classic import ClassicSplitMiner

    class OfVariants(ClassicSplitMiner):  # type: ignore[misc]
        """The same on variants with their counts: pm4py's own walks through every case."""

        def do_extract_traces(self, log: Any, parameters: Any = None) -> Any:  # noqa: ARG002
            return [[START_LABEL, *variant, END_LABEL] for variant in variants if variant]

        def do_dfg_discovery(self, traces: Any, parameters: Any = None) -> Any:
            _, loops = ClassicDFGDiscoverer.apply(traces, parameters)
            follows: dict[tuple[str, str], int] = defaultdict(int)
            loops.short_loop_freq = defaultdict(int)
            for trace in traces:
                count = variants[tuple(trace[1:-1])]
                for pair in pairwise(trace):
                    follows[pair] += count
                for one, other, again in zip(trace, trace[1:], trace[2:], strict=False):
                    if one == again and one != other:
                        loops.short_loop_freq[one, other] += count
            return dict(follows), loops

    return OfVariants().apply(None, {Filtering.ETA: eta, Concurrency.EPSILON: epsilon})


def of_activities(variants: Variants, activities: Collection[str]) -> Variants:
    """The variants as if nothing but these activities had been done; without cases that do none of them."""
    kept: dict[tuple[str, ...], int] = {}
    for variant, count in variants.items():
        shorter = tuple(one for one in variant if one in activities)
        if shorter:
            kept[shorter] = kept.get(shorter, 0) + count
    return kept


def most_frequent(variants: Variants, *, share: float) -> Variants:
    """The most frequent variants that hold this share of the cases; of equal ones the first by name."""
    wanted = share * sum(variants.values())
    kept: dict[tuple[str, ...], int] = {}
    cases = 0
    for variant, count in sorted(variants.items(), key=lambda one: (-one[1], one[0])):
        if cases >= wanted:
            break
        kept[variant] = count
        cases += count
    return kept
