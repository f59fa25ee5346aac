"""Where rules fire in the log: at which moments, in which cases first, and what then really happened.

DuckDB evaluates the conditions of all rules of a moment in one pass over the table `moment` (a row a case and passage,
sorted by case and event_index); what is counted of it is the same for every origin. Definitions: docs/contracts.md,
"Where rules fire". Add a fact here that follows from where a rule fires alone; what it proves is for the statistics.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute

from bpa_assets.rule_set.action_catalogue import act_against
from bpa_assets.rule_set.conditions.condition import parse_condition
from bpa_assets.rule_set.feature import Feature
from bpa_assets.rule_set.rule import Rule

Flags = npt.NDArray[np.bool_]

MOST_EXAMPLES = 10
"""Examples for a rule, and as many against it."""


@dataclass(frozen=True)
class Example:
    """A case at the first moment at which a rule fires in it (a row of the lake table `rule_example`)."""

    rule_id: str
    case_id: str
    event_index: int
    came_true: bool
    later: bool


@dataclass(frozen=True)
class Firing:
    """Where a rule fires. `fires`: of each row of its moment; counts are of rows unless they say cases.

    `known`: rows of `support` of which it is known whether what the rule foretells came true; `came_true`: those where
    it did; the same of held-out cases with `later_` in front.
    """

    rule_id: str
    fires: Flags
    cases: int
    support: int
    fired_cases: int
    known: int
    came_true: int
    later_support: int
    later_known: int
    later_came_true: int
    first_fired_at: datetime | None
    last_fired_at: datetime | None
    examples: tuple[Example, ...]

    @property
    def confidence(self) -> float | None:
        """The share that came true of what is known."""
        return self.came_true / self.known if self.known else None

    @property
    def coverage(self) -> float | None:
        """The share of the moments at which it fires."""
        return self.support / self.cases if self.cases else None

    @property
    def never_fires(self) -> bool:
        """Whether there is no moment in the log at which it does."""
        return not self.support


def fire(
    rules: Sequence[Rule], features: Mapping[str, Feature], at: Callable[[str], pa.Table]
) -> dict[str, Firing]:  # fmt: skip
    """Of every rule, by its id, where it fires; `at` gives the rows of a moment. One DuckDB query a moment."""
    by_moment: dict[str, list[Rule]] = {}
    for rule in rules:
        by_moment.setdefault(rule.at, []).append(rule)
    found = {}
    for moment, asked in by_moment.items():
        rows = at(moment)
        for rule, fires in zip(asked, _fires(rows, asked, features), strict=True):
            found[rule.rule_id] = _firing(rule, fires, rows)
    return {rule.rule_id: found[rule.rule_id] for rule in rules}


def _fires(rows: pa.Table, rules: Sequence[Rule], features: Mapping[str, Feature]) -> list[Flags]:
    """Of each rule, at which of the rows it fires: where its condition is true, not where it is unknown."""
    import duckdb

    conditions = [parse_condition(rule.condition, features) for rule in rules]
    if not rows.num_rows:
        return [np.zeros(0, np.bool_) for _ in rules]
    names = sorted({name for condition in conditions for name in condition.names})
    # Some column has to be there to count the rows by; those that no condition names are not read.
    read = rows.select(names or rows.column_names[:1])
    with duckdb.connect() as connection:
        asked = [condition.expression().alias(f"rule_{place}") for place, condition in enumerate(conditions)]
        answers = connection.from_arrow(read).select(*asked).to_arrow_table()
    return [answer.combine_chunks().fill_null(False).to_numpy(zero_copy_only=False) for answer in answers.columns]


def _firing(rule: Rule, fires: Flags, rows: pa.Table) -> Firing:
    came, known = _came_true(rule, rows)
    later = rows["later"].to_numpy()
    places = np.flatnonzero(fires)
    firsts = places[_first_of_each(rows["case_index"].to_numpy()[places])]
    times = rows["moment_time"].combine_chunks().take(pa.array(places)).cast(pa.timestamp("us"))
    fired_at = times.to_numpy()
    right, certain = fires & came, fires & known
    return Firing(
        rule_id=rule.rule_id,
        fires=fires,
        cases=rows.num_rows,
        support=len(places),
        fired_cases=len(firsts),
        known=_count(certain),
        came_true=_count(right),
        later_support=_count(fires & later),
        later_known=_count(certain & later),
        later_came_true=_count(right & later),
        first_fired_at=fired_at.min().item() if len(places) else None,
        last_fired_at=fired_at.max().item() if len(places) else None,
        examples=tuple(_examples(rule.rule_id, rows, firsts[known[firsts]], came)),
    )


def _came_true(rule: Rule, rows: pa.Table) -> tuple[Flags, Flags]:
    """At each row, whether what the rule foretells came true, and whether that is known."""
    if rule.kind == "decision":
        values = pa.compute.equal(rows["chosen"], rule.foretells)
    elif rule.foretells in rows.column_names:
        values = rows[rule.foretells]
    else:
        values = pa.nulls(rows.num_rows, pa.bool_())
    known = values.is_valid().to_numpy(zero_copy_only=False)
    return values.fill_null(False).to_numpy(zero_copy_only=False), known


def _first_of_each(cases: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """The place of the first row of each case, in the order of the rows: those of a case follow each other."""
    return np.flatnonzero(np.append(True, cases[1:] != cases[:-1])) if len(cases) else np.zeros(0, np.int64)


def first_firings(rule: Rule, firing: Firing, rows: pa.Table) -> pa.Table:
    """Of each case in which it fires the first row: rule_id, case_id, event_index, moment_time, came_true (or null)."""
    places = np.flatnonzero(firing.fires)
    places = places[_first_of_each(rows["case_index"].to_numpy()[places])]
    came, known = _came_true(rule, rows)
    found = rows.select(["case_id", "event_index", "moment_time"]).take(pa.array(places))
    told = pa.array(came[places], mask=~known[places])
    ids = pa.array([rule.rule_id] * len(places), pa.string())
    return found.add_column(0, "rule_id", ids).append_column("came_true", told)


def _examples(rule_id: str, rows: pa.Table, firsts: npt.NDArray[np.int64], came: Flags) -> Iterable[Example]:
    """The last cases to begin, for the rule and then against it: what happened lately is remembered."""
    begun = rows["case_index"].to_numpy()
    for wanted in (True, False):
        places = firsts[came[firsts] == wanted]
        latest = places[np.argsort(-begun[places], kind="stable")][:MOST_EXAMPLES]
        for row in rows.select(["case_id", "event_index", "later"]).take(pa.array(latest)).to_pylist():
            yield Example(rule_id, str(row["case_id"]), int(row["event_index"]), wanted, bool(row["later"]))


def conflicts(rules: Sequence[Rule], firing: Mapping[str, Firing]) -> dict[str, tuple[str, ...]]:
    """By rule id, the other rules that fire at the same moment of a same case and ask for what contradicts it."""
    found: dict[str, set[str]] = {rule.rule_id: set() for rule in rules}
    for one, other in combinations(rules, 2):
        if one.at == other.at and act_against(one.action, other.action):
            both = firing[one.rule_id].fires & firing[other.rule_id].fires
            if both.any():
                found[one.rule_id].add(other.rule_id)
                found[other.rule_id].add(one.rule_id)
    return {rule_id: tuple(sorted(others)) for rule_id, others in found.items()}


def _count(flags: Flags) -> int:
    return int(np.count_nonzero(flags))
