"""A log of 19 cases, small enough to count by hand, as the data of `harness.page`: through our own tables."""

import csv
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from bpa_assets.bottlenecks.places import bottleneck_table
from bpa_assets.process_model.diagram.bpmn_model import BpmnModel, BpmnNode
from bpa_assets.process_model.drawing import drawing
from bpa_assets.process_model.event_chunks import activity_names
from bpa_assets.process_model.variants import variant_id
from bpa_assets.report.model_figures import StageTables, model_figures
from tests.stored_logs import read, tables_of

PATHS = {
    ("register", "check", "decide", "pay"): 6,
    ("register", "check", "decide", "reject"): 4,
    ("register", "decide", "check", "pay"): 3,
    ("register", "decide", "pay"): 2,
    ("register", "check", "check", "decide", "pay"): 2,
    ("register", "check", "check", "check", "decide", "pay"): 1,
    ("register", "call", "check", "decide", "pay"): 1,
}
# Hours of waiting before each activity; each takes ten minutes.
WAITS = {"register": 0, "check": 1, "decide": 24, "pay": 2, "reject": 2, "call": 5}
# start → register → check → decide → pay or reject → end: what no alignment is needed for to see.
DEVIATIONS = (
    (("register", "decide", "check", "pay"), 2, "swapped", "check"),
    (("register", "decide", "pay"), 1, "skipped", "check"),
    (("register", "check", "check", "decide", "pay"), 2, "inserted", "check"),
    (("register", "check", "check", "check", "decide", "pay"), 2, "inserted", "check"),
    (("register", "check", "check", "check", "decide", "pay"), 3, "inserted", "check"),
    (("register", "call", "check", "decide", "pay"), 1, "inserted", "call"),
)
TASKS = ("register", "check", "decide", "pay", "reject")
EDGES = ((0, 1), (1, 2), (2, 3), (3, 6), (6, 4), (6, 5), (4, 7), (5, 7), (7, 8))


def small_report(folder: Path, names: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The report; `names` gives activities others, so that labels can be anything."""
    called = {name: (names or {}).get(name, name) for name in WAITS}
    tables, model = small_tables(folder, called)
    activities = sorted(tables.activities.to_pylist(), key=lambda row: (-row["frequency"], row["activity"]))
    index = {row["activity"]: number for number, row in enumerate(activities)}
    return {
        "process": {"key": "small"},
        "activities": [{"name": row.pop("activity"), **row} for row in activities],
        "variants": [
            {
                "path": [index[called[name]] for name in path],
                "cases": cases,
                "step_seconds": [WAITS[name] * 3600.0 for name in path[1:]],
            }
            for path, cases in PATHS.items()
        ],
        "rest_edges": [],
        "model": model_figures(model, tables),
    }


def small_tables(folder: Path, called: Mapping[str, str]) -> tuple[StageTables, bytes]:
    """The tables of the stages, and the BPMN file."""
    log = read([_write(folder / "small.csv", called)])
    tables = tables_of(log)
    files = log.event_log.files
    variants = {tuple(called[name] for name in path): cases for path, cases in PATHS.items()}
    model = drawing(
        _model(called), activities=tables.activities, transitions=tables.transitions, variants=variants, name="small"
    )
    assert model is not None
    deviation = [
        {"variant_id": variant_id([called[name] for name in path]), "position": position, "kind": kind,
         "activity": called[activity], "cases": PATHS[path]}
        for path, position, kind, activity in DEVIATIONS
    ]  # fmt: skip
    bottlenecks = bottleneck_table(
        files, activities=tables.activities, names=activity_names(files), threshold=20 * 3600.0
    )
    causes = [
        {"activity": called["decide"], "cause": "contention", "total_seconds": 400.0, "share": 0.4},
        {"activity": called["decide"], "cause": "unavailability", "total_seconds": 600.0, "share": 0.6},
    ]
    stages = StageTables(
        tables.activities, tables.transitions, tables.variants, pa.Table.from_pylist(deviation), bottlenecks,
        pa.Table.from_pylist(causes),
    )  # fmt: skip
    return stages, model


def _model(called: Mapping[str, str]) -> BpmnModel:
    tasks = [BpmnNode(number, "task", called[name]) for number, name in enumerate(TASKS, start=1)]
    nodes = (BpmnNode(0, "start"), *tasks, BpmnNode(6, "exclusive"), BpmnNode(7, "exclusive"), BpmnNode(8, "end"))
    return BpmnModel(nodes, EDGES)


def _write(path: Path, called: Mapping[str, str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["case_id", "activity", "start_time", "end_time"])
        for number, steps in enumerate(steps for steps, cases in PATHS.items() for _ in range(cases)):
            now = datetime(2026, 1, 5, 8) + timedelta(days=number)
            for name in steps:
                start = now + timedelta(hours=WAITS[name])
                now = start + timedelta(minutes=10)
                writer.writerow([f"case {number}", called[name], start.isoformat(sep=" "), now.isoformat(sep=" ")])
    return path
