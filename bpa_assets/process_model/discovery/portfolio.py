"""The models that are tried on a log, in this order: what was best on twelve real logs comes first.

A cut keeps the most frequent variants that hold this share of the cases: on logs of many variants a model of them all
is a flower. Measured on those logs, these find the best of 900 candidates or one within .01 of its F1.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from bpa_assets.process_model.discovery.miners import Variants, inductive_miner, most_frequent, split_miner
from bpa_assets.process_model.discovery.powl import powl_miner

CANDIDATE_SECONDS = 4.0


@dataclass(frozen=True)
class Candidate:
    """One way to mine a model: a miner with its settings, on the variants that hold `cut` of the cases.

    `seconds`: of processor time, after which it is given up.
    """

    name: str
    mine: Callable[[Variants], Any]
    cut: float = 1.0
    seconds: float = CANDIDATE_SECONDS

    def model(self, variants: Variants) -> Any:
        """A pm4py process tree or BPMN model."""
        return self.mine(most_frequent(variants, share=self.cut) if self.cut < 1 else variants)


def _split(eta: float, epsilon: float, cut: float = 1.0) -> Candidate:
    mine = partial(split_miner, eta=eta, epsilon=epsilon)
    return Candidate(f"split miner, eta {eta:g}, epsilon {epsilon:g}, {cut:.0%} of the cases", mine, cut)


def _inductive(noise: float, cut: float = 1.0) -> Candidate:
    mine = partial(inductive_miner, noise=noise)
    return Candidate(f"inductive miner, noise {noise:g}, {cut:.0%} of the cases", mine, cut)


def _powl(cut: float) -> Candidate:
    return Candidate(f"POWL, {cut:.0%} of the cases", powl_miner, cut)


PORTFOLIO: tuple[Candidate, ...] = (
    *(_split(0.4, 0.1), _inductive(0.2, 0.9), _split(0.8, 0.0)),
    *(
        _split(0.8, 0.1, 0.7),
        _split(0.4, 0.0, 0.6),
        _split(0.8, 0.1, 0.9),
        _split(0.8, 0.0, 0.8),
        _split(0.8, 0.0, 0.7),
    ),
    *(_split(0.4, 0.0, 0.8), _split(0.8, 0.0, 0.4), _split(0.6, 0.0, 0.3), _split(0.2, 0.1), _split(0.4, 0.0)),
    *(_split(0.4, 0.1, 0.9), _inductive(0.2, 0.95), _inductive(0.2, 0.4), _inductive(0.2, 0.2)),
)

COSTLY: tuple[Candidate, ...] = (_inductive(0.0, 0.8), _powl(0.8), _inductive(0.0, 0.9), _inductive(0.2))
"""Seconds each on a log of many variants, and no good there: tried where block-structured models do well."""

KIND_MINED_BY: tuple[Candidate, ...] = (
    *(_split(0.4, 0.1), _split(0.8, 0.0), _split(0.8, 0.1, 0.7), _split(0.2, 0.1), _inductive(0.2, 0.9)),
)
FEW_MINED_BY: tuple[Candidate, ...] = (_inductive(0.0, 0.8),)
"""Of a part of the cases, and of one of few variants: what was best on the parts of ten logs."""
