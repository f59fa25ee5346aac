"""What the report's model view shows: the stored BPMN file, and what was measured at each of its tasks and flows."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from bpa_assets.process_model.diagram.bpmn_model import BpmnModel, BpmnNode, Kind
from bpa_assets.process_model.drawing import edge_frequencies, followings

if TYPE_CHECKING:
    import pyarrow as pa

Row = dict[str, Any]

_KINDS: dict[str, Kind] = {
    "startEvent": "start",
    "endEvent": "end",
    "task": "task",
    "exclusiveGateway": "exclusive",
    "parallelGateway": "parallel",
    "inclusiveGateway": "inclusive",
}
_DEVIATIONS = ("skipped", "inserted", "swapped")
_MEASURES = (
    *("frequency", "cases", "rework_events", "resources", "time_basis"),
    *("mean_processing_seconds", "median_processing_seconds", "p90_processing_seconds"),
    *("mean_waiting_seconds", "median_waiting_seconds", "p90_waiting_seconds", "total_waiting_seconds"),
)
_PLACE = ("rank", "share_of_waiting", "cases_over_threshold")


@dataclass(frozen=True)
class StageTables:
    """The tables of a run that figures come from."""

    activities: "pa.Table"
    transitions: "pa.Table"
    variants: "pa.Table"
    deviation: "pa.Table"
    bottlenecks: "pa.Table"
    waiting_causes: "pa.Table"


def model_figures(bpmn: bytes | None, tables: StageTables, tasks: Sequence[Row] = ()) -> dict[str, Any] | None:
    """`xml`, `elements`, `flows` and `left_out` of a stored model, ready for JSON; None where there is no model.

    `elements`: by id of a task its `name`, the columns of `activities` (where the activity has several tasks, their
    number `tasks`, and of its own what `tasks`, the rows of `model_task`, have); `skipped_cases`, `inserted_cases`,
    `swapped_cases` and `deviating_cases` (any of them), cases that leave the model at it; its `rank`,
    `share_of_waiting` and `cases_over_threshold` among the bottlenecks; `after`: its waiting by preceding activity, the
    greatest first; `causes`: of its waiting. `flows`: by id of a flow how often it may have been taken, an estimate.
    `left_out`: the same of activities that happened and are not in the model. `bpmn` is a file of `bpmn_xml.py`.
    """
    if bpmn is None:
        return None
    root = ElementTree.fromstring(bpmn)  # noqa: S314 - our own file, which has no entities
    model, ids, flows = _read_model(root)
    figures = _figures_by_activity(tables)
    labels = {node.id: node.label for node in model.nodes if node.kind == "task"}
    own = _of_one_task(tasks)
    events = {node: own[identity]["frequency"] for node, identity in ids.items() if identity in own}
    taken = edge_frequencies(model, followings(tables.transitions, _variants(tables.variants)), events)
    return {
        "xml": bpmn.decode("utf-8"),
        "elements": {
            ids[node]: {"name": label, **figures.get(label, {}), **own.get(ids[node], {})}
            for node, label in labels.items()
        },
        "flows": {flows[edge]: taken[edge] for edge in model.edges},
        "left_out": [{"name": name, **found} for name, found in figures.items() if name not in set(labels.values())],
    }


def _of_one_task(rows: Sequence[Row]) -> dict[str, Row]:
    """By id of a task what was measured at it, and how many its activity has."""
    times = Counter(row["activity"] for row in rows)
    return {
        row["task"]: {"tasks": times[row["activity"]], **{name: row[name] for name in _MEASURES if name in row}}
        for row in rows
    }


def _read_model(root: Any) -> tuple[BpmnModel, dict[int, str], dict[tuple[int, int], str]]:
    """The model of a BPMN file, and the ids that its nodes and flows have in it."""
    process = root.find("{*}process")
    found = [(one, _KINDS.get(one.tag.rpartition("}")[2])) for one in process]
    shapes = [(one.get("id"), kind, one.get("name", "")) for one, kind in found if kind]
    numbers = {identity: number for number, (identity, _, _) in enumerate(shapes)}
    flows = {
        (numbers[one.get("sourceRef")], numbers[one.get("targetRef")]): one.get("id")
        for one in process.iterfind("{*}sequenceFlow")
    }
    nodes = tuple(BpmnNode(numbers[identity], kind, name) for identity, kind, name in shapes)
    return BpmnModel(nodes, tuple(flows)), {number: identity for identity, number in numbers.items()}, flows


def _variants(table: "pa.Table") -> dict[tuple[str, ...], int]:
    columns = table.select(["activities", "cases"]).to_pydict()
    return {tuple(path): cases for path, cases in zip(columns["activities"], columns["cases"], strict=True) if path}


def _figures_by_activity(tables: StageTables) -> dict[str, Row]:
    deviations = _deviating_cases(tables.deviation)
    places, after = _waiting_places(tables.bottlenecks)
    causes = _causes(tables.waiting_causes)
    return {
        row["activity"]: {
            **{name: row[name] for name in _MEASURES},
            **deviations.get(row["activity"], _none_deviating()),
            **places.get(row["activity"], dict.fromkeys(_PLACE)),
            "after": after.get(row["activity"], []),
            "causes": causes.get(row["activity"], []),
        }
        for row in tables.activities.to_pylist()
    }


def _deviating_cases(table: "pa.Table") -> dict[str, Row]:
    """Cases that leave the model at each activity, by kind and in all; a case counts once however often it does."""
    cases: dict[str, int] = {}
    variants: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in table.to_pylist():
        cases[row["variant_id"]] = row["cases"]
        variants[row["activity"]][row["kind"]].add(row["variant_id"])
    found = {}
    for activity, by_kind in variants.items():
        kinds = {f"{kind}_cases": sum(cases[one] for one in by_kind[kind]) for kind in _DEVIATIONS}
        every = set[str]().union(*by_kind.values())
        found[activity] = {**kinds, "deviating_cases": sum(cases[one] for one in every)}
    return found


def _none_deviating() -> Row:
    return dict.fromkeys([*(f"{kind}_cases" for kind in _DEVIATIONS), "deviating_cases"], 0)


def _waiting_places(table: "pa.Table") -> tuple[dict[str, Row], dict[str, list[Row]]]:
    """Of each activity its place among the bottlenecks, and its waiting by the activity before it."""
    rows: Sequence[Mapping[str, Any]] = sorted(table.to_pylist(), key=lambda row: row["rank"])
    places = {row["activity"]: {name: row[name] for name in _PLACE} for row in rows if not row["preceding_activity"]}
    after: dict[str, list[Row]] = {}
    for row in rows:
        if row["preceding_activity"] and row["total_waiting_seconds"]:
            shown = {name: row[name] for name in ("cases", "mean_waiting_seconds", "total_waiting_seconds")}
            after.setdefault(row["activity"], []).append({"name": row["preceding_activity"], **shown})
    return places, after


def _causes(table: "pa.Table") -> dict[str, list[Row]]:
    """The causes of waiting before each activity, the greatest first."""
    found: dict[str, list[Row]] = {}
    for row in sorted(table.to_pylist(), key=lambda row: (-row["total_seconds"], row["cause"])):
        causes = found.setdefault(row["activity"], [])
        causes.append({name: row[name] for name in ("cause", "total_seconds", "share")})
    return found
