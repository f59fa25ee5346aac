"""The lake tables of a run of a small log, made by the stages' own functions; only the model is drawn by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from bpa_assets.bottlenecks.cause_table import explain_waits
from bpa_assets.bottlenecks.places import bottleneck_table
from bpa_assets.event_log.quality.log_profile import LogTables, profile_log
from bpa_assets.process_model.diagram.bpmn_model import BpmnModel, BpmnNode
from bpa_assets.process_model.drawing import drawing
from bpa_assets.process_model.event_chunks import activity_names
from bpa_assets.report.payload import RunFacts
from bpa_assets.report.run_tables import RunTables
from bpa_assets.settings import ProcessConfig
from bpa_resources.lake_tables import LAKE_TABLES
from tests.stored_logs import MEMORY, read, tables_of, write_rows

FACTS = RunFacts(
    process="orders",
    run_id="run-1",
    refreshed_at=datetime(2026, 1, 2, 3, 4),
    version="0",
    fingerprint="f",
    threshold=7200.0,
)
Step = tuple[str, str, str, str | None]
"""Activity, start, end (`01-05 08:00`, of 2026), resource."""


@dataclass(frozen=True)
class StoredRun:
    """The tables of a run and the diagram of its model."""

    tables: RunTables
    bpmn: bytes | None

    def without(self, *names: str) -> RunTables:
        """The tables, some of them never written."""
        return RunTables({name: files for name, files in self.tables.files.items() if name not in names})

    def with_table(self, name: str, rows: Sequence[Mapping[str, Any]], folder: Path) -> "StoredRun":
        """The run with another table."""
        path = folder / f"{name}.parquet"
        pq.write_table(pa.Table.from_pylist([dict(row) for row in rows]), path)
        return replace(self, tables=RunTables({**self.tables.files, name: [path]}))


def log_of(folder: Path, cases: Mapping[str, Sequence[Step]]) -> Path:
    """A CSV file of these cases."""
    rows = [(case, *step) for case, steps in cases.items() for step in steps]
    case, activity, start, end, resource = zip(*rows, strict=True)
    times = {"start_time": [f"2026-{one}:00" for one in start], "end_time": [f"2026-{one}:00" for one in end]}
    return write_rows(folder / "orders.csv", case_id=case, activity=activity, **times, resource=resource)


def stored_run(log: Path, *, config: ProcessConfig | None = None, tasks: Sequence[str] = ()) -> StoredRun:
    """Run the stages over a log file; the model is `tasks` one after the other, and nobody has been aligned to it."""
    config = config or ProcessConfig()
    read_log = read([log], config=config)
    behaviour = tables_of(read_log, config=config)
    files = list(read_log.event_log.files)
    accounting = pa.Table.from_pylist([read_log.accounting]).drop_columns(["log_attributes"])
    small = (read_log.event_attribute, accounting, read_log.rejected_events, read_log.imputation)
    profile = profile_log(LogTables(files, *small), config=config, scratch=log.parent, memory_bytes=MEMORY)
    names = activity_names(files)
    places = bottleneck_table(
        files, activities=behaviour.activities, names=names, threshold=config.bottleneck.waiting_time
    )
    basis = behaviour.process_profile["time_basis"][0].as_py()
    tables = {
        **vars(behaviour),
        "log_accounting": accounting,
        "rejected_events": read_log.rejected_events,
        "imputation": read_log.imputation,
        "quality_issue": profile.quality_issue,
        "bottlenecks": places,
        "waiting_causes": explain_waits(files, names=names, time_basis=basis).table,
        "deviation": pa.table({name: pa.array([], type) for name, type in _DEVIATION.items()}),
    }
    stored = {name: [log.parent / f"{name}.parquet"] for name in tables}
    for name, table in tables.items():
        pq.write_table(table, stored[name][0])
    return StoredRun(RunTables({**stored, "event_log": files}), _drawn(tasks, behaviour))


_DEVIATION = {
    "variant_id": pa.string(), "position": pa.int64(), "kind": pa.string(), "activity": pa.string(),
    "cases": pa.int64(),
}  # fmt: skip


def with_factors(run: StoredRun, activity: str, folder: Path) -> StoredRun:
    """The run with the tables of what waiting goes along with and of a reference model, a few rows of each."""
    week = [
        {"activity": activity, "weekday": day, "hour": hour, "rows": 2, "total_waiting_seconds": 7200.0 * day}
        for day in (1, 5)
        for hour in (9, 17)
    ]
    resource = {"activity": activity, "resource": None, "role": "Clerk", "rows": 3, "median_processing_seconds": 60.0}
    handover = {"source_resource": "Ann", "target_resource": "Bob", "rows": 4, "cases": 3, "ping_pong": 1}
    rework = {"activity": activity, "kind": "returned to", "cases": 2, "rows": 3}
    figures = {
        "fitness": 0.9,
        "precision": 0.8,
        "f1": 0.85,
        "generalization": 0.9,
        "simplicity": 0.7,
        "aligned_share": 1.0,
    }
    place = {"kind": "inserted", "activity": activity, "cases": 4}
    tables: dict[str, list[dict[str, Any]]] = {
        "waiting_time_of_week": week,
        "waiting_by_resource": [{**resource, "mean_waiting_seconds": 90.0, "total_waiting_seconds": 270.0}],
        "handovers": [{**handover, "mean_waiting_seconds": 90.0, "total_waiting_seconds": 360.0}],
        "rework": [{**rework, "processing_seconds": 60.0, "waiting_seconds": 120.0}],
        "sla_breach_factors": [
            {
                "rank": 1, "factor": "region", "value": "East", "known": "at the start", "cases": 9, "breaches": 6,
                "breach_rate": 2 / 3, "breach_rate_elsewhere": 0.1, "difference_low": 0.2, "difference_high": 0.8,
            }
        ],
        "reference_model": [
            {
                "model": "reference", "candidate": "Orders", **figures, "sound": True, "activities": 5,
                "activities_accuracy": 0.8, "relations_accuracy": 0.75, "assumptions": None,
            }
        ],
        "reference_deviation": [
            {**place, "variant_id": "x", "position": 1, "accepted_by": "Ann"},
            {**place, "variant_id": "y", "position": 2, "accepted_by": None},
        ],
        "label_match": [{"reference_label": "Take order", "activity": activity, "how": "process.yaml"}],
        "deviation_effect": [{**place, "model": "reference", "difference_seconds": -3600.0}],
        "simulation_model": [
            {"parameter": "cases a week", "value": 3.0, "note": None},
            {"parameter": "note 1", "value": None, "note": "One resource does all the work."},
        ],
        "simulation_quality": [
            {"measure": measure, "value": value, "real": real, "simulated": simulated, "passed": passed}
            for measure, value, real, simulated, passed in (
                ("mean_cycle_seconds", 0.25, 7200.0, 9000.0, False), ("work_in_progress", 0.01, 5.0, 5.05, True),
                ("utilization", -0.02, 0.32, 0.3, True), ("waiting by contention", 0.1, 0.2, 0.3, None),
                ("public_ngd", 0.07, None, None, None), ("drift_hours", 1.5, None, None, True),
            )
        ],
    }  # fmt: skip
    for name, rows in tables.items():
        run = run.with_table(name, rows, folder)
    return run


def with_actions(run: StoredRun, folder: Path) -> StoredRun:
    """The run with three proposals, one of which cannot be sent, and with what a rule changed."""
    asked = {
        "rule_id": "r-1", "action": "escalate", "connection": "desk", "operation": "create_ticket", "risk": "medium"
    }  # fmt: skip
    proposals = [
        {**asked, "action_id": "a-1", "case_id": "C-1", "problem": None},
        {**asked, "action_id": "a-2", "case_id": "C-2", "problem": None},
        {**asked, "action_id": "a-3", "case_id": "C-3", "problem": "push.actions does not say"},
    ]
    effect = {
        "rule_id": "r-1", "measure": "sla_breached", "follow_up_seconds": 86400.0, "cases_before": 40,
        "cases_since": 40, "acted_on": 2, "value_before": 0.75, "value_since": 0.2, "difference": -0.55,
        "difference_low": -0.69, "difference_high": -0.34, "finding": "less",
    }  # fmt: skip
    return run.with_table("proposed_actions", proposals, folder).with_table("rule_effect", [effect], folder)


LEDGER = [
    {
        "action_id": "a-1", "rule_id": "r-1", "case_id": "C-1", "action": "escalate", "connector": "desk",
        "operation": "create_ticket", "risk": "medium", "status": "done", "approved_by": "Ann", "reason": None,
        "attempts": 1, "created_at": datetime(2026, 1, 2), "done_at": datetime(2026, 1, 2, 3),
    }
]  # fmt: skip
"""What the ledger has of them."""


def with_rules(run: StoredRun, at: str, after: str, cases: Sequence[str], folder: Path) -> StoredRun:
    """The run with rules at a decision point, at the start and after an activity: sure, refused, in conflict, idle."""
    figures = {
        "cases": 100, "support": 40, "confidence": 0.9, "base_rate": 0.6, "lift": 1.5, "coverage": 0.4,
        "holdout_support": 12, "holdout_precision": 11 / 12, "holdout_precision_low": 0.65, "holdout_recall": 0.5,
        "holdout_base_rate": 0.6, "q_value": 0.01, "stability": 0.9, "never_fires": False,
    }  # fmt: skip
    decision = {
        **dict.fromkeys(LAKE_TABLES["rule_set"].column_names), **figures, "kind": "decision", "at": at,
        "action": '{"name": "route", "to": "pay"}', "foretells": "pay", "origin": "tree", "status": "proposed",
        "conflicts": [],
    }  # fmt: skip
    rules = [
        {**decision, "rule_id": "r-000000000001", "condition": "order_value > 500 and region in ('East', 'West')"},
        {**decision, "rule_id": "r-000000000002", "condition": "order_value > 400", "foretells": "end",
         "holdout_precision_low": 0.6, "conflicts": ["r-000000000001"], "change": "changed", "stability": 0.3},
        {**decision, "rule_id": "r-000000000003", "kind": "sla_breach", "at": "start", "condition": "open_cases > 9",
         "foretells": "sla_breach", "action": '{"name": "escalate"}', "origin": "language_model", "change": "new",
         "holdout_precision_low": 0.5, "explanation": "When much is at work, limits break."},
        {**decision, "rule_id": "r-000000000004", "kind": "rework", "at": f"after {after}", "condition": "true",
         "foretells": "rework", "action": '{"name": "create_ticket", "queue": "quality"}', "origin": "analyst",
         "status": "accepted", "decided_by": "Ann", "decided_reason": "we know", "name": "known rework",
         "change": "new", "replaces": "r-000000000009", "holdout_precision_low": 0.3},
        {**decision, "rule_id": "r-000000000005", "condition": "order_value < 0", "support": 0, "never_fires": True,
         "status": "refused", "origin": "analyst", "holdout_support": 0, "holdout_precision": None,
         "holdout_precision_low": None, "confidence": None, "coverage": 0.0, "holdout_recall": 0.0, "stability": None},
    ]  # fmt: skip
    point = {
        "decision_point": at, "kind": "choice", "cases": 90, "passages": 100, "options": ["end", "pay"],
        "option_shares": [0.4, 0.6], "majority": "pay", "majority_share": 0.6, "decided_share": 0.4, "rules": 3,
        "not_decided_because": "where no rule fires, nothing tells the ways apart", "element": None,
    }  # fmt: skip
    moments = [
        {**point, "decision_point": where, "kind": kind, "options": [], "option_shares": [], "majority": None,
         "majority_share": None, "decided_share": 0.1, "rules": 1, "not_decided_because": None}
        for where, kind in (("start", "sla_breach"), (f"after {after}", "rework"))
    ]  # fmt: skip
    refused = {"origin": "language_model", "name": None, "at": "start", "condition": "amout > 5",
               "reason": "there is no amout; did you mean amount?"}  # fmt: skip
    gone = {"rule_id": "r-000000000009", "at": f"after {after}", "condition": "events_so_far > 3", "action": "{}",
            "foretells": "rework", "replaced_by": "r-000000000004"}  # fmt: skip
    accounting = {"candidates": 40, "tested": 38, "kept": 5, "paths_covered": 0.92, "decided_passages": 0.4,
                  "later_from": datetime(2026, 1, 7), "language_model": "answered", "tokens": 900, "cost": None,
                  "seconds": 2.5}  # fmt: skip
    examples = [
        {"rule_id": "r-000000000001", "case_id": case, "event_index": 1, "came_true": place % 2 == 0, "later": True}
        for place, case in enumerate(cases)
    ]
    tables: dict[str, list[dict[str, Any]]] = {
        "rule_set": rules, "decision_point": [point, *moments], "refused_rule": [refused], "gone_rule": [gone],
        "rule_accounting": [accounting], "rule_example": examples,
    }  # fmt: skip
    for name, rows in tables.items():
        run = run.with_table(name, rows, folder)
    return run


def _drawn(tasks: Sequence[str], behaviour: Any) -> bytes | None:
    nodes = (BpmnNode(0, "start"), *(BpmnNode(n, "task", name) for n, name in enumerate(tasks, start=1)))
    model = BpmnModel((*nodes, BpmnNode(len(nodes), "end")), tuple((n, n + 1) for n in range(len(nodes))))
    variants = dict(
        zip(
            map(tuple, behaviour.variants["activities"].to_pylist()),
            behaviour.variants["cases"].to_pylist(),
            strict=True,
        )
    )
    shown = {"activities": behaviour.activities, "transitions": behaviour.transitions}
    return drawing(model, variants=variants, name="orders", **shown) if tasks else None
