"""Whether the simulation may be asked what a change would do."""

from pathlib import Path

import dagster as dg
import pyarrow.parquet

from bpa_assets.optimized_plan.validation.measures import GATE
from bpa_assets.process_checks import process_check


@process_check("simulation_quality", blocking=False)
def simulation_reproduces_the_log(simulation_quality: list[Path]) -> dg.AssetCheckResult:
    """Mean and p90 cycle time, work in progress and utilization are near the log's; else it carries no plan."""
    rows = {row["measure"]: row for row in pyarrow.parquet.read_table(simulation_quality).to_pylist()}
    far = {name: rows[name]["value"] for name in GATE if name in rows and rows[name]["passed"] is False}
    return dg.AssetCheckResult(passed=not far, severity=dg.AssetCheckSeverity.WARN, metadata=far)


CHECKS = [simulation_reproduces_the_log]
