"""One candidate, mined and measured on a sample of the variants."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic, process_time
from typing import Any

from bpa_assets.process_model.diagram.bpmn_model import BpmnModel
from bpa_assets.process_model.diagram.process_tree_model import from_process_tree
from bpa_assets.process_model.diagram.split_miner_model import from_pm4py_bpmn
from bpa_assets.process_model.discovery.alignments import align
from bpa_assets.process_model.discovery.bpmn_net import net_of_bpmn
from bpa_assets.process_model.discovery.miners import Variants
from bpa_assets.process_model.discovery.petri_net import FIRST, LAST, NotAWorkflowNetError, PetriNet, from_pm4py
from bpa_assets.process_model.discovery.portfolio import Candidate
from bpa_assets.process_model.discovery.quality import Quality, quality
from bpa_assets.process_model.discovery.state_space import UnsoundError, state_space
from bpa_resources.errors import one_line

_SAMPLED = 200
_ALIGNING_SECONDS = 3.0


@dataclass(frozen=True)
class Measured:
    """A sound model and its figures."""

    candidate: str
    net: PetriNet
    quality: Quality
    seconds: float
    bpmn: BpmnModel | None = None
    """None of the flower model: there is nothing to draw."""

    @property
    def f1(self) -> float:
        """0 where it is not known."""
        return self.quality.f1 or 0.0

    @property
    def nodes(self) -> int:
        """Places and transitions."""
        return self.net.places + len(self.net.labels)


@dataclass(frozen=True)
class Refused:
    """A candidate of which no model came that could be taken, and why."""

    candidate: str
    why: str
    seconds: float


class TookTooLongError(Exception):
    """The time for a candidate is over."""


def evaluated(candidate: Candidate, variants: Variants, sample: Mapping[tuple[str, ...], float]) -> Measured | Refused:
    """Mine a model, see whether it is sound, and measure it on the sample if it is; `seconds`: of processor time."""
    begun = process_time()
    try:
        model = candidate.model(variants)
        bpmn = bpmn_of(model)
        net = net_of(model) if any(node.kind == "inclusive" for node in bpmn.nodes) else net_of_bpmn(bpmn)
        space = state_space(net)
    except (NotAWorkflowNetError, UnsoundError, TookTooLongError) as error:
        return Refused(candidate.name, str(error), process_time() - begun)
    except Exception as error:  # a miner that fails on this log is one candidate less, and is told
        return Refused(candidate.name, one_line(f"{type(error).__name__}: {error}")[:200], process_time() - begun)
    found = quality(net, space, sample, align(space, [*sample], until=monotonic() + _ALIGNING_SECONDS))
    if found.f1 is None:
        return Refused(candidate.name, "too large to be measured in time", process_time() - begun)
    return Measured(candidate.name, net, found, process_time() - begun, bpmn)


def get_ready() -> None:
    """Import and compile what the first candidate would have to wait for."""
    from pm4py.objects.conversion.bpmn import converter as _bpmn  # noqa: F401
    from pm4py.objects.conversion.process_tree import converter as _tree  # noqa: F401

    align(state_space(PetriNet(2, ("a",), ((FIRST,),), ((LAST,),))), [("a",)])


def net_of(model: Any) -> PetriNet:
    """The net of a pm4py process tree or BPMN model as pm4py has it. Errors: NotAWorkflowNetError."""
    from pm4py.objects.conversion.bpmn import converter as from_bpmn
    from pm4py.objects.conversion.process_tree import converter as from_tree
    from pm4py.objects.process_tree.obj import ProcessTree

    if isinstance(model, ProcessTree):
        return from_pm4py(*from_tree.apply(model))
    return from_pm4py(*from_bpmn.apply(model))


def bpmn_of(model: Any) -> BpmnModel:
    """A pm4py process tree or BPMN model as the diagram knows it. Loops have gateways: few tools read loop markers."""
    from pm4py.objects.process_tree.obj import ProcessTree

    if isinstance(model, BpmnModel):
        return model
    if isinstance(model, ProcessTree):
        return from_process_tree(model, loop_markers=False)
    return from_pm4py_bpmn(model)


def sample_of(variants: Variants) -> dict[tuple[str, ...], float]:
    """The most frequent variants, and as many of the others; these stand for all others' cases. Always the same."""
    by_cases = sorted(variants, key=lambda one: (-variants[one], one))
    chosen: dict[tuple[str, ...], float] = {one: float(variants[one]) for one in by_cases[:_SAMPLED]}
    rest = by_cases[_SAMPLED:]
    drawn = rest if len(rest) <= _SAMPLED else random.Random(0).sample(rest, _SAMPLED)  # noqa: S311 - a sample
    stands_for = sum(variants[one] for one in rest) / max(1, sum(variants[one] for one in drawn))
    return chosen | {one: variants[one] * stands_for for one in drawn}
