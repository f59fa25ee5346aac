"""Whether the causes of waiting add up."""

from pathlib import Path

import dagster as dg
import pyarrow.parquet

from bpa_assets.bottlenecks.cause_table import unexplained_share
from bpa_assets.process_checks import process_check

_TOLERANCE = 0.001


@process_check("waiting_causes", blocking=False)
def causes_sum_to_the_queue_time(waiting_causes: list[Path]) -> dg.AssetCheckResult:
    """Before every activity the seconds of all causes are its queue time, within 0.1 %."""
    worst = unexplained_share(pyarrow.parquet.read_table(waiting_causes))
    return dg.AssetCheckResult(passed=worst <= _TOLERANCE, metadata={"worst_difference": worst})


CHECKS = [causes_sum_to_the_queue_time]
