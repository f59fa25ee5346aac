"""Everything the page shows, as one object: what `report` is in the browser (see `page/payload.js`).

Add a part here when a section needs one; a part is a plain function of the run's tables in a module named by its
noun, and holds aggregates or a sample, never all events or all cases.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from bpa_assets.report.action_payload import action_payload
from bpa_assets.report.case_base import open_base
from bpa_assets.report.case_figures import cycle_payload, kpi_payload, time_payload
from bpa_assets.report.case_sample import sample_payload
from bpa_assets.report.charts import charts_payload
from bpa_assets.report.compact_numbers import compact
from bpa_assets.report.conformance_payload import conformance_payload
from bpa_assets.report.definitions import definitions_of
from bpa_assets.report.factor_payload import factor_payload
from bpa_assets.report.highlights import highlights
from bpa_assets.report.plan_payload import plan_payload
from bpa_assets.report.quality_payload import quality_payload
from bpa_assets.report.rule_payload import rule_payload
from bpa_assets.report.run_tables import Row, RunTables
from bpa_assets.report.simulation_payload import simulation_payload
from bpa_assets.report.variant_payload import kept_variants, variants_payload
from bpa_assets.report.waiting_payload import waiting_payload

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class RunFacts:
    """What the tables do not say about the run: `threshold` is `bottleneck.waiting_time`, in seconds.

    `automatic`: up to which risk actions go by themselves (`policy.automatic`); None: the process does not push.
    """

    process: str
    run_id: str
    refreshed_at: datetime
    version: str
    fingerprint: str
    threshold: float
    automatic: str | None = None


def report_payload(tables: RunTables, run: RunFacts, *, model: Row | None = None, ledger: Sequence[Row] = ()) -> Row:
    """The object of the page. `model`: what `model_figures.py` found, if there is a diagram; `ledger`: its actions."""
    activities = _activities(tables)
    names = [activity["name"] for activity in activities]
    index = {name: number for number, name in enumerate(names)}
    kept = kept_variants(tables)
    connection, periods = open_base(tables, kept.ids)
    with connection:
        payload = {
            "process": _process(tables, run),
            "kpis": {name: compact(value) for name, value in kpi_payload(connection, tables, periods).items()},
            "activities": activities,
            **variants_payload(tables, kept, connection, names),
            "time": _with_progress(time_payload(connection, periods)),
            "cycle_time": cycle_payload(connection),
            "sample": sample_payload(tables, connection, index),
        }
        variant_cases = _variant_cases(connection)
    payload |= {
        "waiting": waiting_payload(tables, index, threshold=run.threshold),
        "factors": factor_payload(tables, index),
        "quality": quality_payload(tables),
        "conformance": conformance_payload(tables, index),
        "rules": rule_payload(tables),
        "simulation": simulation_payload(tables),
        "plan": plan_payload(tables),
        "actions": action_payload(tables, ledger, run.automatic),
        "definitions": definitions_of(run.process, tables),
        "model": model,
    }
    return payload | {"highlights": highlights(payload, variant_cases), "charts": charts_payload(payload)}


def _process(tables: RunTables, run: RunFacts) -> Row:
    profile, accounts = tables.row("process_profile"), tables.row("log_accounting")
    return {
        "key": run.process,
        **{name: value for name, value in asdict(run).items() if name not in ("process", "threshold")},
        **profile,
        "name": accounts["name"] or run.process,
        "events": accounts["events"],
        "source_files": accounts["source_files"],
    }


_ACTIVITY = (
    *("frequency", "cases", "resources", "mean_processing_seconds", "median_processing_seconds"),
    *("p90_processing_seconds", "mean_waiting_seconds", "median_waiting_seconds", "p90_waiting_seconds"),
    *("total_waiting_seconds", "rework_events", "cost", "time_basis"),
)


def _activities(tables: RunTables) -> list[Row]:
    """The table `activities`, the most frequent first."""
    rows = sorted(tables.rows("activities"), key=lambda row: (-row["frequency"], row["activity"]))
    return [{"name": row["activity"], **{name: _value(row[name]) for name in _ACTIVITY}} for row in rows]


def _value(value: Any) -> Any:
    return compact(value) if isinstance(value, float) else value


def _with_progress(time: Row) -> Row:
    """With `wip`: what had begun by the end of each period, less what was completed; open cases never are."""
    began, ended = accumulate(time["arrivals"]), accumulate(time["completions"])
    return time | {"wip": [one - other for one, other in zip(began, ended, strict=True)]}


def _variant_cases(connection: "duckdb.DuckDBPyConnection") -> list[int]:
    rows = connection.execute("select count(*) as cases from base group by variant_id order by cases desc").fetchall()
    return [cases for (cases,) in rows]
