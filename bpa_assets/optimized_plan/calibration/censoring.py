"""What cases that are not done say: how likely each finished one is to be drawn, so that the mix is not too short.

A case that arrives late is only seen to its end if it is short. Each finished case counts for the inverse of the chance
that its like would have been seen to the end (inverse probability of censoring; J. Robins, A. Rotnitzky, 1992), which
gives the mean the weights of E. Kaplan, P. Meier (1958).
"""

import numpy as np

from bpa_assets.optimized_plan.process_simulation_model import Flags, Floats

LEAST_CHANCE = 0.1
"""No case counts for more than ten of those that are always seen: beyond, a few long ones would be the whole mix."""


def weights_of_finished(lasted: Floats, is_open: Flags) -> Floats:
    """By case: 0 if open, else the inverse of its chance to be seen; `lasted`: until its end, or until the log's.

    Where no case is finished all count alike: then the log tells what begins, not what ends.
    """
    if is_open.all():
        return np.ones(len(lasted))
    order = np.argsort(lasted, kind="stable")
    at, censored = lasted[order], is_open[order]
    under_watch = len(at) - np.searchsorted(at, at, side="left")
    steps = np.where(censored, 1.0 - 1.0 / np.maximum(under_watch, 1), 1.0)
    chance = np.append(1.0, np.cumprod(steps))[np.searchsorted(at, at, side="left")]
    weights = np.zeros(len(lasted))
    weights[order] = np.where(censored, 0.0, 1.0 / np.maximum(chance, LEAST_CHANCE))
    return weights
