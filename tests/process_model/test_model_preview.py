"""The picture of a model in the Dagster UI: every shape of it, whatever the labels hold, and small."""

from base64 import b64decode
from itertools import pairwise
from xml.etree import ElementTree

from bpa_assets.process_model.diagram.bpmn_model import BpmnModel, BpmnNode
from bpa_assets.process_model.diagram.process_tree_model import from_process_tree
from bpa_assets.process_model.model_preview import picture
from tests.process_model.discovery.nets import tree

_BEFORE = "![the discovered model](data:image/svg+xml;base64,"
_SVG = "{http://www.w3.org/2000/svg}"


def drawn(model: BpmnModel) -> ElementTree.Element:
    shown = picture(model)
    assert shown.startswith(_BEFORE)
    return ElementTree.fromstring(b64decode(shown[len(_BEFORE) : -1]))  # noqa: S314 - our own


def test_it_has_a_shape_for_every_node_and_a_line_for_every_flow() -> None:
    model = from_process_tree(tree("->( 'a', X( 'b', tau ), +( 'c', 'd' ) )"), loop_markers=False)
    found = drawn(model)
    assert len(found.findall(f"{_SVG}rect")) == 1 + 4  # the ground, and the tasks
    assert len(found.findall(f"{_SVG}polygon")) == 4
    assert len(found.findall(f"{_SVG}circle")) == 2
    assert len(found.findall(f"{_SVG}g/{_SVG}polyline")) == len(model.edges)
    assert sorted(one.text or "" for one in found.findall(f"{_SVG}text")) == sorted("abcd++××")


def test_a_label_is_text_whatever_it_holds() -> None:
    nodes = (BpmnNode(0, "start"), BpmnNode(1, "task", '<script>"&\x00)'), BpmnNode(2, "end"))
    found = drawn(BpmnModel(nodes, ((0, 1), (1, 2))))
    assert [one.text for one in found.findall(f"{_SVG}text")] == ['<script>"&\ufffd)']


def test_what_is_too_large_or_not_there_is_said_in_words() -> None:
    tasks = [BpmnNode(at, "task", f"step {at}") for at in range(2, 1_500)]
    line = (0, *range(2, 1_500), 1)
    large = BpmnModel((BpmnNode(0, "start"), BpmnNode(1, "end"), *tasks), tuple(pairwise(line)))
    assert picture(large) == "1,500 nodes: too large for a preview; open the BPMN file"
    assert "nothing to draw" in picture(None)
