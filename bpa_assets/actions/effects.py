"""Whether rules changed anything since they were switched on: the cases since then beside comparable ones before.

Comparable are cases in which the rule's condition was true at the same moment, before its first action was done, and
which no action was done for. Since then all such cases count, acted on or not: who is picked for an action must not
look like an effect of it. Both are followed for the same time (`follow_up_seconds`), else the quick cases, which end
first, would make every change look good. Definitions: docs/contracts.md, "rule effect". Add a measure here.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from bpa_assets.bottlenecks.rate_tests import Rates
from bpa_resources.ledger.action import Action

Row = dict[str, Any]

LEAST_CASES = 20
"""On either side; of fewer nothing is said."""

FOLLOWED = 0.95
"""Cases are followed until so large a share of those before had ended."""

RESAMPLES = 2_000
_SEED = 7


@dataclass(frozen=True)
class Done:
    """What was done for a rule: when first, and for which cases."""

    first_at: datetime  # UTC, without zone
    cases: AbstractSet[str]


def done_by_rule(actions: Iterable[Action]) -> dict[str, Done]:
    """Of the actions that were done (rows of the ledger), by rule; those of plans are about no case."""
    found: dict[str, Done] = {}
    for action in actions:
        if action.status == "done" and action.case_id and action.done_at:
            at = action.done_at.astimezone(UTC).replace(tzinfo=None)
            before = found.get(action.rule_id, Done(at, frozenset()))
            found[action.rule_id] = Done(min(before.first_at, at), before.cases | {action.case_id})
    return found


def rule_effects(firings: pl.DataFrame, cases: pl.DataFrame, done: Mapping[str, Done]) -> list[Row]:
    """Rows of `rule_effect`: a rule with actions that were done, and measure; by rule.

    `firings`: rule_id, case_id, moment_time, came_true. `cases`: case_id, ended_at, is_open, sla_breached,
    cycle_time_seconds.
    """
    log_end = cases["ended_at"].max()
    rows: list[Row] = []
    for rule_id, what in sorted(done.items()):
        fired = firings.filter(pl.col("rule_id") == rule_id).join(cases, on="case_id")
        rows += _effects(rule_id, what, fired, log_end)
    return rows


def _effects(rule_id: str, done: Done, fired: pl.DataFrame, log_end: Any) -> list[Row]:
    acted_on = pl.col("case_id").is_in(sorted(done.cases))
    since = pl.col("moment_time") >= done.first_at
    followed = _followed(fired.filter(~since & ~acted_on))
    watched = fired if followed is None else fired.filter(pl.col("moment_time") + followed <= log_end)
    before, after = watched.filter(~since & ~acted_on), watched.filter(since)
    told = {
        "rule_id": rule_id,
        "switched_on_at": done.first_at,
        "follow_up_seconds": None if followed is None else followed.total_seconds(),
        "acted_on": after.filter(acted_on).height,
    }
    return [
        {**told, "measure": "foretold", **_shares(before["came_true"], after["came_true"])},
        {**told, "measure": "sla_breached", **_shares(before["sla_breached"], after["sla_breached"])},
        {**told, "measure": "cycle_time_seconds", **_means(before["cycle_time_seconds"], after["cycle_time_seconds"])},
    ]


def _followed(before: pl.DataFrame) -> Any:
    """How long it took until 95 % of these had ended; None if none has."""
    took = before.filter(~pl.col("is_open")).select(pl.col("ended_at") - pl.col("moment_time")).to_series()
    return took.quantile(FOLLOWED, "higher") if len(took) else None


def _shares(before: pl.Series, since: pl.Series) -> Row:
    """Of flags, those that are known; Newcombe's hybrid score interval of the difference."""
    one, other = before.drop_nulls(), since.drop_nulls()
    interval = None
    if min(len(one), len(other)) >= LEAST_CASES:
        counts = (len(other), other.sum(), len(one), one.sum())
        low, high = Rates(*(np.array([int(count)]) for count in counts)).intervals()
        interval = (float(low[0]), float(high[0]))
    return _row(len(one), len(other), _mean(one), _mean(other), interval)


def _means(before: pl.Series, since: pl.Series) -> Row:
    """Of numbers; percentile bootstrap (Efron 1979) of the difference of means, always the same draws."""
    one, other = before.drop_nulls(), since.drop_nulls()
    interval = None
    if min(len(one), len(other)) >= LEAST_CASES:
        interval = _bootstrap(one.to_numpy(), other.to_numpy())
    return _row(len(one), len(other), _mean(one), _mean(other), interval)


def _bootstrap(before: npt.NDArray[np.float64], since: npt.NDArray[np.float64]) -> tuple[float, float]:
    random = np.random.default_rng(_SEED)
    differences = np.array(
        [
            since[random.integers(0, len(since), len(since))].mean()
            - before[random.integers(0, len(before), len(before))].mean()
            for _ in range(RESAMPLES)
        ]
    )
    low, high = np.quantile(differences, [0.025, 0.975])
    return float(low), float(high)


def _mean(values: pl.Series) -> float | None:
    return float(values.cast(pl.Float64).mean()) if len(values) else None  # type: ignore[arg-type]


def _row(
    before: int, since: int, value: float | None, value_since: float | None, interval: Sequence[float] | None
) -> Row:
    low, high = interval or (None, None)
    difference = None if value is None or value_since is None else value_since - value
    return {
        "cases_before": before,
        "cases_since": since,
        "value_before": value,
        "value_since": value_since,
        "difference": difference,
        "difference_low": low,
        "difference_high": high,
        "finding": _finding(low, high),
    }


def _finding(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return "too few cases"
    if high < 0:
        return "less"
    return "more" if low > 0 else "no effect seen"
