"""The discovered model as a BPMN file: every task with its figures, the frequent path first."""

from xml.etree import ElementTree

import pyarrow as pa

from bpa_assets.process_model.diagram.bpmn_model import BpmnModel, BpmnNode
from bpa_assets.process_model.diagram.bpmn_xml import ANNOTATIONS
from bpa_assets.process_model.drawing import END, START, drawing, edge_frequencies, followings

# start → a → gateway → b or c → gateway → end
MODEL = BpmnModel(
    (
        BpmnNode(0, "start"), BpmnNode(1, "task", "a"), BpmnNode(2, "exclusive"), BpmnNode(3, "task", "b"),
        BpmnNode(4, "task", "c"), BpmnNode(5, "exclusive"), BpmnNode(6, "end"),
    ),
    ((0, 1), (1, 2), (2, 3), (2, 4), (3, 5), (4, 5), (5, 6)),
)  # fmt: skip
VARIANTS = {("a", "b"): 5, ("a", "c"): 2}
TRANSITIONS = pa.table({"source": ["a", "a"], "target": ["b", "c"], "frequency": [5, 2]})
ACTIVITIES = pa.table(
    {
        "activity": ["a", "b", "c"],
        "frequency": [7, 5, 2],
        "cases": [7, 5, 2],
        "rework_events": [0, 0, 0],
        "median_processing_seconds": [60.0, None, 1.5],
        "mean_waiting_seconds": [0.0, 10.0, 3600.0],
        "p90_waiting_seconds": [0.0, 20.0, 7200.0],
        "total_waiting_seconds": [0.0, 50.0, 7200.0],
    }
)


def test_what_follows_what_counts_the_beginnings_and_ends_of_cases() -> None:
    assert followings(TRANSITIONS, VARIANTS) == {
        ("a", "b"): 5, ("a", "c"): 2, (START, "a"): 7, ("b", END): 5, ("c", END): 2,
    }  # fmt: skip


def test_a_flow_is_as_frequent_as_what_follows_through_it() -> None:
    assert edge_frequencies(MODEL, followings(TRANSITIONS, VARIANTS)) == {
        (0, 1): 7, (1, 2): 7, (2, 3): 5, (2, 4): 2, (3, 5): 5, (4, 5): 2, (5, 6): 7,
    }  # fmt: skip


def test_a_flow_is_no_more_frequent_than_the_events_of_the_tasks_around_it() -> None:
    # a, then b with another b behind it or c: of the 7 events of b 5 are of the first task, 2 of the other.
    nodes = (
        BpmnNode(0, "start"), BpmnNode(1, "task", "a"), BpmnNode(2, "task", "b"), BpmnNode(3, "exclusive"),
        BpmnNode(4, "task", "b"), BpmnNode(5, "task", "c"), BpmnNode(6, "exclusive"), BpmnNode(7, "end"),
    )  # fmt: skip
    model = BpmnModel(nodes, ((0, 1), (1, 2), (2, 3), (3, 4), (3, 5), (4, 6), (5, 6), (6, 7)))
    follows = {(START, "a"): 5, ("a", "b"): 5, ("b", "b"): 2, ("b", "c"): 3, ("b", END): 4, ("c", END): 1}
    free, bound = edge_frequencies(model, follows), edge_frequencies(model, follows, {2: 5, 4: 2})
    assert (free[1, 2], free[2, 3], free[4, 6], free[6, 7]) == (5, 5, 4, 5)
    assert (bound[1, 2], bound[2, 3], bound[4, 6], bound[6, 7]) == (5, 5, 2, 5)


def test_every_task_has_its_figures_and_no_others() -> None:
    file = drawing(MODEL, activities=ACTIVITIES, transitions=TRANSITIONS, variants=VARIANTS, name="orders")
    assert file is not None
    root = ElementTree.fromstring(file)  # noqa: S314 - our own
    tasks = {task.get("name"): task for task in root.iter("{http://www.omg.org/spec/BPMN/20100524/MODEL}task")}
    assert set(tasks) == {"a", "b", "c"}
    measures = {one.get("name"): one.get("value") for one in tasks["c"].iter(f"{{{ANNOTATIONS}}}measure")}
    assert measures["frequency"] == "2"
    assert float(measures["total_waiting_seconds"] or "nan") == 7200
    assert "median_processing_seconds" not in {one.get("name") for one in tasks["b"].iter(f"{{{ANNOTATIONS}}}measure")}


def test_what_allows_anything_is_not_drawn() -> None:
    assert drawing(None, activities=ACTIVITIES, transitions=TRANSITIONS, variants=VARIANTS, name="orders") is None
