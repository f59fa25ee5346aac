"""The BPMN file: valid by OMG's schema, the same every time, read again by pm4py, its labels text whatever they are."""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from bpa_assets.process_model.diagram.bpmn_model import BpmnModel
from bpa_assets.process_model.diagram.bpmn_xml import ANNOTATIONS, bpmn_xml
from bpa_assets.process_model.diagram.layout import lay_out
from bpa_assets.process_model.diagram.model_net import to_petri_net
from bpa_assets.process_model.diagram.process_tree_model import from_process_tree
from bpa_assets.process_model.diagram.split_miner_model import from_pm4py_bpmn
from tests.conftest import REPOSITORY
from tests.process_model.diagram.drawing_metrics import drawn, faults
from tests.process_model.diagram.mined_models import graphs
from tests.process_model.diagram.net_language import told_apart
from tests.process_model.diagram.random_trees import LOOP, PARALLEL, SEQUENCE, XOR, leaf, tree, trees
from tests.process_model.diagram.test_models_from_the_split_miner import bpmn_of, net_of, shuffled

MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
HOSTILE = [
    "\"quoted\" & 'quoted'",
    "<script>alert(1)</script>",
    "]]><!-- &amp; <!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>",
    "👩‍👩‍👧‍👦 approve 🧾",
    "אישור הזמנה \u202e reversed",
    "x" * 2_000,
    "word " * 400,
    "  spaces\tand\r\nlines  ",
]


@cache
def schema() -> Any:
    return etree.XMLSchema(etree.parse(str(Path(__file__).parent / "xsd" / "BPMN20.xsd")))


def valid(xml: bytes) -> Any:
    """The file as a tree, after it was found valid."""
    root = etree.fromstring(xml)
    schema().assertValid(root)
    return root


def written(model: BpmnModel, **options: Any) -> bytes:
    return bpmn_xml(model, lay_out(model), name="orders", **options)


def names(root: Any) -> list[str]:
    return [task.get("name") for task in root.iter(f"{MODEL}task")]


@given(st.one_of(trees(30).map(from_process_tree), graphs(8)))
@settings(max_examples=40)
def test_every_file_is_valid(model: BpmnModel) -> None:
    measures = {node.id: {"frequency": 3, "mean_wait_seconds": 4.5} for node in model.nodes}
    flows = {edge: {"frequency": 2} for edge in model.edges}
    root = valid(written(model, annotations=measures, flow_annotations=flows))
    assert len(root.findall(f".//{{{ANNOTATIONS}}}measure")) == 2 * len(model.nodes) + len(model.edges)


@given(trees(7))
@settings(max_examples=25)
def test_pm4py_reads_the_same_language(drawn_tree: Any) -> None:
    model = from_process_tree(drawn_tree, loop_markers=False)
    root = etree.fromstring(written(model))
    from pm4py.objects.bpmn.importer.variants.lxml import import_xml_tree_from_root

    again = net_of(import_xml_tree_from_root(root))
    assert told_apart(to_petri_net(model), again, most_states=100) is None


def test_the_same_model_gives_the_same_bytes_in_another_process() -> None:
    graph = bpmn_of("start>xor1 xor1>a a>xor2 xor2>b b>xor3 xor3>end xor2>c c>xor3 xor2>d d>xor1 xor1>xor3")
    nested = tree(PARALLEL, tree(XOR, "a", "b", None), tree(LOOP, "c", "d"))
    here = written(from_pm4py_bpmn(graph)) + written(from_process_tree(nested))
    assert written(from_pm4py_bpmn(shuffled(graph, 5))) in here
    code = (
        "import sys; from tests.process_model.diagram.test_bpmn_file import *\n"
        f"graph = bpmn_of({' '.join(f'{f.source.id}>{f.target.id}' for f in graph.get_flows())!r})\n"
        "nested = tree(PARALLEL, tree(LOOP, 'c', 'd'), tree(XOR, 'b', None, 'a'))\n"
        "sys.stdout.buffer.write(b'BEGIN' + written(from_pm4py_bpmn(graph)) + written(from_process_tree(nested)))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": str(REPOSITORY)}
    there = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, env=environment, cwd=REPOSITORY
    )
    assert there.stdout.partition(b"BEGIN")[2] == here


def test_a_task_keeps_its_id_when_the_model_around_it_changes() -> None:
    def ids(model: BpmnModel) -> dict[str, str]:
        return {task.get("name"): task.get("id") for task in valid(written(model)).iter(f"{MODEL}task")}

    before = ids(from_process_tree(tree(SEQUENCE, "a", "b")))
    after = ids(from_process_tree(tree(SEQUENCE, tree(XOR, "c", "a"), tree(LOOP, "b", None))))
    assert before.items() <= after.items()


def test_tasks_of_the_same_label_have_ids_of_their_own() -> None:
    root = valid(written(from_process_tree(tree(XOR, tree(SEQUENCE, "a", "b"), tree(SEQUENCE, "b", "a")))))
    assert sorted(names(root)) == ["a", "a", "b", "b"]


@pytest.mark.parametrize("label", HOSTILE)
def test_a_label_is_text_whatever_it_contains(label: str) -> None:
    model = from_process_tree(tree(XOR, label, tree(SEQUENCE, "a", "b")))
    xml = written(model, annotations={2: {label: label}})
    root = valid(xml)
    assert label in names(root)
    assert {etree.QName(element).localname for element in root.iter()}.isdisjoint({"script", "DOCTYPE"})
    assert faults(drawn(xml)) == []
    assert not root.getroottree().docinfo.internalDTD


@given(st.text(st.characters(codec=None), max_size=30))
def test_what_xml_cannot_hold_is_replaced(label: str) -> None:
    model = from_process_tree(leaf(label))
    root = valid(bpmn_xml(model, lay_out(model), name=label, annotations={1: {label: label, "b": 1.5}}))
    (name,) = names(root)
    assert len(name) == len(label)
    assert all(one in (two, "\ufffd") for one, two in zip(name, label, strict=True))
    assert root.find(f"{MODEL}process").get("name") == name


def test_measures_are_written_for_people_and_for_programs() -> None:
    model = from_process_tree(tree(LOOP, "a", None))
    measures = {"frequency": 1234, "mean_duration_seconds": 5400.0, "median_wait_seconds": None, "role": "clerk"}
    task = valid(written(model, annotations={1: measures})).find(f".//{MODEL}task")
    assert task.findtext(f"{MODEL}documentation") == "Frequency: 1,234; mean duration: 1.5 h; role: clerk."
    values = {one.get("name"): one.get("value") for one in task.iter(f"{{{ANNOTATIONS}}}measure")}
    assert values == {"frequency": "1234", "mean_duration_seconds": "5400", "role": "clerk"}
    assert task.find(f"{MODEL}standardLoopCharacteristics").get("testBefore") == "false"


def test_gateways_say_which_way_they_lead_and_show_their_marker() -> None:
    root = valid(written(from_process_tree(tree(XOR, "a", tree(PARALLEL, "b", "c")))))
    assert [one.get("gatewayDirection") for one in root.iter(f"{MODEL}exclusiveGateway")] == ["Diverging", "Converging"]
    assert [one.get("gatewayDirection") for one in root.iter(f"{MODEL}parallelGateway")] == ["Diverging", "Converging"]
    marked = {shape.get("bpmnElement") for shape in root.iter() if shape.get("isMarkerVisible") == "true"}
    assert marked == {one.get("id") for one in root.iter(f"{MODEL}exclusiveGateway")}
    assert root.get("exporter") == "bpa"
