"""Models that the two miners find in real logs, from model to file: sound drawings, valid files, the same language."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from bpa_assets.process_model.diagram.bpmn_model import BpmnModel
from bpa_assets.process_model.diagram.bpmn_xml import bpmn_xml
from bpa_assets.process_model.diagram.layout import lay_out
from bpa_assets.process_model.diagram.model_net import to_petri_net
from bpa_assets.process_model.diagram.process_tree_model import from_process_tree
from bpa_assets.process_model.diagram.shapes import Layout
from bpa_assets.process_model.diagram.split_miner_model import from_pm4py_bpmn
from tests.process_model.diagram.drawing_metrics import drawn, faults
from tests.process_model.diagram.mined_models import (
    LOGS,
    Variants,
    activity_frequencies,
    inductive_tree,
    split_model,
    variants_of,
)
from tests.process_model.diagram.net_language import told_apart
from tests.process_model.diagram.test_bpmn_file import valid
from tests.process_model.diagram.test_models_from_the_split_miner import net_of, shuffled

pytestmark = [pytest.mark.shared]

# Models small enough to walk through all that they can do.
SMALL = ["running-example.csv", "P2P.csv.gz", "sepsis.xes.gz"]


@pytest.fixture(scope="module")
def variants(shared_logs: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Variants]:
    """The variants of every shared log that a test asks for, read once."""

    class Logs(dict[str, Variants]):
        def __missing__(self, name: str) -> Variants:
            self[name] = variants_of(shared_logs / name, tmp_path_factory.mktemp("log"))
            return self[name]

    return Logs()


@pytest.mark.parametrize("name", LOGS)
def test_they_are_drawn_without_fault_and_valid(variants: Mapping[str, Variants], name: str) -> None:
    settings = [(0.4, 0.1), (0.8, 0.0), (0.0, 0.0)]
    models = [from_pm4py_bpmn(split_model(variants[name], eta=eta, epsilon=epsilon)) for eta, epsilon in settings]
    for model in [*models, from_process_tree(inductive_tree(variants[name]))]:
        layout = lay_out(model, None, activity_frequencies(model, variants[name]))
        file = bpmn_xml(model, layout, name=name)
        valid(file)
        assert faults(drawn(file)) == []
        start, end = (next(node.id for node in model.nodes if node.kind == kind) for kind in ("start", "end"))
        assert reached_straight(model, layout, start) >= {start, end}


def reached_straight(model: BpmnModel, layout: Layout, start: int) -> set[int]:
    """The nodes that straight flows from left to right lead to."""
    queue = [start]
    for node in queue:
        straight = [edge for edge in model.edges if edge[0] == node and len(layout.routes[edge]) == 2]
        queue += [two for one, two in straight if layout.boxes[one].right < layout.boxes[two].x and two not in queue]
    return set(queue)


@pytest.mark.parametrize("name", SMALL)
def test_what_the_split_miner_found_keeps_its_words_and_numbers(variants: Mapping[str, Variants], name: str) -> None:
    mined = split_model(variants[name])
    model = from_pm4py_bpmn(mined)
    tasks = {node.get_name() for node in mined.get_nodes() if node.get_name()}
    assert {node.label for node in model.nodes if node.label} == tasks
    assert told_apart(to_petri_net(model), net_of(mined)) is None
    assert all(from_pm4py_bpmn(shuffled(mined, seed)) == model for seed in range(3))


@pytest.mark.parametrize("name", LOGS)
def test_pm4py_reads_them_again(variants: Mapping[str, Variants], tmp_path: Path, name: str) -> None:
    from pm4py import read_bpmn

    tree = from_process_tree(inductive_tree(variants[name]), loop_markers=False)
    split = from_pm4py_bpmn(split_model(variants[name]))
    for model in (tree, split):
        file = tmp_path / "model.bpmn"
        file.write_bytes(bpmn_xml(model, lay_out(model), name=name))
        again = read_bpmn(str(file))
        assert (len(again.get_nodes()), len(again.get_flows())) == (len(model.nodes), len(model.edges))
        if name in SMALL and (model is split or name != "sepsis.xes.gz"):
            assert told_apart(to_petri_net(model), net_of(again)) is None
