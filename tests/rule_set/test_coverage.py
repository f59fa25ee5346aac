"""What is answered and decided, by hand; and the gateway of a choice in the diagram."""

from pathlib import Path

from bpa_assets.process_model.diagram.bpmn_model import BpmnModel, BpmnNode
from bpa_assets.process_model.diagram.bpmn_xml import bpmn_xml
from bpa_assets.process_model.diagram.layout import lay_out
from bpa_assets.process_model.discovery.bpmn_net import net_of_bpmn
from bpa_assets.rule_set.mining.coverage import coverage
from bpa_assets.rule_set.mining.mining import moments_of
from bpa_assets.rule_set.moments.choices import choices
from bpa_assets.rule_set.moments.passages import gateways
from bpa_assets.settings import ProcessConfig
from tests.rule_set.planted_rules import NET, PlantedLog, source_of, write_log

CASE = {"amount": 1.0, "days": 1.0, "score": 1.0, "region": "north", "segment": "new"}


def _covered(reviewed: list[bool], folder: Path) -> tuple[object, ...]:
    log = write_log(PlantedLog([dict(CASE) for _ in reviewed], reviewed, ()), folder / "log.csv")
    at, found = moments_of(source_of(log, NET, ProcessConfig()))
    said = coverage([], {}, at, found)
    why = said.decision_points[0]["not_decided_because"]
    return said.answered_passages, said.decided_passages, said.paths_covered, said.paths_decided, why


def test_a_rest_option_right_in_nine_of_ten_later_passages_decides(tmp_path: Path) -> None:
    assert _covered([number % 10 == 9 for number in range(100)], tmp_path) == (1.0, 1.0, 1.0, 1.0, None)


def test_a_rest_option_that_is_only_the_most_frequent_answers_and_does_not_decide(tmp_path: Path) -> None:
    why = "Approve is right in 80% of 30 later passages and nothing that is known then tells them apart."
    assert _covered([number % 5 == 4 for number in range(100)], tmp_path) == (1.0, 0.0, 1.0, 0.0, why)


def test_a_rest_option_no_more_frequent_than_another_answers_nothing(tmp_path: Path) -> None:
    assert _covered([number % 2 == 1 for number in range(100)], tmp_path)[:4] == (0.0, 0.0, 0.0, 0.0)


def test_what_was_learned_and_does_not_hold_later_decides_nothing(tmp_path: Path) -> None:
    assert _covered([number >= 70 for number in range(100)], tmp_path)[:4] == (0.0, 0.0, 0.0, 0.0)


def test_a_choice_is_found_again_in_the_diagram(tmp_path: Path) -> None:
    nodes = (
        BpmnNode(0, "start"), BpmnNode(1, "task", "a"), BpmnNode(2, "exclusive"), BpmnNode(3, "task", "b"),
        BpmnNode(4, "task", "c"), BpmnNode(5, "exclusive"), BpmnNode(6, "end"),
    )  # fmt: skip
    model = BpmnModel(nodes, ((0, 1), (1, 2), (2, 3), (2, 4), (3, 5), (4, 5), (5, 6)))
    file = tmp_path / "model.bpmn"
    file.write_bytes(bpmn_xml(model, lay_out(model, dict.fromkeys(model.edges, 1), {}), name="p"))
    found = choices(net_of_bpmn(model))
    (element,) = gateways(found, file)
    assert [one.name for one in found] == ["a → b | c"]
    assert f'exclusiveGateway id="{element}" gatewayDirection="Diverging"' in file.read_text(encoding="utf-8")
    assert gateways(found, None) == [None]


def test_choices_that_look_alike_are_told_of_no_gateway(tmp_path: Path) -> None:
    tasks = [BpmnNode(number, "task", label) for number, label in enumerate("xyaabcbc", start=10)]
    gates = [BpmnNode(number, "exclusive") for number in (2, 3, 4, 5)]
    model = BpmnModel(
        (BpmnNode(0, "start"), *gates, BpmnNode(6, "end"), *tasks),
        ((0, 2), (2, 10), (2, 11), (10, 12), (11, 13), (12, 3), (13, 4), (3, 14), (3, 15), (4, 16), (4, 17),
         (14, 5), (15, 5), (16, 5), (17, 5), (5, 6)),
    )  # fmt: skip
    file = tmp_path / "model.bpmn"
    file.write_bytes(bpmn_xml(model, lay_out(model, dict.fromkeys(model.edges, 1), {}), name="p"))
    found = choices(net_of_bpmn(model))
    told = dict(zip([one.name for one in found], gateways(found, file), strict=True))
    assert told.pop("start → x | y") is not None
    assert told == {"a → b | c": None, "a → b | c (2)": None}
