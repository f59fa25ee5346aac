"""The table `sla_breach_factors`: what cases that broke a limit have in common, as far as chance does not explain it.

Definitions: docs/contracts.md, "SLA factor". It says what goes together, not what causes what.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bpa_assets.bottlenecks.case_columns import case_columns
from bpa_assets.bottlenecks.case_traits import LEAST, Outcome, Trait, case_traits
from bpa_assets.bottlenecks.rate_tests import Rates, q_values
from bpa_assets.settings import ProcessConfig

Row = dict[str, Any]

FALSE_DISCOVERIES = 0.05
DIFFERENCE, RATIO = 0.05, 2.0
"""What is told differs by five points of a hundred, or one rate is twice the other."""


@dataclass(frozen=True)
class SlaFactors:
    """The table, how many closed cases there are, how many broke a limit, how many traits were looked at."""

    table: pa.Table
    cases: int = 0
    breaches: int = 0
    tested: int = 0

    @property
    def said(self) -> str | None:
        """A sentence for people; None where no limit is set, or no case is closed."""
        if not self.cases:
            return None
        found = f"{self.breaches:,} of {self.cases:,} closed cases broke a limit of sla"
        if not self.tested:
            return f"{found}; too few, or too many, to tell what they have in common"
        return f"{found}; {self.table.num_rows} of {self.tested} traits of cases go with that"


def explain_breaches(
    files: Sequence[Path], *, cases: pa.Table, attributes: pa.Table, names: Sequence[str], config: ProcessConfig
) -> SlaFactors:
    """What goes with breaches in a stored event log; nothing where no limit is set.

    `cases`, `attributes`: the lake's tables `cases`, in the order of the log, and `event_attribute`; `names`: activity
    by code.
    """
    if cases["sla_breached"].null_count:
        return SlaFactors(SLA_FACTORS.empty_table())
    is_open, broken = (
        cases[name].combine_chunks().to_numpy(zero_copy_only=False) for name in ("is_open", "sla_breached")
    )
    outcome = Outcome(~is_open, broken & ~is_open)
    is_text = dict(
        zip(attributes["column_name"].to_pylist(), pc.equal(attributes["type"], "VARCHAR").to_pylist(), strict=True)
    )
    traits = case_traits(
        case_columns(files, attributes=is_text),
        outcome,
        cases["started_at"].combine_chunks().cast(pa.int64()).to_numpy(),
        activities=names,
        limited=config.sla.activities,
        threshold=config.bottleneck.waiting_time,
        longest=min((one.limit for one in (config.sla.cycle_time, config.sla.waiting_time) if one), default=inf),
        zone=config.calendar.timezone,
    )
    closed, breaches = int(outcome.closed.sum()), int(outcome.breached.sum())
    return sla_factors(traits, cases=closed, breaches=breaches, mark=outcome.mark)


def sla_factors(traits: Iterable[Trait], *, cases: int, breaches: int, mark: int) -> SlaFactors:
    """The traits of so many closed cases (with this mark), of which `breaches` broke a limit, that go with breaches."""
    tested = _tested(traits, cases, mark) if 0 < breaches < cases else {}
    if not tested:
        return SlaFactors(SLA_FACTORS.empty_table(), cases, breaches)
    with_it, broke = (np.array([getattr(one, name) for one in tested]) for name in ("cases", "breaches"))
    rates = Rates(with_it, broke, cases - with_it, breaches - broke)
    (low, high), p_values = rates.intervals(), rates.p_values()
    columns = {
        "breach_rate": rates.rate,
        "breach_rate_elsewhere": rates.other_rate,
        "risk_difference": rates.rate - rates.other_rate,
        "difference_low": low,
        "difference_high": high,
        "p_value": p_values,
        "q_value": q_values(p_values),
        "attributable_breaches": broke - with_it * rates.other_rate,
    }
    rows = [
        {**vars(trait), "same_cases": same, **{name: float(column[place]) for name, column in columns.items()}}
        for place, (trait, same) in enumerate(tested.items())
    ]
    kept = sorted(_one_limit([row for row in rows if _matters(row)]), key=lambda row: _rank(row, cases))
    ranked = [{"rank": rank, **row} for rank, row in enumerate(kept, start=1)]
    return SlaFactors(pa.Table.from_pylist(ranked, schema=SLA_FACTORS), cases, breaches, len(tested))


def _tested(traits: Iterable[Trait], cases: int, mark: int) -> dict[Trait, list[str]]:
    """Traits that enough cases do not have, each set of cases once, with what else the very same cases have.

    Of two traits that share out all cases, which is one question, the one that breaks limits more often.
    """
    found: dict[tuple[int, int], tuple[Trait, list[str]]] = {}
    for trait in traits:
        if trait.cases > cases - LEAST:
            continue
        first, same = found.setdefault((trait.cases, trait.mark), (trait, []))
        if trait is not first:
            same.append(f"{trait.factor} {trait.value}")
    for (count, one), (trait, _) in list(found.items()):
        rest = found.get((cases - count, mark - one))
        if rest and trait.breaches * rest[0].cases < rest[0].breaches * trait.cases:
            del found[count, one]
    return dict(found.values())


def _matters(row: Row) -> bool:
    less, more = sorted((row["breach_rate"], row["breach_rate_elsewhere"]))
    return bool(row["q_value"] <= FALSE_DISCOVERIES and (more - less >= DIFFERENCE or more >= RATIO * less))


def _one_limit(rows: Sequence[Row]) -> list[Row]:
    """Of the limits of a number (`> 100`, `> 200`) only the one that parts breaches from the others most surely."""
    best: dict[str, Row] = {}
    for row in rows:
        if row["limit"] and (row["factor"] not in best or row["p_value"] < best[row["factor"]]["p_value"]):
            best[row["factor"]] = row
    return [row for row in rows if not row["limit"] or row is best[row["factor"]]]


def _rank(row: Row, cases: int) -> tuple[float, str, str]:
    """By φ, the correlation of trait and breach (but for a constant): traits of nearly all cases tell little."""
    share = row["cases"] / cases
    return (-row["risk_difference"] * sqrt(share * (1 - share)), row["factor"], row["value"])


_NUMBERS = (
    *("breach_rate", "breach_rate_elsewhere", "risk_difference", "difference_low", "difference_high"),
    *("p_value", "q_value", "attributable_breaches"),
)
SLA_FACTORS = pa.schema(
    [
        ("rank", pa.int32()),
        *((name, pa.string()) for name in ("factor", "value", "known")),
        *((name, pa.int64()) for name in ("cases", "breaches")),
        *((name, pa.float64()) for name in _NUMBERS),
        ("same_cases", pa.list_(pa.string())),
    ]
)
