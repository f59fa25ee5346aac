"""How near the simulation is to the log, as the page shows it; empty where the run has no such tables."""

from bpa_assets.optimized_plan.validation.measures import GATE
from bpa_assets.report.compact_numbers import compact
from bpa_assets.report.run_tables import Row, RunTables

_FIGURES = ("value", "real", "simulated")


def simulation_payload(tables: RunTables) -> Row:
    """`measures` in their order, `notes` on what the log does not tell, and whether the gate is `passed`."""
    rows = tables.rows("simulation_quality")
    return {
        "measures": [
            {"measure": row["measure"], **{name: _figure(row[name]) for name in _FIGURES}, "passed": row["passed"]}
            for row in rows
        ],
        "notes": [row["note"] for row in tables.rows("simulation_model") if row["note"]],
        "passed": all(row["passed"] is not False for row in rows if row["measure"] in GATE),
    }


def _figure(value: float | None) -> float | None:
    return None if value is None else compact(value)
