"""Whether the rules can be run: they name only what the log has, hold on later cases, and do not contradict."""

from pathlib import Path

import dagster as dg
import pyarrow.parquet

from bpa_assets.process_checks import process_check
from bpa_assets.rule_set.rule_checks import conflicting, not_borne_out, not_of_the_log, refusals

_WARN = dg.AssetCheckSeverity.WARN


@process_check("rule_set", reads=("event_attribute", "activities", "decision_point"))
def rules_name_only_what_the_log_has(
    rule_set: list[Path], event_attribute: list[Path], activities: list[Path], decision_point: list[Path]
) -> dg.AssetCheckResult:
    """Every stored rule parses, type-checks and names features, options and activities of the log only."""
    wrong = not_of_the_log(*map(pyarrow.parquet.read_table, (rule_set, event_attribute, activities, decision_point)))
    return dg.AssetCheckResult(passed=not wrong, description="; ".join(wrong) or None, metadata={"rules": len(wrong)})


@process_check("rule_set", blocking=False)
def rules_hold_on_later_cases(rule_set: list[Path]) -> dg.AssetCheckResult:
    """Every rule that was found in the log is right in later cases more often than without it."""
    weak = not_borne_out(pyarrow.parquet.read_table(rule_set))
    return dg.AssetCheckResult(
        passed=not weak, severity=_WARN, description="; ".join(weak) or None, metadata={"rules": len(weak)}
    )


@process_check("refused_rule", blocking=False)
def every_proposed_rule_was_valid(refused_rule: list[Path]) -> dg.AssetCheckResult:
    """No rule that an analyst or a language model proposed was refused."""
    refused = refusals(pyarrow.parquet.read_table(refused_rule))
    return dg.AssetCheckResult(
        passed=not refused, severity=_WARN, description="; ".join(refused) or None, metadata={"refused": len(refused)}
    )


@process_check("rule_set", blocking=False)
def rules_do_not_conflict(rule_set: list[Path]) -> dg.AssetCheckResult:
    """No two accepted rules that fire together ask for what contradicts the other."""
    pairs = conflicting(pyarrow.parquet.read_table(rule_set))
    return dg.AssetCheckResult(
        passed=not pairs, severity=_WARN, description="; ".join(pairs) or None, metadata={"conflicts": len(pairs)}
    )


CHECKS = [
    rules_name_only_what_the_log_has,
    rules_hold_on_later_cases,
    every_proposed_rule_was_valid,
    rules_do_not_conflict,
]
