"""BPMN files are read as the tools write them, and what cannot be used is refused in one sentence."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from bpa_assets.process_model.conformance.bpmn_reader import read_bpmn
from bpa_assets.process_model.conformance.languages import compare
from bpa_assets.process_model.conformance.reference import check_reference, translated
from bpa_assets.process_model.diagram.bpmn_xml import bpmn_xml
from bpa_assets.process_model.diagram.layout import lay_out
from bpa_assets.process_model.diagram.process_tree_model import from_process_tree
from bpa_assets.process_model.discovery.alignments import align
from bpa_assets.process_model.discovery.evaluation import bpmn_of, net_of
from bpa_assets.process_model.discovery.miners import Variants, inductive_miner, split_miner
from bpa_assets.process_model.discovery.state_space import state_space
from bpa_resources.errors import InputError
from tests.process_model.conformance.documents import (
    END,
    START,
    bpmn,
    document,
    inside,
    node,
    process,
    space_of,
    task,
    words,
    words_of,
)
from tests.process_model.diagram.mined_models import variants_of
from tests.process_model.diagram.random_trees import tree_words, trees
from tests.process_model.discovery.nets import net, tree, tree_texts, variants
from tests.process_model.discovery.test_alignments import cost_of_r4pm

# What each shared model has: activities, states, and how its labels were counted in a text editor.
SHARED = {
    "ConsultaDataMining201618": 18,
    "LoanApp_simplified": 12,
    "Production": 26,
    "PurchasingExample": 22,
    "receipt": 27,
    "running-example": 8,
    "sepsis": 16,
}
READ_ALIKE = ("LoanApp_simplified", "PurchasingExample", "running-example", "sepsis")
"""pm4py passes over loop markers, which most of the others have; `receipt` is too large to compare."""


def refusal(text: str | bytes, folder: Path) -> str:
    """Why a file is refused, as `bpa run --reference` says it."""
    file = folder / "mine.bpmn"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError) as refused:
        check_reference(file)
    said = str(refused.value)
    assert said.startswith("mine.bpmn: ")
    assert "\n" not in said
    return said


@given(trees(7).filter(lambda tree: tree_words(tree, 3) - {()} != set()))
@settings(max_examples=50)
def test_what_we_write_is_read_as_it_was_meant(tmp_path_factory: pytest.TempPathFactory, drawn: Any) -> None:
    folder = tmp_path_factory.getbasetemp()
    for markers in (True, False):
        model = from_process_tree(drawn, loop_markers=markers)
        space = space_of(bpmn_xml(model, lay_out(model), name="p").decode(), folder)
        assert words_of(space, 4) == tree_words(drawn, 4)


@given(tree_texts(), variants())
@settings(max_examples=40)
def test_what_we_write_is_read_as_the_same_net_and_costs_what_other_programs_find(
    tmp_path_factory: pytest.TempPathFactory, text: str, logged: list[tuple[str, ...]]
) -> None:
    model = bpmn_of(tree(text))
    space = space_of(bpmn_xml(model, lay_out(model), name="p").decode(), tmp_path_factory.getbasetemp())
    assert compare(space, state_space(net(text))).same
    costs = [one.cost for one in align(space, logged) if one]
    assert costs == [cost_of_r4pm(net(text), variant) for variant in logged]


@pytest.mark.shared
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["running-example.csv", "P2P.csv.gz", "receipt.xes.gz"])
def test_what_is_mined_of_a_real_log_is_read_as_the_model_it_was(name: str, shared_logs: Path, tmp_path: Path) -> None:
    known: Variants = variants_of(shared_logs / name, tmp_path)
    for mined in (inductive_miner(known, noise=0.2), split_miner(known, eta=0.8, epsilon=0.0)):
        model = bpmn_of(mined)
        space = space_of(bpmn_xml(model, lay_out(model), name="p").decode(), tmp_path)
        assert compare(space, state_space(net_of(mined))).same is not False


@pytest.mark.shared
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", SHARED)
def test_the_models_of_people_are_read(name: str, shared_logs: Path) -> None:
    import pm4py

    from bpa_assets.process_model.discovery.petri_net import from_pm4py

    file = shared_logs.parent / "models" / f"{name}.bpmn"
    (found,) = read_bpmn(file, name=file.name)
    assert len(found.activity_labels) == SHARED[name]
    space = translated(found, {label: label for label in found.activity_labels}, name=file.name).space
    assert space.activities == tuple(sorted(found.activity_labels))
    if name in READ_ALIKE:
        theirs = from_pm4py(*pm4py.convert_to_petri_net(pm4py.read_bpmn(str(file))))
        assert compare(space, state_space(theirs)).same


@pytest.mark.parametrize("prefix", ["", "bpmn", "semantic", "bpmn2", "ns0"])
def test_any_prefix_will_do_and_no_diagram_is_needed(prefix: str, tmp_path: Path) -> None:
    assert words(bpmn(START, task("a"), END, flows="s-a a-e", prefix=prefix), tmp_path) == {"a"}


def test_what_does_not_decide_the_order_is_passed_over(tmp_path: Path) -> None:
    around = (
        '<collaboration id="c"><participant id="q" name="Sales" processRef="p"/><messageFlow id="m"/></collaboration>'
    )
    lanes = '<laneSet id="l"><lane id="l1"><flowNodeRef>a</flowNodeRef></lane></laneSet>'
    data = '<dataObject id="d"/><dataStoreReference id="r"/><textAnnotation id="t"><text>!</text></textAnnotation>'
    foreign = '<x:task xmlns:x="https://example.org" id="f" name="foreign"/>'
    text = bpmn(lanes, data, foreign, START, task("a", "<documentation>no task</documentation>"), END,
                flows="s-a a-e", around=around)  # fmt: skip
    assert words(text, tmp_path) == {"a"}
    (found,) = read_bpmn(tmp_path / "model.bpmn", name="model.bpmn")
    assert found.name == "Sales"


def test_odd_labels_stay_as_they_are(tmp_path: Path) -> None:
    labels = ['say "no" & <script>alert(1)</script>', "🚀 شحن البضاعة", "x" * 2_000, "two\nlines"]
    escaped = [one.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace("\n", "&#10;")
               for one in labels]  # fmt: skip
    tasks = [node("task", f"t{number}", name=one) for number, one in enumerate(escaped)]
    space = space_of(bpmn(START, *tasks, END, flows="s-t0 t0-t1 t1-t2 t2-t3 t3-e"), tmp_path)
    assert words_of(space, 4) == {tuple(labels)}


def test_a_step_without_a_name_is_silent_and_told(tmp_path: Path) -> None:
    text = bpmn(START, task("a"), node("userTask", "b"), END, flows="s-a a-b b-e")
    assert words(text, tmp_path) == {"a"}
    (found,) = read_bpmn(tmp_path / "model.bpmn", name="model.bpmn")
    assert found.notes == ("userTask (line 6) has no name and is taken for a step that the log does not record",)


COMPENSATION = node("boundaryEvent", "x", "<compensateEventDefinition/>", attachedToRef="a")
EVENT_STARTED = node("subProcess", "x", inside(task("b")), triggeredByEvent="true", name="late")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is empty"),
        ("case_id,activity\n1,a\n", "line 1 is not valid XML"),
        (b"PK\x03\x04", "line 1 is not valid XML"),
        (bpmn(START, task("a"), END)[:-20], "is not valid XML"),
        ("<pnml><net/></pnml>", "it is not BPMN 2.0 but has the root <pnml>"),
        (document(), "it has no process with a named activity"),
        (bpmn(START, END, flows="s-e"), "it has no process with a named activity"),
        ('<!DOCTYPE d [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><d>&c;</d>', "document type (line 1)"),
        ('<?xml version="1.0" encoding="klingon"?><d/>', "encoding"),
        ("<a>" * 300, "nested too deep (line 1)"),
        (bpmn(START, task("a"), node("complexGateway", "x", name="Any two"), END, flows="s-a a-x x-e"),
         "complexGateway 'Any two' (line 6) cannot be compared with a log"),
        (bpmn(START, node("adHocSubProcess", "x", inside(task("a")), name="Any order"), END, flows="s-x x-e"),
         "adHocSubProcess 'Any order' (line 5) cannot be compared with a log"),
        (bpmn(START, task("a"), COMPENSATION, END, flows="s-a a-e"), "boundaryEvent (line 6) cannot be compared"),
        (bpmn(START, task("a"), EVENT_STARTED, END, flows="s-a a-e"), "subProcess 'late' (line 6) cannot be compared"),
        (bpmn(START, task("a"), END, flows="s-a a-z"), "it leads from or to 'z', which is no node of its process"),
        (bpmn(START, task("a"), '<dataObject id="d"/>', END, flows="s-a a-d"), "dataObject (line 6), which is no node"),
        (bpmn(START, task("a"), node("inclusiveGateway", "g"), END, *(task(f"b{n}") for n in range(11)),
              flows="s-a a-g g-e " + " ".join(f"g-b{n}" for n in range(11))), "inclusiveGateway (line 6) has 12"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_in_one_sentence(text: str | bytes, why: str, tmp_path: Path) -> None:
    assert why in refusal(text, tmp_path)


def test_a_file_of_several_pools_is_read_pool_by_pool(tmp_path: Path) -> None:
    (tmp_path / "two.bpmn").write_text(
        document(process(START, task("a"), END, flows="s-a a-e"),
                 process(START.replace('"s"', '"s2"'), task("b"), flows="s2-b", name="q"),
                 '<process id="black-box"/>')
    )  # fmt: skip
    assert [one.activity_labels for one in read_bpmn(tmp_path / "two.bpmn", name="two.bpmn")] == [["a"], ["b"]]


def test_of_several_pools_one_that_is_sound_is_enough_to_go_on(tmp_path: Path) -> None:
    good = process(START, task("a"), END, flows="s-a a-e")
    bad = process(node("startEvent", "s2"), task("b"), node("endEvent", "e2"), flows="s2-b", name="q")
    file = tmp_path / "two.bpmn"
    file.write_text(document(good, bad))
    check_reference(file)
    assert "endEvent (line 6) can never be reached" in refusal(document(bad, bad), tmp_path)
