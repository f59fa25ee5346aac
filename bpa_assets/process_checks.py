"""How checks of a process's tables are declared: partitioned, blocking unless said otherwise.

The name of the check function is a sentence that is true when the check is green.
"""

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import dagster as dg

from bpa_assets.partitions import PROCESSES


def process_check(
    asset: str, *, reads: Sequence[str] = (), blocking: bool = True
) -> Callable[[Callable[..., dg.AssetCheckResult]], Any]:
    """Declare a check of `asset`; `reads`: other tables its function asks for by name."""

    def declare(check: Callable[..., dg.AssetCheckResult]) -> Any:
        with warnings.catch_warnings():
            # Partitioned checks are in preview in Dagster 1.13; an unpartitioned one would mix processes.
            warnings.simplefilter("ignore", dg.PreviewWarning)
            return dg.asset_check(
                asset=asset,
                additional_ins={name: dg.AssetIn(name) for name in reads},
                blocking=blocking,
                partitions_def=PROCESSES,
            )(check)

    return declare


def process_check_spec(name: str, *, asset: str, description: str, blocking: bool) -> dg.AssetCheckSpec:
    """Declare a check whose result the asset itself gives, when many are found together."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.PreviewWarning)
        return dg.AssetCheckSpec(
            name, asset=asset, description=description, blocking=blocking, partitions_def=PROCESSES
        )
