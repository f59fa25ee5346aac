"""Whether the simulation may be asked what a change would do, and whether accepted plans keep what was asked."""

from pathlib import Path

import dagster as dg
import pyarrow.parquet

from bpa_assets.optimized_plan.plan_files.plan_checks import broken_promises, moved_null_plans
from bpa_assets.optimized_plan.validation.measures import GATE
from bpa_assets.process_checks import process_check


@process_check("simulation_quality", blocking=False)
def simulation_reproduces_the_log(simulation_quality: list[Path]) -> dg.AssetCheckResult:
    """Mean and p90 cycle time, work in progress and utilization are near the log's; else it carries no plan."""
    rows = {row["measure"]: row for row in pyarrow.parquet.read_table(simulation_quality).to_pylist()}
    far = {name: rows[name]["value"] for name in GATE if name in rows and rows[name]["passed"] is False}
    return dg.AssetCheckResult(passed=not far, severity=dg.AssetCheckSeverity.WARN, metadata=far)


@process_check("plan", reads=("plan_search", "plan_effect"))
def an_accepted_plan_keeps_every_limit(
    plan: list[Path], plan_search: list[Path], plan_effect: list[Path]
) -> dg.AssetCheckResult:
    """Every accepted plan reaches the goals and keeps every SLA, at the bounds of its intervals, in every scenario."""
    (search,), *stored = (pyarrow.parquet.read_table(one).to_pylist() for one in (plan_search, plan, plan_effect))
    broken = broken_promises(search, *stored)
    return dg.AssetCheckResult(passed=not broken, description="; ".join(broken) or None)


@process_check("plan", blocking=False)
def changing_nothing_changes_nothing(plan: list[Path]) -> dg.AssetCheckResult:
    """The process as it is, judged like a plan, has an effect of 0 within its interval."""
    moved = moved_null_plans(pyarrow.parquet.read_table(plan).to_pylist())
    return dg.AssetCheckResult(
        passed=not moved, severity=dg.AssetCheckSeverity.WARN, description="; ".join(moved) or None
    )


CHECKS = [simulation_reproduces_the_log, an_accepted_plan_keeps_every_limit, changing_nothing_changes_nothing]
