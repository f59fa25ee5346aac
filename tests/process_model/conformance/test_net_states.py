"""Nets are judged as their Petri nets are, and the same before and after they are made smaller."""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bpa_assets.process_model.conformance.bpmn_reader import read_bpmn
from bpa_assets.process_model.conformance.languages import compare
from bpa_assets.process_model.conformance.meaning import token_net
from bpa_assets.process_model.conformance.net_states import net_states
from bpa_assets.process_model.conformance.token_net import TokenNet
from bpa_assets.process_model.diagram.bpmn_model import GATEWAYS, BpmnModel
from bpa_assets.process_model.diagram.bpmn_xml import bpmn_xml
from bpa_assets.process_model.diagram.process_tree_model import from_process_tree
from bpa_assets.process_model.diagram.shapes import Box, Layout
from bpa_assets.process_model.discovery.petri_net import PetriNet
from bpa_assets.process_model.discovery.state_space import StateSpace, UnsoundError, state_space
from tests.process_model.diagram.random_trees import tree_words, trees

NEVER_REACHED = "never"


@st.composite
def spoilt_models(draw: st.DrawFn) -> BpmnModel:
    """Models of trees, mostly with a gateway of another kind than was meant: some are sound, many are not."""
    model = from_process_tree(draw(trees(7).filter(lambda tree: tree_words(tree, 2) - {()} != set())))
    places = [place for place, node in enumerate(model.nodes) if node.kind in GATEWAYS]
    if not places:
        return model
    place, kind = draw(st.sampled_from(places)), draw(st.sampled_from(GATEWAYS))
    nodes = [replace(node, kind=kind) if at == place else node for at, node in enumerate(model.nodes)]
    return BpmnModel(tuple(nodes), model.edges)


def judged(judge: Any, net: TokenNet | PetriNet) -> StateSpace | str:
    """Its states, or why it is not sound, in one word."""
    try:
        space: StateSpace = judge(net)
    except UnsoundError as error:
        return NEVER_REACHED if "never be reached" in str(error) else "unsound"
    return space


@given(spoilt_models(), st.booleans())
@settings(max_examples=50)
def test_a_net_is_judged_as_its_petri_net_and_as_the_smaller_one(model: BpmnModel, ends_empty: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.bpmn"
        anywhere = Layout({node.id: Box(0, 0, 1, 1) for node in model.nodes}, dict.fromkeys(model.edges, ()))
        file.write_bytes(bpmn_xml(model, anywhere, name="p"))
        (found,) = read_bpmn(file, name=file.name)
    net = token_net(found, name=file.name, ends_empty=ends_empty)
    whole, smaller = judged(net_states, net), judged(net_states, net.reduced())
    if isinstance(whole, StateSpace):
        assert isinstance(smaller, StateSpace)
        assert compare(whole, smaller).same
    elif whole != NEVER_REACHED:  # a branch without tasks that nothing reaches is gone from the smaller one
        assert smaller == whole
    if all(step.is_plain for step in net.steps):
        as_petri_net = judged(state_space, net.petri_net())
        if isinstance(whole, StateSpace):
            assert isinstance(as_petri_net, StateSpace)
            assert compare(whole, as_petri_net).same
        else:
            assert isinstance(as_petri_net, str)
