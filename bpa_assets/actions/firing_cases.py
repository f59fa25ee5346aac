"""The open cases in which accepted rules fire as things stand, with what texts may say of them.

A rule that is asked at a decision point fires in the cases that stand before it, one that foretells a target where its
moment has come. Add here what has to be known of such a case; what becomes of it is for `proposals.py`.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from bpa_assets.actions.proposals import Firing
from bpa_assets.rule_set.firing import fire, first_firings
from bpa_assets.rule_set.mining.mining import MinedFrom, open_case_moments
from bpa_assets.rule_set.moments.moments import Moments
from bpa_assets.rule_set.rule import Action, Rule


def attribute_names(event_attribute: pa.Table) -> tuple[str, ...]:
    """The log's own columns. Of one that changes within a case its first value is meant."""
    return tuple(event_attribute["column_name"].to_pylist())


def firings(
    source: MinedFrom, accepted: Sequence[Mapping[str, Any]], attributes: Collection[str]
) -> tuple[list[Firing], list[str]]:
    """Where the rules (rows of `rule_set`) fire in open cases, and sentences about those that cannot be asked.

    `attributes`: columns of the log that are wanted of each case.
    """
    if not accepted:
        return [], []
    moments = open_case_moments(source)
    asked = {row["rule_id"]: row for row in accepted if row["at"] in moments.slices}
    notes = [f"{row['rule_id']} is asked {row['at']}, which no case of this log can be" for row in accepted
             if row["rule_id"] not in asked]  # fmt: skip
    found = list(_fired(moments, [_rule(row) for row in asked.values()]))
    said = _attributes(source.event_log, {case for _, case, _ in found}, sorted(attributes))
    return [Firing(asked[rule], case, at, said.get(case, {})) for rule, case, at in found], notes


def _rule(row: Mapping[str, Any]) -> Rule:
    parameters = dict(json.loads(row["action"]))
    action = Action(parameters.pop("name"), tuple(sorted(parameters.items())))
    return Rule(row["kind"], row["at"], row["condition"], action, row["origin"], row["foretells"])


def _fired(moments: Moments, rules: Sequence[Rule]) -> Iterator[tuple[str, str, Any]]:
    """Rule, case and time of each firing."""
    found = fire(rules, moments.features, moments.at)
    for rule in rules:
        rows = first_firings(rule, found[rule.rule_id], moments.at(rule.at))
        for row in rows.to_pylist():
            yield rule.rule_id, row["case_id"], row["moment_time"]


def _attributes(event_log: Sequence[Path], cases: Collection[str], names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Of each case the values of these columns in its first row."""
    if not names or not cases:
        return {}
    rows = pl.scan_parquet(list(event_log)).filter(pl.col("event_index") == 0).select("case_id", *names)
    kept = rows.filter(pl.col("case_id").is_in(sorted(cases))).collect()
    return {row.pop("case_id"): row for row in kept.iter_rows(named=True)}
