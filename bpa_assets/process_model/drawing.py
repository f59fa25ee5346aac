"""The discovered model as a BPMN file: laid out by what happened most, its tasks annotated with what was measured."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from bpa_assets.process_model.diagram.bpmn_model import BpmnModel, Edge, neighbours
from bpa_assets.process_model.diagram.bpmn_xml import Measures, bpmn_xml
from bpa_assets.process_model.diagram.layout import lay_out
from bpa_assets.process_model.diagram.stable_ids import stable_ids
from bpa_assets.process_model.discovery.miners import Variants

Row = dict[str, Any]

START, END = "\0start", "\0end"
_ANNOTATED = (
    *("frequency", "cases", "rework_events", "median_processing_seconds", "mean_waiting_seconds"),
    *("p90_waiting_seconds", "total_waiting_seconds"),
)


def drawing(
    model: BpmnModel | None,
    *,
    activities: pa.Table,
    transitions: pa.Table,
    variants: Variants,
    name: str,
    tasks: pa.Table | None = None,
) -> bytes | None:
    """The BPMN file of a model, if there is one; `activities`, `transitions` and `tasks` are tables of the stage."""
    if model is None:
        return None
    own = _rows_by_task(model, tasks)
    events = {node: int(row["frequency"]) for node, row in own.items()}
    edges = edge_frequencies(model, followings(transitions, variants), events)
    counts = dict(zip(activities["activity"].to_pylist(), activities["frequency"].to_pylist(), strict=True))
    nodes = {node.id: counts.get(node.label, 0) for node in model.nodes if node.kind == "task"} | events
    layout = lay_out(model, edges, nodes)
    return bpmn_xml(model, layout, name=name, annotations=_annotations(model, activities, own))


def _rows_by_task(model: BpmnModel, tasks: pa.Table | None) -> dict[int, Row]:
    """What was measured at each task of the activities that have several."""
    rows = {row["task"]: row for row in tasks.to_pylist()} if tasks else {}
    return {node: rows[identity] for node, identity in stable_ids(model)[0].items() if identity in rows}


def _annotations(model: BpmnModel, activities: pa.Table, own: Mapping[int, Row]) -> dict[int, Measures]:
    """Of each task what was measured of its activity; at it, where the activity has several."""
    rows = {row["activity"]: row for row in activities.to_pylist()}
    found = {node.id: rows[node.label] for node in model.nodes if node.kind == "task" and node.label in rows}
    shown: dict[int, Measures] = {node: {name: row[name] for name in _ANNOTATED} for node, row in found.items()}
    times = Counter(row["activity"] for row in own.values())
    for node, row in own.items():
        measured = {name: row.get(name) for name in _ANNOTATED}
        shown[node] = {**measured, "tasks_of_this_activity": times[row["activity"]]}
    return shown


def followings(transitions: pa.Table, variants: Variants) -> dict[tuple[str, str], int]:
    """How often an activity followed another directly; also the first of a case its start, and its end the last."""
    found = {(row["source"], row["target"]): int(row["frequency"]) for row in transitions.to_pylist()}
    for variant, cases in variants.items():
        for pair in ((START, variant[0]), (variant[-1], END)):
            found[pair] = found.get(pair, 0) + cases
    return found


def edge_frequencies(
    model: BpmnModel, follows: Mapping[tuple[str, str], int], events: Mapping[int, int] | None = None
) -> dict[Edge, int]:
    """How often each flow may have been taken: how often what can come before it was followed by what can come after.

    An estimate for the layout: between gateways nobody knows which way a case took. `events`: of tasks whose activity
    has several, how many events each has; a flow between such is not taken more often.
    """
    incoming, outgoing = neighbours(model)
    names = {node.id: _name(node.kind, node.label) for node in model.nodes}
    found = {}
    for source, target in model.edges:
        before, after = _nearest(source, incoming, names), _nearest(target, outgoing, names)
        pairs = {(str(names[one]), str(names[other])) for one in before for other in after}
        most = [sum(map(events.__getitem__, side)) for side in (before, after) if events and side <= events.keys()]
        found[source, target] = min([sum(follows.get(pair, 0) for pair in pairs), *most])
    return found


def _name(kind: str, label: str) -> str | None:
    return label if kind == "task" else {"start": START, "end": END}.get(kind)


def _nearest(node: int, onward: Mapping[int, list[int]], names: Mapping[int, str | None]) -> set[int]:
    """The tasks and events that are reached from a node through gateways only; itself if it is one."""
    seen, waiting, found = {node}, [node], set()
    while waiting:
        now = waiting.pop()
        if names[now] is not None:
            found.add(now)
            continue
        for other in onward[now]:
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return found
