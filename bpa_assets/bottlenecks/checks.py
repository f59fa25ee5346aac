"""Whether what is told of waiting, handovers and rework adds up."""

from pathlib import Path

import dagster as dg
import pyarrow.parquet

from bpa_assets.bottlenecks.cause_table import unexplained_share
from bpa_assets.process_checks import process_check
from bpa_assets.process_model.identities import figures

_TOLERANCE, _ROUNDING = 0.001, 1e-6


@process_check("waiting_causes", blocking=False)
def causes_sum_to_the_queue_time(waiting_causes: list[Path]) -> dg.AssetCheckResult:
    """Before every activity the seconds of all causes are its queue time, within 0.1 %."""
    worst = unexplained_share(pyarrow.parquet.read_table(waiting_causes))
    return dg.AssetCheckResult(passed=worst <= _TOLERANCE, metadata={"worst_difference": worst})


@process_check("waiting_time_of_week", reads=("activities",))
def hours_hold_every_row_and_all_waiting(
    waiting_time_of_week: list[Path], activities: list[Path]
) -> dg.AssetCheckResult:
    """Rows and waiting of all hours of the week are those of the activities."""
    return _same(
        _totals(waiting_time_of_week, "rows", "total_waiting_seconds"),
        _totals(activities, "frequency", "total_waiting_seconds"),
    )


@process_check("waiting_by_resource", reads=("activities",))
def resources_hold_every_row_and_all_waiting(
    waiting_by_resource: list[Path], activities: list[Path]
) -> dg.AssetCheckResult:
    """Rows and waiting of all resources, the unknown one too, are those of the activities."""
    return _same(
        _totals(waiting_by_resource, "rows", "total_waiting_seconds"),
        _totals(activities, "frequency", "total_waiting_seconds"),
    )


@process_check("handovers", reads=("cases",))
def pairs_hold_every_handover(handovers: list[Path], cases: list[Path]) -> dg.AssetCheckResult:
    """The handovers of all pairs of resources are those of the cases."""
    return _same(_totals(handovers, "rows"), _totals(cases, "handovers"))


@process_check("rework", reads=("activities",))
def kinds_hold_all_rework(rework: list[Path], activities: list[Path]) -> dg.AssetCheckResult:
    """The repetitions of both kinds are the rework of the activities."""
    return _same(_totals(rework, "rows"), _totals(activities, "rework_events"))


def _same(ours: dict[str, float], theirs: dict[str, float]) -> dg.AssetCheckResult:
    """Whether totals of columns, in their order, are equal but for the last digits of seconds."""
    pairs = zip(ours.values(), theirs.values(), strict=True)
    passed = all(abs(one - other) <= _ROUNDING * max(1.0, abs(other)) for one, other in pairs)
    return dg.AssetCheckResult(passed=passed, metadata=ours | {f"expected_{name}": theirs[name] for name in theirs})


def _totals(files: list[Path], *columns: str) -> dict[str, float]:
    found = figures(files, *columns)
    return {name: found[name] for name in columns}


CHECKS = [
    causes_sum_to_the_queue_time,
    hours_hold_every_row_and_all_waiting,
    resources_hold_every_row_and_all_waiting,
    pairs_hold_every_handover,
    kinds_hold_all_rework,
]
